package validate

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"

	"berth/models/edge"
	"berth/models/result"
	"berth/scenarios"
	"berth/sim/stats"
)

// sizes say how long rows are simulated.
type sizes struct {
	replications int
	perRun       float64 // requests a replication has at least
	mostPerRun   float64 // and at most, where the load asks for more
}

// sizesOf are such that the embedded suite takes some seconds, or some minutes
// in full.
func sizesOf(full bool) sizes {
	if full {
		return sizes{replications: 40, perRun: 250_000, mostPerRun: 2_500_000}
	}
	return sizes{replications: 20, perRun: 20_000, mostPerRun: 100_000}
}

// experiment is one reference case as the simulator sees it.
type experiment struct {
	scenario
	// columns are what measure returns, the judged one first.
	columns      []string
	replications int // 0: as the mode says
	measure      func(r *result.Run) ([]float64, int64)
	refSE        float64 // standard error of a simulated reference
}

// setup makes the experiment of a row.
type setup func(c *cells, s sizes) (experiment, error)

// cells reads the inputs of a row that the analytic module has accepted.
type cells struct{ checks }

// simulations are the models that the simulator is tried on, by file.
var simulations = map[string]setup{
	"mm1": mm1, "mmc": mmc, "erlang_b": erlangB, "mmck": mmck, "mg1": mg1, "mg1_ps": mg1PS, "mginf": mgInf, "mtginf": mtgInf,
	"ggc_allen_cunneen": ggc, "keepalive_concurrent": keepAliveConcurrent, "keepalive_fifo": keepAliveFIFO,
	"session_instances": sessionInstances, "engset": engset, "mm1_setup": mm1Setup, "mmk_setup": mmkSetup,
	"pool_keepalive": poolKeepAlive, "renewal_cost": renewalCost, "ttl_cache": ttlCache, "lru_che": lruChe, "lru_exact": lruExact,
}

// simulate runs the replications of a row and judges them.
func (s *suite) simulate(ctx context.Context, make setup, row map[string]string, r *Row) error {
	c := &cells{checks{row: row}}
	e, err := make(c, s.sizes)
	if err == nil {
		err = c.err()
	}
	if err != nil {
		return err
	}
	e.name = r.Case
	e.seed = rowSeed(s.opt.Seed, r.Model, r.Case)
	reference := c.number(r.Metric)
	if err := c.err(); err != nil {
		return err
	}
	n := e.replications
	if n == 0 {
		n = s.sizes.replications
	}
	values, events, err := e.runAll(ctx, n)
	if err != nil {
		return err
	}
	for k, column := range e.columns {
		iv := stats.MeanInterval(values[k], confidence)
		est := Estimate{Column: column, Reference: row[column], Mean: iv.Mean, Half: iv.Half, Replications: n, Events: events}
		if k == 0 {
			est.Column, est.Reference = r.Metric, r.Reference
			judge(r, est, len(values[k]), reference, e.refSE)
			continue
		}
		if !math.IsNaN(est.Mean) && !math.IsNaN(est.Half) {
			r.Others = append(r.Others, est)
		}
	}
	return nil
}

// runAll loads the scenario as any other and runs it; values are by column and
// replication.
func (e *experiment) runAll(ctx context.Context, replications int) (values [][]float64, events int64, err error) {
	cfg, problems := scenarios.Load(e.name, e.text(), scenarios.Options{Overlays: e.overlays()})
	if problems.Failed() {
		return nil, 0, fmt.Errorf("the scenario of the case is refused: %w", problems)
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		return nil, 0, err
	}
	values = make([][]float64, len(e.columns))
	for rep := range replications {
		run, err := model.Run(ctx, rep, edge.Options{})
		if err != nil {
			return nil, 0, err
		}
		if run.Partial {
			return nil, 0, ctx.Err()
		}
		xs, n := e.measure(run)
		events += n
		for k := range values {
			values[k] = append(values[k], xs[k])
		}
	}
	return values, events, nil
}

// rowSeed gives every row its own seed, so that rows are independent.
func rowSeed(seed uint64, model, name string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s", seed, model, name)
	return h.Sum64() >> 12
}

// spans are the warm-up and the measured time of an experiment with rate
// requests a second: so many relaxation times that the start is forgotten and
// the replications are long beside the memory of the process.
func (s sizes) spans(rate, relaxS float64) (warmupS, measuredS float64) {
	warmupS = 10 * relaxS
	measuredS = math.Max(s.perRun/rate, math.Min(60*relaxS, s.mostPerRun/rate))
	return math.Min(warmupS, longestS/4), math.Min(measuredS, longestS*3/4)
}

// relaxation is a time in s in which a queue of c servers forgets its state, by
// its diffusion limit: gaps and services have the squared coefficients of
// variation ca2 and cs2.
func relaxation(rate, meanServiceS float64, servers int, ca2, cs2 float64) float64 {
	c := float64(servers)
	idle := 1 - rate*meanServiceS/c
	return 2*(ca2+cs2)*meanServiceS/(c*idle*idle) + 3*meanServiceS*math.Max(1, cs2)
}

func app(r *result.Run) *result.AppRun { return &r.Apps[0] }

func seconds(h *stats.Histogram) float64 { return h.Mean() / 1e9 }

func measuredNs(r *result.Run) float64 { return float64(r.To - r.From) }

// upNs is the time in instance-ns that instances were up.
func upNs(a *result.AppRun) float64 {
	sum := 0.0
	for _, s := range []result.State{result.Starting, result.Busy, result.Idle, result.Draining} {
		sum += a.StateTime[s].Float64()
	}
	return sum
}

func failed(a *result.AppRun) int64 {
	n := int64(0)
	for _, f := range a.Failed {
		n += f
	}
	return n
}

func share(part, of int64) float64 { return float64(part) / float64(of) }
