package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// BenchmarkWorkload runs b.N requests of each workload:
//
//	go test -bench Workload/world -cpu 1 ./plan/bench
func BenchmarkWorkload(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.Name, func(b *testing.B) {
			j, err := w.prepare(max(int64(b.N), 1000))
			if err != nil {
				b.Fatal(err)
			}
			defer j.close()
			b.ReportAllocs()
			b.ResetTimer()
			cpu := cpuTime()
			units, err := j.run(context.Background(), 0, &laps{})
			took := cpuTime() - cpu
			b.StopTimer()
			if err != nil {
				b.Fatal(err)
			}
			cpu = cpuTime()
			keep += j.floor(units)
			floor := cpuTime() - cpu
			b.ReportMetric(float64(units)/took.Seconds(), "requests/cpu-s")
			b.ReportMetric(float64(floor.Nanoseconds())/float64(units), "floor-ns/request")
		})
	}
}

func TestEveryWorkloadRuns(t *testing.T) {
	var results []*Result
	for _, w := range workloads {
		r, err := Measure(context.Background(), w, Options{Runs: 1, Requests: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		if r.Requests < 15_000 || r.Requests > 45_000 { // sessions begin with 20,000 users
			t.Errorf("%s made %d requests of 20,000", w.Name, r.Requests)
		}
		if !(r.NsPerRequest > 0 && r.FloorNs > 0 && r.PeakMemoryBytes > 1<<20) {
			t.Errorf("%s: %+v", w.Name, r)
		}
		results = append(results, r)
	}
	var text bytes.Buffer
	if err := Text(&text, ThisMachine(), results); err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if !strings.Contains(text.String(), name) {
			t.Errorf("the table lacks %s", name)
		}
	}
}

// What is measured must be what the workload promises: which part of the
// requests started an instance, and that none failed.
func TestWorkloadsDoWhatTheySay(t *testing.T) {
	cold := map[string][2]float64{"world": {0.01, 0.5}, "simple": {0.01, 0.2}, "churn": {0.6, 0.95}, "faas-1": {0, 0.05}, "faas-10": {0, 0.05}, "faas-100": {0, 0.05}}
	for name, want := range cold {
		ws, err := Select([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		j, err := ws[0].prepare(100_000)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := j.(*scene)
		if !ok {
			s = j.(replications).scene
		}
		run, err := s.model.Run(context.Background(), 0, noOptions)
		if err != nil {
			t.Fatal(err)
		}
		o := &run.Apps[0]
		if share := float64(o.Starts) / float64(o.Requests); share < want[0] || share > want[1] {
			t.Errorf("%s: %.4f starts a request, want %v", name, share, want)
		}
		for cause, n := range o.Failed {
			if n > 0 {
				t.Errorf("%s: %d requests failed of cause %d", name, n, cause)
			}
		}
		if o.Served+o.InFlight != o.Requests {
			t.Errorf("%s: %d served and %d in flight of %d", name, o.Served, o.InFlight, o.Requests)
		}
	}
}

func TestFingerprints(t *testing.T) {
	measure := func(requests int64) string {
		r, err := Measure(context.Background(), workloads[1], Options{Runs: 1, Requests: requests})
		if err != nil {
			t.Fatal(err)
		}
		return r.Fingerprint
	}
	one, again, other := measure(20_000), measure(20_000), measure(20_001)
	if one != again || one == other || one == "" {
		t.Errorf("fingerprints %q and %q of one scenario, %q of another", one, again, other)
	}
}

func TestSelect(t *testing.T) {
	for text, want := range map[string]int{"world": 1, "faas": 3, "all": len(workloads), "world,faas-1,faas": 4} {
		got, err := Select(strings.Split(text, ","))
		if err != nil || len(got) != want {
			t.Errorf("Select(%s): %d workloads, %v; want %d", text, len(got), err, want)
		}
	}
	_, err := Select([]string{"wrld", "world", "fas"})
	if err == nil || !strings.Contains(err.Error(), `"wrld"`) || !strings.Contains(err.Error(), `"fas"`) {
		t.Errorf("unknown names: %v", err)
	}
}

func TestJSONKeys(t *testing.T) {
	r := &Result{Workload: "world"}
	for _, results := range [][]*Result{{r}, {r, r}} {
		var b bytes.Buffer
		if err := JSON(&b, Machine{}, results); err != nil {
			t.Fatal(err)
		}
		var list []map[string]any
		if len(results) == 1 {
			list = make([]map[string]any, 1)
			if err := json.Unmarshal(b.Bytes(), &list[0]); err != nil {
				t.Fatal(err)
			}
		} else if err := json.Unmarshal(b.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"requests_per_second_per_core", "ns_per_request", "bytes_per_request", "allocs_per_request", "peak_memory_bytes", "times_floor", "workload", "wall_seconds", "schema_version"} {
			if _, ok := list[0][key]; !ok {
				t.Errorf("no key %s", key)
			}
		}
	}
}

func TestMeasuringStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := Measure(ctx, workloads[0], Options{Runs: 1, Requests: 50_000}); err == nil {
		t.Errorf("an interrupted measurement gave %+v", r)
	}
}

func TestTraceFileIsRemoved(t *testing.T) {
	j, err := traceJob(1000)
	if err != nil {
		t.Fatal(err)
	}
	path := j.(*replay).path
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", path, err)
	}
}
