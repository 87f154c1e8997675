package result

import (
	"math"
	"testing"

	"berth/sim"
)

// sampleRun is a small run with round numbers.
func sampleRun(number int, served int64) *Run {
	a := AppRun{Name: "web", Requests: served + 2, Served: served, Good: served, Cold: served / 2, Starts: 4, Sessions: 5}
	a.Failed[FailNoPlace] = 2
	for i := range served {
		a.Latency.Record(int64(i+1) * int64(sim.Second))
		for p := range a.Parts {
			a.Parts[p].Record(int64(sim.Second))
		}
		a.Distance.Record(2_500)
	}
	a.StateTime[Idle].Add(uint64(300 * sim.Second))
	a.StateTime[Busy].Add(uint64(100 * sim.Second))
	a.InstanceTime = []TimeAt{{0, int64(90 * sim.Second)}, {4, int64(10 * sim.Second)}}
	a.MaxInstances = 4
	return &Run{Replication: number, From: 0, To: 100 * sim.Second, Apps: []AppRun{a}}
}

func metric(t *testing.T, list []Metric, name string) Metric {
	t.Helper()
	m, ok := Find(list, Key{Name: name})
	if !ok {
		t.Fatalf("no metric %s", name)
	}
	return m
}

func TestMetrics(t *testing.T) {
	list := Metrics([]*Run{sampleRun(0, 100), sampleRun(1, 98)}, nil)
	for name, want := range map[string]float64{
		"requests": 101, "served": 99, "errors": (2.0/102 + 2.0/100) / 2, "share(cold)": 0.5, "mean(latency)": 50, "max(latency)": 99,
		"throughput": 0.99, "mean(instances)": 4, "p95(instances)": 4, "share(idle)": 0.75, "mean(network)": 3, "p50(distance)": 2.5,
		"errors(no-place)": (2.0/102 + 2.0/100) / 2, "starts": 4,
	} {
		if m := metric(t, list, name); math.Abs(m.Mean-want) > 1e-9 {
			t.Errorf("%s = %v, want %v", name, m.Mean, want)
		}
	}
	m := metric(t, list, "mean(latency)")
	// Two values 50.5 and 49.5: half width = t(0.95, 1) x 0.5.
	if !m.Interval.Known || math.Abs(m.Interval.Half-12.706204736*0.5) > 1e-6 || m.Count != 198 || m.Unit != "s" || m.Better != -1 {
		t.Errorf("%+v", m)
	}
	if _, ok := Find(list, Key{Name: "mean(backlog)"}); ok {
		t.Error("a metric that no run has is listed")
	}
}

func TestQuantilesFollowTheData(t *testing.T) {
	m := metric(t, Metrics([]*Run{sampleRun(0, 1000)}, nil), "p90(latency)")
	if math.Abs(m.Mean-900) > 900*0.008 {
		t.Errorf("p90 of 1..1000 is %v", m.Mean)
	}
	if m.Interval.Known {
		t.Error("one replication has an interval")
	}
	one := &Run{To: sim.Second, Apps: []AppRun{{Name: "a", Served: 3}}}
	for range 3 {
		one.Apps[0].Latency.Record(123_456_789)
	}
	if m := metric(t, Metrics([]*Run{one}, nil), "p50(latency)"); m.Mean != 0.123456789 {
		t.Errorf("equal values: %v", m.Mean)
	}
}

