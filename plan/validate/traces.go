package validate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"berth/models/billing"
	"berth/models/edge"
	"berth/models/result"
	"berth/models/workload/trace"
	"berth/scenarios"
	"berth/sim"
)

// traceFinder finds the trace files that rows name.
type traceFinder struct {
	dirs []string

	mu   sync.Mutex
	temp string // where the embedded traces were unpacked
	err  error
}

func newTraceFinder(opt Options) *traceFinder {
	f := &traceFinder{}
	switch {
	case opt.Traces != "":
		f.dirs = []string{opt.Traces}
	case opt.Cases != "":
		f.dirs = []string{filepath.Join(opt.Cases, "..", "data", "traces")}
	}
	return f
}

// find is the path of a trace; a row whose trace is nowhere is skipped.
func (f *traceFinder) find(name string) (string, error) {
	if name != filepath.Base(name) || name == "." || name == ".." {
		return "", fmt.Errorf("trace %q: name a file without a directory", name)
	}
	for _, dir := range f.dirs {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	text, err := fs.ReadFile(embedded, "cases/traces/"+name)
	if err != nil {
		where := "give --traces DIR"
		if len(f.dirs) > 0 {
			where = "not in " + strings.Join(f.dirs, ", ")
		}
		return "", &skipError{fmt.Sprintf("the trace %s is not there: %s", name, where)}
	}
	return f.unpack(name, text)
}

// unpack writes an embedded trace where the readers find it.
func (f *traceFinder) unpack(name string, text []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.temp == "" && f.err == nil {
		f.temp, f.err = os.MkdirTemp("", "berth-traces-")
	}
	if f.err != nil {
		return "", f.err
	}
	path := filepath.Join(f.temp, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil // somebody may be reading it
	}
	return path, os.WriteFile(path, text, 0o600)
}

func (f *traceFinder) close() {
	if f.temp != "" {
		os.RemoveAll(f.temp)
	}
}

// spanOf reads a trace to its end: its keys and its last arrival.
func spanOf(path, rule string) (keys int, last sim.Time, err error) {
	r, err := trace.Open(path, trace.Options{Rule: rule})
	if err != nil {
		return 0, 0, err
	}
	called := map[int32]bool{}
	for {
		call, err := r.Next()
		if err == io.EOF {
			return len(called), last, r.Close()
		}
		if err != nil {
			return 0, 0, errors.Join(err, r.Close())
		}
		called[call.Key], last = true, call.At
	}
}

func checkTraceStats(s *suite, row map[string]string, c *checks) error {
	path, err := s.traces.find(row["trace"])
	if err != nil {
		return err
	}
	r, err := trace.Open(path, trace.Options{Rule: row["rule"]})
	if err != nil {
		return err
	}
	t, err := trace.Stats(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	c.count("requests", t.Requests)
	c.count("keys", int64(t.Keys))
	c.near("span_s", t.SpanS)
	c.near("mean_interarrival_s", t.MeanInterarrivalS)
	c.near("cv_interarrival", t.CVInterarrival)
	c.count("peak_per_minute", t.PeakPerMinute)
	c.near("index_of_dispersion_60s", t.IndexOfDispersion)
	c.near("top_key_share", t.TopKeyShare)
	c.near("mean_service_ms", t.MeanServiceMs)
	c.near("service_p50_ms", t.ServiceP50Ms)
	c.near("service_p95_ms", t.ServiceP95Ms)
	c.near("service_p99_ms", t.ServiceP99Ms)
	c.near("service_max_ms", t.MaxMs)
	return nil
}

func checkTraceRates(s *suite, row map[string]string, c *checks) error {
	path, err := s.traces.find(row["trace"])
	if err != nil {
		return err
	}
	r, err := trace.RatesOf(path)
	if err != nil {
		return err
	}
	c.count("minutes", r.Minutes)
	c.count("requests", r.Requests)
	c.near("mean_per_minute", r.MeanPerMinute)
	c.count("peak_per_minute", r.PeakPerMinute)
	c.count("zero_minutes", r.ZeroMinutes)
	c.count("longest_zero_run_minutes", r.LongestZeroRun)
	c.near("index_of_dispersion_60s", r.IndexOfDispersion)
	return nil
}

// checkReplay replays a trace in the simulator: one instance a key, every
// request at once and at full speed, to the last expiry after the trace's end.
func checkReplay(s *suite, row map[string]string, c *checks) error {
	idle, startup, limit := c.whole("idle_timeout_ms"), c.whole("startup_ms"), c.whole("max_instances")
	if err := c.err(); err != nil {
		return err
	}
	path, err := s.traces.find(row["trace"])
	if err != nil {
		return err
	}
	keys, last, err := spanOf(path, row["rule"])
	if err != nil {
		return err
	}
	run, err := replay(path, row["rule"], idle, startup, limit, last)
	if err != nil {
		return err
	}
	a := app(run)
	c.count("requests", a.Requests)
	c.count("keys", int64(keys))
	c.count("instance_starts", a.Starts)
	c.count("requests_waiting_for_start", a.Cold)
	c.count("busy_ms", wholeMs(a, result.Busy))
	c.count("up_ms", wholeMs(a, result.Starting, result.Busy, result.Idle, result.Draining))
	// Billed time shows in the memory of one GiB.
	c.equal("billed_ms_10ms", new(big.Rat).Mul(run.Usage.Total(billing.Memory).Rat(), big.NewRat(1000, 1)))
	c.count("peak_instances", a.MaxInstances)
	c.count("rejected", failed(a))
	if a.InFlight != 0 {
		return fmt.Errorf("%d requests never ended", a.InFlight)
	}
	return nil
}

// wholeMs is the time in states in ms, or -1 where it is not a whole number.
func wholeMs(a *result.AppRun, states ...result.State) int64 {
	sum := new(big.Int)
	for _, s := range states {
		sum.Add(sum, a.StateTime[s].BigInt())
	}
	ms, rest := sum.QuoRem(sum, big.NewInt(int64(sim.Millisecond)), new(big.Int))
	if rest.Sign() != 0 || !ms.IsInt64() {
		return -1
	}
	return ms.Int64()
}

// replay runs a trace through the scenario path, once: nothing in it is random.
func replay(path, rule string, idleMs, startupMs, limit int64, last sim.Time) (*result.Run, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	ms := func(n int64) string { return strconv.FormatInt(n, 10) + "ms" }
	sc := scenario{name: "replay", seed: 1, measuredS: last.Seconds() + 1, drain: true, overlay: caseType(1, 1, 4)}
	sc.app = map[string]string{"instance_type": "case", "sleep_after": ms(idleMs), "start": startLaw(ms(startupMs)), "route": "{by: key, keys: 1}",
		"clocks": "{second: off}", "retry": "0s"}
	if limit > 0 {
		sc.app["max_instances"] = strconv.FormatInt(limit, 10)
	}
	sc.traffic = fmt.Sprintf("{trace: {file: %s, rule: %s}}", strconv.Quote(absolute), strconv.Quote(rule))
	if rule != "" {
		format, _, _ := strings.Cut(rule, "_")
		sc.traffic = fmt.Sprintf("{trace: {file: %s, format: %s, rule: %s}}", strconv.Quote(absolute), format, strconv.Quote(rule))
	}
	cfg, problems := scenarios.Load(sc.name, sc.text(), scenarios.Options{Overlays: sc.overlays()})
	if problems.Failed() {
		return nil, fmt.Errorf("the scenario of the replay is refused: %w", problems)
	}
	model, err := edge.Compile(cfg)
	if err != nil {
		return nil, err
	}
	return model.Run(context.Background(), 0, edge.Options{})
}
