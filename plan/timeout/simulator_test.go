package timeout

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/theory"
	"berth/models/workload/trace"
	"berth/plan"
	"berth/scenarios"
	"berth/sim"
	"berth/sim/stats"
)

// text is a scenario that replays a trace as the curve does: no network, no
// limit, starts of one length, services at full speed.
func text(extra string, lastS float64, sleep, start, init sim.Time, file string) string {
	return fmt.Sprintf(`name: replay
as_of: 2026-11-01
seed: 1
duration: %dms
end: drain
network: none
hosts: {places: unlimited}
account: {limits: {vcpu: none, memory: none, disk: none, image_storage: none, starts: none, do_requests: none}}
apps:
  app:
    instance_type: basic
    max_instances: unlimited
    sleep_after: %dms
    shutdown: 0s
    service: full-speed
    clocks: off
    start: {platform: %dms, init: %dms, polling: none}
    prepared_places: unlimited
    route: {by: key, keys: 1}
    work: {cpu: 0s, io: 0s, response: 0}
%s    traffic:
      - trace: {file: %q, format: csv}
`, int64(math.Round(lastS*1000)), sleep/sim.Millisecond, (start-init)/sim.Millisecond, init/sim.Millisecond, extra, file)
}

func load(t *testing.T, source string) *edge.Config {
	t.Helper()
	cfg, problems := scenarios.Load("replay.yaml", []byte(source), scenarios.Options{})
	if problems.Failed() {
		t.Fatal(problems)
	}
	return cfg
}

