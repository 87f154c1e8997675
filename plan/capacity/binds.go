package capacity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"berth/models/edge"
	"berth/models/result"
	"berth/plan"
)

// finish puts the points in order and says what binds between the ends.
func (s *search) finish(ctx context.Context) error {
	s.sorted()
	s.out.Warnings = s.warnings()
	if s.out.Carried >= 0 {
		p := s.points[s.out.Carried]
		r, err := s.again(ctx, p)
		if err != nil || r == nil {
			return err
		}
		s.limits(p, r)
	}
	broken := s.out.Broken
	if broken < 0 && s.out.Carried < 0 && len(s.points) > 0 {
		broken = 0 // nothing is carried: why not even the least
	}
	if broken < 0 {
		return nil
	}
	return s.binds(ctx, s.points[broken])
}

// again makes the first replications of a point anew, for all that a result
// holds; nil where ctx ended.
func (s *search) again(ctx context.Context, p *point) (*result.Result, error) {
	model, err := edge.Compile(p.cfg)
	if err != nil {
		return nil, err
	}
	r, err := plan.Replicate(ctx, model, p.cfg, plan.ReplicateOptions{N: firstLook, Workers: s.opt.Workers})
	if err != nil || r.Partial {
		return nil, err
	}
	return r, nil
}

// limits are those of the account and of the apps that grow, nearest first.
func (s *search) limits(p *point, r *result.Result) {
	for _, h := range r.Headroom {
		if h.App != "" && s.app != nil && h.App != s.app.Name {
			continue
		}
		x := result.LimitAt{Headroom: h}
		if h.Max > 0 && h.Used > 0 && s.grows(p, h) {
			x.Reached = p.out.Factor * h.Max / h.Used
		}
		s.out.Limits = append(s.out.Limits, x)
	}
}

// grows says whether the use of a limit grows with the traffic: the totals of
// the account do where more requests mean more instances.
func (s *search) grows(p *point, h result.Headroom) bool {
	if h.App != "" || h.Limit == "Durable Object requests" || !h.Grows {
		return h.Grows
	}
	return slices.ContainsFunc(s.scaled(), func(a *edge.App) bool {
		_, limit := plan.MostInstances(p.cfg, appOf(p.cfg, a.Name))
		return !strings.HasPrefix(limit, "route: ")
	})
}

// causeLimits name the limit behind a cause of failure.
var causeLimits = map[result.Cause]string{
	result.FailNoPlace: "places on hosts", result.FailMaxInstances: "max_instances", result.FailStartRate: "the account's start rate", result.FailStartClock: "the clock of starts",
	result.FailQueueFull: "concurrency and its queue", result.FailOOM: "memory of the instance", result.FailDisk: "disk of the instance", result.FailRestart: "host restarts",
	result.FailRollout: "the rollout", result.FailDOOverload: "requests/s of a Durable Object", result.FailTimeout: "the clients' patience", result.FailNoImage: "the image, which is not everywhere",
	result.FailRetention: "the retention of messages",
}

// binds says which targets a rate breaks, and through which limit.
func (s *search) binds(ctx context.Context, p *point) error {
	if p.out.Why != "" {
		s.out.Binds = append(s.out.Binds, result.Binding{What: "vCPU", Why: p.out.Why})
		if p.refused != "" {
			s.out.Binds[0].What = "the scenario"
		}
		return nil
	}
	r, err := s.again(ctx, p)
	if err != nil || r == nil {
		return err
	}
	for i, l := range p.out.Lines {
		if l.Verdict == result.Violated {
			s.out.Binds = append(s.out.Binds, result.Binding{What: strings.TrimSpace(l.Text), Why: s.why(p, s.out.Targets[i], r)})
		}
	}
	for _, h := range r.Headroom {
		ours := h.App == "" || s.app == nil || h.App == s.app.Name
		if ours && h.Max > 0 && h.Denied > 0 {
			what := h.Limit
			if h.App != "" {
				what += " of " + h.App
			}
			s.out.Binds = append(s.out.Binds, result.Binding{What: what, Why: fmt.Sprintf("%g of %g %s in use at the peak, %d denied: %s", h.Used, h.Max, h.Unit, h.Denied, h.Effect)})
		}
	}
	return nil
}

