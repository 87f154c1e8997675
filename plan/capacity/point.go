package capacity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/models/workload"
	"berth/plan"
	"berth/scenarios"
	"berth/sim/stats"
)

// point is one rate that is tried.
type point struct {
	out     result.RatePoint
	traffic []string // the overrides of its traffic
	cfg     *edge.Config
	model   *edge.Model
	refused string
	// requests are about those of one run.
	requests float64
	values   [][]float64 // by target, one a replication
	rates    []float64   // requests/s, one a replication
}

// at tries a factor until it is decided, the replications are used up, or ctx
// ends. It is the earlier point where whole numbers make the same traffic, and
// nil where ctx ended before the first look.
func (s *search) at(ctx context.Context, factor float64) (*point, error) {
	p := &point{out: result.RatePoint{Factor: factor}}
	if factor != 1 {
		p.traffic = scenarios.ScaledTraffic(s.cfg, s.opt.App, factor)
		p.out.Sets = p.traffic
	}
	for _, q := range s.points {
		if slices.Equal(q.traffic, p.traffic) {
			return q, nil
		}
	}
	if err := s.load(p); err != nil {
		return nil, err
	}
	switch {
	case p.refused != "":
		p.out.Verdict, p.out.Why = result.Violated, p.refused
	case s.saturated(p) != "":
		p.out.Verdict, p.out.Why = result.Violated, s.saturated(p)
	default:
		if err := s.look(ctx, p); err != nil {
			return nil, err
		}
		if p.out.Replications == 0 {
			return nil, nil
		}
	}
	p.model = nil
	s.points = append(s.points, p)
	return p, nil
}

// load reads the scenario at a factor. A run of very many requests is shortened
// to whole cycles of its traffic.
func (s *search) load(p *point) error {
	sets := slices.Concat(s.opt.Sets, p.out.Sets)
	read := func() (*edge.Config, scenarios.Problems) {
		return scenarios.Load(s.opt.Name, s.opt.Source, scenarios.Options{Sets: sets, Overlays: s.opt.Overlays})
	}
	cfg, problems := read()
	if cfg == nil {
		p.refused = "the scenario cannot be read at this rate: " + problems.Error()
		return nil
	}
	rate := 0.0
	for i := range cfg.Apps {
		rate += plan.RequestRate(&cfg.Apps[i])
	}
	if p.requests = rate * cfg.Duration.Seconds(); p.requests > muchTooBig {
		if span, whole := plan.Span(cfg, wanted); !whole {
			warmup := max(cfg.Warmup, span/10) // the first starts weigh more in a shorter run
			p.requests = rate * (warmup + span).Seconds()
			p.out.Sets = append(slices.Clone(p.out.Sets), fmt.Sprintf("duration=%gs", (warmup+span).Seconds()), fmt.Sprintf("warmup=%gs", warmup.Seconds()))
			sets = slices.Concat(s.opt.Sets, p.out.Sets)
			if shorter, _ := read(); shorter != nil {
				cfg = shorter
				if text := span.String(); !s.shorter[text] {
					s.shorter[text] = true
					s.out.Duration = append(s.out.Duration, text)
				}
			}
		}
	}
	p.cfg = cfg
	var err error
	if p.model, err = edge.Compile(cfg); err != nil {
		p.refused = "the scenario cannot be simulated at this rate: " + err.Error()
	}
	return nil
}

// saturated says how the CPU demand of some app that grows exceeds what its
// instances have, where requests then fail more often than allowed, or wait
// without end; else "". The long-run demand of open traffic has to be met in
// full, so this is exact but for the ends of a run.
func (s *search) saturated(p *point) string {
	for _, grown := range s.scaled() {
		a := appOf(p.cfg, grown.Name)
		n, limit := plan.MostInstances(p.cfg, a)
		if n == 0 || a.Service == edge.FullSpeed {
			continue
		}
		demand, open := 0.0, true
		for i := range a.Traffic {
			t := &a.Traffic[i]
			open = open && (t.Kind == workload.Requests || t.Kind == workload.Sessions && t.Length == nil)
			one := *a
			one.Traffic = a.Traffic[i : i+1]
			demand += plan.RequestRate(&one) * cpuOf(a, t)
		}
		each := a.Type.VCPU()
		if a.Service == edge.FIFO {
			each = min(each, threads(a))
		}
		have := float64(n) * each
		if lost := 1 - have/demand; open && demand > 0 && lost > s.allowed(a.Name) {
			return fmt.Sprintf("%s: the requests need %.3g vCPU, and %d of %s vCPU have %.3g (%s)", a.Name, demand, n, a.Type.VCPUText(), have, limit)
		}
	}
	return ""
}