func TestMetricsOfSeveralAppsAndMoney(t *testing.T) {
	r := sampleRun(0, 10)
	r.Apps = append(r.Apps, AppRun{Name: "idle"})
	money := []Money{{Bill: BillMoney{Total: 7, Lines: []LineMoney{{"base", "Base", 5}, {"container.cpu", "CPU", 2}}},
		Apps:  map[string]BillMoney{"web": {Total: 2, Lines: []LineMoney{{"container.cpu", "CPU", 2}}}},
		Units: map[string]UnitCosts{"": {PerThousandRequests: Cost{Average: 0.5, Marginal: 0.25, Known: true}}}}}
	list := Metrics([]*Run{r}, money)
	for k, want := range map[Key]float64{{"", "bill"}: 7, {"web", "bill"}: 2, {"web", "bill(base)"}: 0, {"", "bill(container.cpu)"}: 2,
		{"", "bill(1000 requests)"}: 0.5, {"", "marginal(1000 requests)"}: 0.25, {"web", "served"}: 10, {"", "served"}: 10} {
		if m, ok := Find(list, k); !ok || m.Mean != want {
			t.Errorf("%v = %v, want %v", k, m.Mean, want)
		}
	}
	if _, ok := Find(list, Key{"", "p95(instances)"}); ok {
		t.Error("p95 of instances of several apps is unknown")
	}
	if _, ok := Find(list, Key{"", "bill(session)"}); ok {
		t.Error("a cost of nothing is listed")
	}
	seen := map[Key]bool{}
	for _, m := range list {
		if seen[m.Key] {
			t.Errorf("%v twice", m.Key)
		}
		seen[m.Key] = true
		if _, ok := IsMetric(m.Key.Name); !ok {
			t.Errorf("%s is reported and cannot be named in a target", m.Key.Name)
		}
	}
}