// why is the limit behind a target that is broken.
func (s *search) why(p *point, t result.Target, r *result.Result) string {
	app := result.AllApps(r.Pooled)
	if s.app != nil {
		for i := range r.Pooled.Apps {
			if r.Pooled.Apps[i].Name == s.app.Name {
				app = &r.Pooled.Apps[i]
			}
		}
	}
	switch {
	case t.Metric == "errors":
		return s.failures(p, app)
	case strings.HasSuffix(t.Metric, "(latency)"):
		return slowest(app, r)
	case strings.HasPrefix(t.Metric, "bill"):
		return "the bill grows with the traffic"
	}
	return ""
}

// failures is the largest cause of failure and the limit behind it.
func (s *search) failures(p *point, app *result.AppRun) string {
	most, sum := result.Cause(0), int64(0)
	for c, n := range app.Failed {
		sum += n
		if n > app.Failed[most] {
			most = result.Cause(c)
		}
	}
	if sum == 0 {
		return ""
	}
	limit := causeLimits[most]
	if most == result.FailAccount {
		limit = "a total of the account"
		if s.app != nil {
			_, limit = plan.MostInstances(p.cfg, appOf(p.cfg, s.app.Name))
		}
	}
	return fmt.Sprintf("%.3g %% of the failures are %s: %s", 100*float64(app.Failed[most])/float64(sum), result.CauseNames[most], limit)
}

// slowest is the largest part of the latency near p99, with the use of the CPU
// where that is the service.
func slowest(app *result.AppRun, r *result.Result) string {
	rank, seen := 0.99*float64(app.Served), 0.0
	for _, b := range app.PartsBy {
		if seen += float64(b.Count); seen < rank || b.Count == 0 {
			continue
		}
		best, total := result.Part(0), 0.0
		for part, sum := range b.Sum {
			total += float64(sum)
			if sum > b.Sum[best] {
				best = result.Part(part)
			}
		}
		s := fmt.Sprintf("near p99, %.0f %% of the wait is %s", 100*float64(b.Sum[best])/total, partWords[best])
		if u, ok := result.Find(r.Metrics, result.Key{App: "", Name: "utilisation(cpu)"}); ok && best == result.PartService {
			s += fmt.Sprintf("; %.0f %% of the vCPU is used", 100*u.Mean)
		}
		return s
	}
	return ""
}

var partWords = [result.NumParts]string{"the way from client to Worker", "the way to the Durable Object", "the way to the container", "for starts", "in a queue", "service: computing, waiting for the CPU, and I/O"}

// warnings are what a reader of the bracket must know.
func (s *search) warnings() []string {
	var list []string
	if lo := s.out.Carried; lo >= 0 {
		for _, p := range s.points[:lo] {
			if p.out.Verdict == result.Violated {
				list = append(list, fmt.Sprintf("x%.4g of the traffic breaks %s although more is carried: with little traffic, requests meet cold instances", p.out.Factor, strings.Join(p.violated(), ", ")))
				break
			}
		}
	}
	for i, t := range s.out.Targets {
		if !slices.ContainsFunc(s.points, func(p *point) bool { return i < len(p.out.Lines) && p.out.Lines[i].Metric.Count > 0 }) {
			list = append(list, fmt.Sprintf("nothing was observed of %s, so no rate is shown to be carried: choose a metric that the traffic has, such as p99(backlog) of a queue", strings.TrimSpace(t.Text)))
		}
	}
	if len(s.out.Duration) > 0 {
		list = append(list, fmt.Sprintf("runs of more than %d requests measure a shorter span after a warm-up: %s; use is scaled to the month", muchTooBig, strings.Join(s.out.Duration, ", ")))
	}
	if s.out.Implied {
		list = append(list, "no target is set on errors: fewer than 1 % are asked for, since requests that a limit refuses are not carried")
	}
	return list
}