// allowed is the share of an app's requests that may fail.
func (s *search) allowed(app string) float64 {
	share := 0.0
	for _, t := range s.out.Targets {
		if t.Metric == "errors" && (t.App == "" || t.App == app) {
			share = max(share, t.Threshold)
		}
	}
	return share
}

// look makes replications, doubling them until every target is decided.
func (s *search) look(ctx context.Context, p *point) error {
	p.values = make([][]float64, len(s.out.Targets))
	for n := min(firstLook, s.opt.Max); ; n = min(2*n, s.opt.Max) {
		s.tell("x%.4g, %d replications", p.out.Factor, n)
		metrics, err := s.make(ctx, p, len(p.rates), n)
		if err != nil || len(metrics) < n-len(p.rates) {
			return err
		}
		for _, m := range metrics {
			s.note(p, m)
		}
		p.out.Replications = n
		s.judge(p)
		if p.out.Verdict != result.NotProven || n >= s.opt.Max || ctx.Err() != nil {
			return nil
		}
	}
}

// make makes the replications from .. to-1 on all workers; fewer come back when
// ctx ends.
func (s *search) make(ctx context.Context, p *point, from, to int) ([][]result.Metric, error) {
	out, errs := make([][]result.Metric, to-from), make([]error, to-from)
	plan.Each(s.opt.Workers, len(out), func(i int) {
		run, err := plan.Once(ctx, p.model, from+i)
		if err == nil && !run.Partial {
			out[i] = plan.Measure(p.cfg, run)
		}
		errs[i] = err
	})
	for i := range out {
		if errs[i] != nil && ctx.Err() == nil {
			return nil, errs[i]
		}
		if out[i] == nil {
			return out[:i], nil
		}
	}
	return out, nil
}

// note keeps what a replication says of the targets and of the rate.
func (s *search) note(p *point, metrics []result.Metric) {
	for i, t := range s.out.Targets {
		p.values[i] = append(p.values[i], valueOf(metrics, t.Key()))
	}
	app := ""
	if s.app != nil && len(s.cfg.Apps) > 1 {
		app = s.app.Name
	}
	p.rates = append(p.rates, valueOf(metrics, result.Key{App: app, Name: "requests"})/(p.cfg.Duration-p.cfg.Warmup).Seconds())
}

func valueOf(metrics []result.Metric, k result.Key) float64 {
	if m, ok := result.Find(metrics, k); ok {
		return m.Values[0]
	}
	return math.NaN()
}

// judge sets every target against its interval: the rate is carried where all
// are met, and not where one is violated.
func (s *search) judge(p *point) {
	conf := 1 - 2*s.alpha
	p.out.PerSecond = stats.MeanInterval(p.rates, result.Confidence)
	p.out.Lines, p.out.Verdict = nil, result.Met
	for i, t := range s.out.Targets {
		known := slices.DeleteFunc(slices.Clone(p.values[i]), math.IsNaN)
		m := result.Metric{Key: t.Key(), Label: t.Metric, Unit: t.Unit, Values: p.values[i], Interval: stats.MeanInterval(known, conf), Count: int64(len(known))}
		m.Mean = m.Interval.Mean
		var metrics []result.Metric
		if len(known) > 0 {
			metrics = append(metrics, m)
		}
		line := result.Judge(t, metrics, false)
		p.out.Lines = append(p.out.Lines, line)
		switch {
		case line.Verdict == result.Violated:
			p.out.Verdict = result.Violated
		case line.Verdict == result.NotProven && p.out.Verdict == result.Met:
			p.out.Verdict = result.NotProven
		}
	}
}

// threads are the vCPUs that one request can use.
func threads(a *edge.App) float64 {
	if a.Threads <= 0 {
		return 1
	}
	return a.Threads
}

// cpuOf is the mean CPU demand of an entry's requests, vCPU-seconds.
func cpuOf(a *edge.App, t *workload.Config) float64 {
	switch {
	case t.CPU != nil:
		return t.CPU.Mean()
	case a.Work.CPU != nil:
		return a.Work.CPU.Mean()
	}
	return 0
}

// violated are the texts of the targets that a point breaks.
func (p *point) violated() []string {
	var texts []string
	for _, l := range p.out.Lines {
		if l.Verdict == result.Violated {
			texts = append(texts, strings.TrimSpace(l.Text))
		}
	}
	return texts
}
