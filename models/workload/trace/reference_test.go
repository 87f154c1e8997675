package trace

import (
	"cmp"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"berth/sim"
)

// reference opens a table of ../shared's layout, by column name.
func reference(t *testing.T, path ...string) (dir string, rows []map[string]string) {
	t.Helper()
	dir = os.Getenv("BERTH_REFERENCE")
	if dir == "" {
		t.Skip("BERTH_REFERENCE does not name a directory with data/traces and validation")
	}
	file, err := os.Open(filepath.Join(append([]string{dir}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return dir, rows
}

// printed checks a value against a reference printed to nine digits or fewer.
func printed(t *testing.T, what string, got float64, want string) {
	t.Helper()
	x, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	digits := 0
	for _, c := range want {
		if c >= '0' && c <= '9' && (digits > 0 || c != '0') {
			digits++
		}
	}
	unit := math.Pow10(int(math.Floor(math.Log10(math.Abs(x)))) - min(digits, 9) + 1)
	if math.Abs(got-x) > unit*0.51 && math.Abs(got-x) > 1e-9*math.Abs(x) {
		t.Errorf("%s: %v, want %s", what, got, want)
	}
}

func TestStatsOfPublishedTraces(t *testing.T) {
	dir, rows := reference(t, "validation", "trace_stats.csv")
	for _, row := range rows {
		r, err := Open(filepath.Join(dir, "data", "traces", row["trace"]), Options{Rule: row["rule"]})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Stats(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		for column, got := range map[string]float64{
			"requests": float64(s.Requests), "keys": float64(s.Keys), "span_s": s.SpanS, "mean_interarrival_s": s.MeanInterarrivalS,
			"cv_interarrival": s.CVInterarrival, "peak_per_minute": float64(s.PeakPerMinute), "index_of_dispersion_60s": s.IndexOfDispersion,
			"top_key_share": s.TopKeyShare, "mean_service_ms": s.MeanServiceMs, "service_p50_ms": s.ServiceP50Ms,
			"service_p95_ms": s.ServiceP95Ms, "service_p99_ms": s.ServiceP99Ms, "service_max_ms": s.MaxMs,
		} {
			printed(t, row["trace"]+" "+column, got, row[column])
		}
	}
}

func TestRatesOfPublishedTraces(t *testing.T) {
	dir, rows := reference(t, "validation", "trace_rate_stats.csv")
	for _, row := range rows {
		s, err := RatesOf(filepath.Join(dir, "data", "traces", row["trace"]))
		if err != nil {
			t.Fatal(err)
		}
		for column, got := range map[string]float64{
			"minutes": float64(s.Minutes), "requests": float64(s.Requests), "mean_per_minute": s.MeanPerMinute,
			"peak_per_minute": float64(s.PeakPerMinute), "zero_minutes": float64(s.ZeroMinutes),
			"longest_zero_run_minutes": float64(s.LongestZeroRun), "index_of_dispersion_60s": s.IndexOfDispersion,
		} {
			printed(t, row["trace"]+" "+column, got, row[column])
		}
	}
}

// The calls are right if a replay by hand is: one instance per key that serves
// everything at once and stops when it was idle for a time. Rows with a cap need
// a simulator and are left to it.
func TestReplayOfPublishedTraces(t *testing.T) {
	dir, rows := reference(t, "validation", "trace_replay.csv")
	for _, row := range rows {
		if row["max_instances"] != "0" {
			continue
		}
		r, err := Open(filepath.Join(dir, "data", "traces", row["trace"]), Options{Rule: row["rule"]})
		calls := all(t, r, err)
		number := func(column string) sim.Time {
			v, err := strconv.ParseInt(row[column], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return sim.Time(v)
		}
		got := replay(calls, number("idle_timeout_ms"), number("startup_ms"))
		want := outcome{number("requests"), number("keys"), number("instance_starts"), number("requests_waiting_for_start"),
			number("busy_ms"), number("up_ms"), number("billed_ms_10ms"), number("peak_instances")}
		if got != want {
			t.Errorf("%s %s: %+v, want %+v", row["trace"], row["idle_timeout_ms"], got, want)
		}
	}
}

type outcome struct{ requests, keys, starts, waiting, busy, up, billed, peak sim.Time }

type instance struct{ start, ready, busyTo, busy sim.Time }

// replay sweeps the calls, all in ms, key by key.
func replay(calls []Call, idle, startup sim.Time) (o outcome) {
	byKey := map[int32]*instance{}
	type edge struct{ at, step sim.Time }
	var edges []edge
	stop := func(i *instance) {
		end := i.busyTo + idle
		o.up += end - i.start
		o.billed += (end - i.start + 9) / 10 * 10
		o.busy += i.busy
		edges = append(edges, edge{i.start, 1}, edge{end, -1})
	}
	for _, c := range calls {
		at, service := c.At/ms, c.Service/ms
		i := byKey[c.Key]
		if i != nil && at > i.busyTo+idle {
			stop(i)
			*i = instance{}
		}
		if i == nil || i.ready == 0 && i.start == 0 && i.busyTo == 0 {
			if i == nil {
				i = &instance{}
				byKey[c.Key] = i
			}
			*i = instance{start: at, ready: at + startup, busyTo: at + startup}
			o.starts++
			o.waiting++
		} else if at < i.ready {
			o.waiting++
		}
		from := max(at, i.ready)
		if end := from + service; end > i.busyTo {
			i.busy += end - max(from, i.busyTo)
			i.busyTo = end
		}
		o.requests++
	}
	for _, i := range byKey {
		stop(i)
	}
	o.keys = sim.Time(len(byKey))
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), -cmp.Compare(a.step, b.step)) })
	up := sim.Time(0)
	for _, e := range edges {
		up += e.step
		o.peak = max(o.peak, up)
	}
	return o
}

// The sample of raw log lines holds every one of its lines, with the sizes.
func TestPublishedLog(t *testing.T) {
	dir, rows := reference(t, "data", "traces", "nasa_jul95_per_minute.csv")
	r, err := Open(filepath.Join(dir, "data", "traces", "nasa_jul95_clf_sample.log"), Options{})
	calls := all(t, r, err)
	if len(calls) != 558 || r.Bad() != 0 {
		t.Errorf("%d calls, %d malformed lines", len(calls), r.Bad())
	}
	if len(rows) == 0 || calls[len(calls)-1].At > sim.Time(len(rows))*sim.Minute {
		t.Errorf("the last call at %v lies beyond the month", calls[len(calls)-1].At)
	}
}