// simulated replays the scenario once: nothing in it is random.
func simulated(t *testing.T, cfg *edge.Config) *result.Result {
	t.Helper()
	model, err := edge.Compile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := plan.Replicate(context.Background(), model, cfg, plan.ReplicateOptions{N: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func find(t *testing.T, file string, opt trace.Options, o Options) *result.SleepCurve {
	t.Helper()
	r, err := trace.Open(file, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c, err := Find(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sum(a *result.AppRun, states ...result.State) *big.Int {
	n := new(big.Int)
	for _, s := range states {
		n.Add(n, a.StateTime[s].BigInt())
	}
	return n
}

// callTable is a trace of n calls, and when the last one comes.
func callTable(r *rand.Rand, n, keys int, gapMs, serviceMs int64) (csv []byte, lastMs int64) {
	b := bytes.NewBufferString("time_ms,key,service_ms\n")
	for range n {
		lastMs += r.Int64N(gapMs)
		fmt.Fprintf(b, "%d,k%d,%d\n", lastMs, r.IntN(keys), r.Int64N(serviceMs))
	}
	return b.Bytes(), lastMs
}

// TestCurveEqualsTheSimulator sets bills, meters and waits of several timeouts
// against runs of the simulator, exactly.
func TestCurveEqualsTheSimulator(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	calls, at := callTable(r, 400, 9, 90_000, 8000)
	file := filepath.Join(t.TempDir(), "calls.csv")
	if err := os.WriteFile(file, calls, 0o600); err != nil {
		t.Fatal(err)
	}
	last := float64(at)/1000 + 1
	for name, extra := range map[string]string{
		"class":       "",
		"raw":         "    api: raw\n",
		"no object":   "    meter: {durable_object: false}\n",
		"overhead":    "    meter: {idle_cpu: 0.5, overhead: {cpu: 0.25, memory: 64MiB}, start_cpu: 0.5}\n",
		"logs":        "    logs: {events: 3, bytes: 20kB}\n    worker: {cpu: 7ms}\n",
		"provisioned": "",
	} {
		for _, start := range []sim.Time{0, 2500 * sim.Millisecond} {
			t.Run(fmt.Sprintf("%s, start %v", name, start), func(t *testing.T) {
				config := func(sleep sim.Time) *edge.Config {
					source := text(extra, last, sleep, start, start/5, file)
					if name == "provisioned" {
						source = strings.Replace(source, "account: {", "account: {cpu_meter: provisioned, ", 1)
					}
					return load(t, source)
				}
				cfg := config(sim.Second)
				sleep := []sim.Time{0, sim.Second, 20 * sim.Second, 60 * sim.Second, 300 * sim.Second, 1200 * sim.Second}
				c := find(t, file, trace.Options{}, Options{Config: cfg, App: &cfg.Apps[0], Start: start, Init: start / 5, Span: sim.FromSeconds(last), Sleep: sleep})
				for i := range c.Points {
					equalsRun(t, &c.Points[i], simulated(t, config(sleep[i])))
				}
			})
		}
	}
}

// equalsRun holds a timeout against the run of a scenario.
func equalsRun(t *testing.T, p *result.SleepPoint, want *result.Result) {
	t.Helper()
	a := &want.Pooled.Apps[0]
	up, busy := sum(a, result.Starting, result.Busy, result.Idle, result.Draining), sum(a, result.Busy)
	if p.Starts != a.Starts || p.Cold != a.Cold || p.UpNs.Cmp(up) != 0 || p.BusyNs.Cmp(busy) != 0 {
		t.Fatalf("sleep %v: %d starts, %d cold, up %v, busy %v; simulated %d, %d, %v, %v", p.SleepAfter, p.Starts, p.Cold, p.UpNs, p.BusyNs, a.Starts, a.Cold, up, busy)
	}
	for k, l := range p.Bill.Lines {
		if w := want.Bill.Lines[k]; l.SKU != w.SKU || l.Gross.Cmp(w.Gross) != 0 || l.Amount.Cmp(w.Amount) != 0 {
			t.Errorf("sleep %v: %s is %s %s, %s USD; simulated %s, %s USD", p.SleepAfter, l.SKU, l.Gross, l.Unit, l.Amount, w.Gross, w.Amount)
		}
	}
}

// TestBestIsTheLeastOfAllTimeouts tries every whole second.
func TestBestIsTheLeastOfAllTimeouts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for round := range max(2, rounds(6)) {
		calls, _ := callTable(r, 300, 12, 40_000, 3000)
		cfg := load(t, text("", 20_000, sim.Second, 0, 0, "library:functions.csv"))
		open := func() *trace.Reader {
			reader, err := trace.Open("calls.csv", trace.Options{Data: calls})
			if err != nil {
				t.Fatal(err)
			}
			return reader
		}
		o := Options{Config: cfg, App: &cfg.Apps[0], Start: sim.Time(round) * sim.Second, ColdPrice: billing.ExactFrac(1, 2000), Sleep: []sim.Time{5 * sim.Second, 400 * sim.Second}}
		if round%2 == 1 {
			target, err := result.ParseTarget("cold <= 30%")
			if err != nil {
				t.Fatal(err)
			}
			o.Targets = []result.Target{target}
		}
		best, err := Find(open(), o)
		if err != nil {
			t.Fatal(err)
		}
		o.Sleep = nil
		for s := sim.Time(5); s <= 400; s++ {
			o.Sleep = append(o.Sleep, s*sim.Second)
		}
		all, err := Find(open(), o)
		if err != nil {
			t.Fatal(err)
		}
		reached := false
		for _, p := range all.Points {
			if len(o.Targets) > 0 && float64(p.Cold) > 0.3*float64(all.Calls) {
				continue
			}
			if d := p.Cost.Cmp(best.Best.Cost); d < 0 || d == 0 && p.SleepAfter < best.Best.SleepAfter {
				t.Errorf("round %d: %v costs %s, the best, %v, %s", round, p.SleepAfter, p.Cost, best.Best.SleepAfter, best.Best.Cost)
			}
			reached = reached || p.SleepAfter == best.Best.SleepAfter
		}
		if !reached || !best.Met {
			t.Errorf("round %d: the best is %v, met %v", round, best.Best.SleepAfter, best.Met)
		}
		if len(o.Targets) > 0 {
			o.Targets[0].Threshold = 0
			if none, err := Find(open(), o); err != nil || none.Met || none.Best.Cold != none.Points[len(none.Points)-1].Cold && round == 1 {
				t.Errorf("round %d: no cold calls at all are possible? %+v, %v", round, none.Best, err)
			}
		}
	}
}

// TestCurveOfPoissonCallsMeetsTheory sets the share of starts and of time up
// against the closed form, through intervals over independent traces.
func TestCurveOfPoissonCallsMeetsTheory(t *testing.T) {
	law := theory.KeepAliveConcurrent{LambdaPerS: 1.0 / 40, ServiceS: 2, StartupS: 3}
	timeouts := []float64{0, 10, 60, 180}
	points, err := law.TimeoutCurve(timeouts)
	if err != nil {
		t.Fatal(err)
	}
	const calls = 4000
	traces := max(10, rounds(40))
	starts, ups := make([][]float64, len(timeouts)), make([][]float64, len(timeouts))
	r := rand.New(rand.NewPCG(11, 12))
	for range traces {
		c := New(Rules{Step: sim.Second, Longest: 180 * sim.Second, Start: 3 * sim.Second})
		at := sim.Time(0)
		for range calls {
			at += sim.FromSeconds(r.ExpFloat64() / law.LambdaPerS)
			c.Add(0, at, 2*sim.Second)
		}
		c.Finish()
		for i, s := range timeouts {
			x := c.At(int(s))
			starts[i] = append(starts[i], float64(x.Starts)/calls)
			up, _ := new(big.Float).SetInt(x.UpNs).Float64()
			ups[i] = append(ups[i], up/float64(at))
		}
	}
	for i, p := range points {
		within(t, fmt.Sprintf("starts a request at %v s", timeouts[i]), starts[i], p.StartsPerRequest)
		within(t, fmt.Sprintf("share up at %v s", timeouts[i]), ups[i], p.UpShare)
	}
}

// within holds the mean of independent values against a truth at 99.9 %.
func within(t *testing.T, what string, values []float64, want float64) {
	t.Helper()
	iv := stats.MeanInterval(values, 0.999)
	if math.Abs(iv.Mean-want) > iv.Half {
		t.Errorf("%s: %.6f ± %.6f, theory %.6f", what, iv.Mean, iv.Half, want)
	}
}

// TestReferenceReplays holds the curve against the rows of trace_replay without
// a cap on instances: those embedded in package validate, and all of them where
// the reference material is.
func TestReferenceReplays(t *testing.T) {
	check := func(rows, traces string) {
		f, err := os.Open(rows)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		table, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, line := range table[1:] {
			row := map[string]string{}
			for i, head := range table[0] {
				row[head] = line[i]
			}
			path := filepath.Join(traces, row["trace"])
			if _, err := os.Stat(path); err != nil || row["max_instances"] != "0" {
				continue
			}
			checked++
			t.Run(fmt.Sprintf("%s %s ms", row["trace"], row["idle_timeout_ms"]), func(t *testing.T) { referenceRow(t, path, row) })
		}
		if checked == 0 {
			t.Errorf("%s: no row has a trace in %s", rows, traces)
		}
	}
	check(filepath.Join("..", "validate", "cases", "trace_replay.csv"), filepath.Join("..", "validate", "cases", "traces"))
	if root := os.Getenv("BERTH_REFERENCE"); root != "" {
		check(filepath.Join(root, "validation", "trace_replay.csv"), filepath.Join(root, "data", "traces"))
	} else {
		t.Log("BERTH_REFERENCE is not set: only the embedded rows are checked")
	}
}

func referenceRow(t *testing.T, path string, row map[string]string) {
	ms := func(column string) int64 {
		n, err := strconv.ParseInt(row[column], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	idle, start := sim.Time(ms("idle_timeout_ms"))*sim.Millisecond, sim.Time(ms("startup_ms"))*sim.Millisecond
	cfg := load(t, text("", 1, sim.Second, 0, 0, "library:functions.csv"))
	step := sim.Second
	for idle%step != 0 {
		step /= 10
	}
	// The same tally must stand in a curve that goes further.
	c := find(t, path, trace.Options{Rule: row["rule"]}, Options{Config: cfg, App: &cfg.Apps[0], Start: start, Step: step, Sleep: []sim.Time{idle, idle + 600*step}})
	p := c.Points[0]
	wholeMs := func(n *big.Int) int64 {
		q, rest := new(big.Int).QuoRem(n, big.NewInt(int64(sim.Millisecond)), new(big.Int))
		if rest.Sign() != 0 {
			t.Errorf("%s ns are not whole ms", n)
		}
		return q.Int64()
	}
	for column, got := range map[string]int64{"requests": c.Calls, "keys": c.Keys, "instance_starts": p.Starts, "requests_waiting_for_start": p.Cold,
		"busy_ms": wholeMs(p.BusyNs), "up_ms": wholeMs(p.UpNs), "billed_ms_10ms": p.BilledMs.Int64()} {
		if want := ms(column); got != want {
			t.Errorf("%s is %d, should be %d", column, got, want)
		}
	}
}