func TestJudge(t *testing.T) {
	list := Metrics([]*Run{sampleRun(0, 100), sampleRun(1, 100)}, nil)
	wide := Metrics([]*Run{sampleRun(0, 100), sampleRun(1, 90)}, nil)
	for _, c := range []struct {
		list    []Metric
		target  string
		partial bool
		want    Verdict
	}{
		{list, "mean(latency) < 51s", false, Met},
		{list, "mean(latency) < 50.5s", false, Violated},
		{list, "mean(latency) <= 50.5s", false, Met},
		{list, "mean(latency) > 50.5s", false, Violated},
		{list, "mean(latency) >= 50.5s", false, Met},
		{list, "mean(latency) > 50s", false, Met},
		{list, "mean(latency) < 51s", true, NotProven},
		{wide, "mean(latency) < 51s", false, NotProven},
		{wide, "mean(latency) < 500s", false, Met},
		{Metrics([]*Run{sampleRun(0, 100)}, nil), "mean(latency) < 500s", false, NotProven},
		{list, "mean(backlog) < 500s", false, NotProven},
		{list, "web: errors < 50%", false, NotProven}, // one app is all apps
	} {
		target, err := ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := Judge(target, c.list, c.partial); got.Verdict != c.want || got.Why == "" {
			t.Errorf("%s partial %v: %v (%s), want %v", c.target, c.partial, got.Verdict, got.Why, c.want)
		}
	}
}

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]Target{
		"p90(latency) < 8s":                   {Metric: "p90(latency)", Op: "<", Threshold: 8, Unit: "s"},
		"errors < 3%":                         {Metric: "errors", Op: "<", Threshold: 0.03, Unit: "1"},
		"bill < 400 USD":                      {Metric: "bill", Op: "<", Threshold: 400, Unit: "USD"},
		"bill<=$1,234.50":                     {Metric: "bill", Op: "<=", Threshold: 1234.5, Unit: "USD"},
		"p99(start) < 1m30s":                  {Metric: "p99(start)", Op: "<", Threshold: 90, Unit: "s"},
		"cold < 5%":                           {Metric: "share(cold)", Op: "<", Threshold: 0.05, Unit: "1"},
		"p99(latency, app=parser) < 800 ms":   {Metric: "p99(latency)", App: "parser", Op: "<", Threshold: 0.8, Unit: "s"},
		"web shop: errors < 0.01":             {Metric: "errors", App: "web shop", Op: "<", Threshold: 0.01, Unit: "1"},
		"mean(queue) < 50ms":                  {Metric: "mean(queue)", Op: "<", Threshold: 0.05, Unit: "s"},
		"max(instances) <= 20":                {Metric: "max(instances)", Op: "<=", Threshold: 20},
		"goodput > 600/min":                   {Metric: "goodput", Op: ">", Threshold: 10, Unit: "/s"},
		"requests >= 1.5M":                    {Metric: "requests", Op: ">=", Threshold: 1.5e6},
		"p50(distance) < 500 km":              {Metric: "p50(distance)", Op: "<", Threshold: 500, Unit: "km"},
		"bill(container.memory) < 10 USD":     {Metric: "bill(container.memory)", Op: "<", Threshold: 10, Unit: "USD"},
		"bill(1000 requests) < 0.5 USD":       {Metric: "bill(1000 requests)", Op: "<", Threshold: 0.5, Unit: "USD"},
		"P99( latency )<3s":                   {Metric: "p99(latency)", Op: "<", Threshold: 3, Unit: "s"},
		"utilization(cpu) > 10%":              {Metric: "utilisation(cpu)", Op: ">", Threshold: 0.1, Unit: "1"},
		"egress < 20 GB":                      {Metric: "egress", Op: "<", Threshold: 20, Unit: "GB"},
		"  errors(max-instances)   <  0.1%  ": {Metric: "errors(max-instances)", Op: "<", Threshold: 0.001, Unit: "1"},
	} {
		got, err := ParseTarget(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got.Text = ""
		if math.Abs(got.Threshold-want.Threshold) > 1e-12 {
			t.Errorf("%q: threshold %v", text, got.Threshold)
		}
		got.Threshold = want.Threshold
		if got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestParseMetric(t *testing.T) {
	for text, want := range map[string]Key{"bill": {"", "bill"}, "web: cold": {"web", "share(cold)"}, "p99( latency , app=web)": {"web", "p99(latency)"}} {
		if got, _, err := ParseMetric(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, _, err := ParseMetric("p99(latncy)"); err == nil {
		t.Error("a mistyped metric is taken")
	}
}

func TestParseTargetSaysWhereAndWhat(t *testing.T) {
	for text, want := range map[string]TargetError{
		"":                        {Offset: 0},
		"p99(latency)":            {Offset: 12},
		"p99(latncy) < 3s":        {Offset: 0, Hint: `did you mean "p99(latency)"?`},
		"latency < 3s":            {Offset: 0, Hint: "which statistic of it? such as p99(latency) or mean(latency)"},
		"web: erors < 3%":         {Offset: 5, Hint: `did you mean "errors"?`},
		"p99(latency) < 3":        {Offset: 15, Hint: "a span such as 800ms, 3s or 2m"},
		"errors < 3":              {Offset: 9, Hint: "a share such as 3% or 0.03"},
		"bill < 400":              {Offset: 7, Hint: "an amount such as 400 USD"},
		"bill <":                  {Offset: 6, Hint: "an amount such as 400 USD"},
		"goodput > 3":             {Offset: 10, Hint: "a rate such as 10/s or 600/min"},
		": errors < 3%":           {Offset: 0},
		"p99(latency, ap=x) < 3s": {Offset: 12},
		"errors < -3%":            {Offset: 9},
		"errors < NaN":            {Offset: 9},
		"requests < 1e400":        {Offset: 11},
	} {
		_, err := ParseTarget(text)
		got, ok := err.(*TargetError)
		if !ok {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got.Offset != want.Offset || want.Hint != "" && got.Hint != want.Hint || got.Message == "" {
			t.Errorf("%q: offset %d, %s; want %d, %s", text, got.Offset, got.Error(), want.Offset, want.Hint)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"p90(latency) < 8s", "errors<=3%", "web: bill > $4", "p99(latency, app=a) < 3s", "goodput > 10/s", "<", "a,b=c)<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := ParseTarget(text)
		if err != nil {
			e, ok := err.(*TargetError)
			if !ok || e.Offset < 0 || e.Offset > len(text) || e.Message == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if unit, ok := IsMetric(target.Metric); !ok || unit != target.Unit {
			t.Fatalf("%q gives the unknown metric %q", text, target.Metric)
		}
		if !(target.Threshold >= 0) || math.IsInf(target.Threshold, 0) {
			t.Fatalf("%q gives the threshold %v", text, target.Threshold)
		}
	})
}
