package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"berth/models/result"
	"berth/report/internal/resulttest"
	"berth/sim/stats"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// studied is a study of two metrics with a factor of every kind.
func studied() *result.Sensitivity {
	bill := result.Metric{Key: result.Key{Name: "bill"}, Label: "bill of the month", Unit: "USD", Mean: 100, Interval: stats.MeanInterval([]float64{99, 101}, 0.95), Better: -1}
	p99 := result.Metric{Key: result.Key{Name: "p99(latency)"}, Label: "p99 latency", Unit: "s", Mean: 2, Interval: stats.MeanInterval([]float64{1.9, 2.1}, 0.95), Better: -1}
	at := func(base result.Metric, delta, half float64, change result.Change) result.Difference {
		return result.Difference{Base: base, Variant: base, Relative: delta / base.Mean, Change: change,
			Delta: stats.Interval{Mean: delta, Half: half, Lo: delta - half, Hi: delta + half, Conf: 0.95, N: 5, Known: true}}
	}
	return &result.Sensitivity{Tool: "berth", Scenario: "shop <b>", Seed: 3, Replications: 5, Base: []result.Metric{bill, p99},
		Factors: []result.Factor{
			{Name: "hosts.cache", Value: "2TB", Grade: "I", Ends: []result.End{{Value: "1TB", Runs: 2, Differences: []result.Difference{at(bill, 0, 0, result.Equal), at(p99, 0, 0, result.Equal)}}}},
			{Name: "network.jitter", Value: "5%", Grade: "I", Ends: []result.End{{Value: "2.5%", Runs: 5, Differences: []result.Difference{at(bill, -3, 4, result.NotShown), at(p99, 0.1, 0.2, result.NotShown)}}}},
			{Name: "traffic", Value: "4/min", Ends: []result.End{
				{Value: "x0.5", Sets: []string{"apps.web.traffic[0].requests=2/min"}, Runs: 5, Differences: []result.Difference{at(bill, -40, 1, result.Better), at(p99, -0.5, 0.1, result.Better)}},
				{Value: "x2", Sets: []string{"apps.web.traffic[0].requests=8/min"}, Runs: 5, Differences: []result.Difference{at(bill, 80, 1, result.Worse), at(p99, 1, 0.1, result.Worse)}}}},
			{Name: "web.meter.idle_cpu", Value: "0", Grade: "I", Range: "catalogue: timers", Ends: []result.End{{Value: "0.02", Runs: 5, Differences: []result.Difference{at(bill, 0.05, 0.01, result.Worse), at(p99, 0, 0, result.Equal)}},
				{Value: "=HYPERLINK", Refused: "it does not fit"}}},
		},
		Unvaried: []result.Unvaried{{Name: "web.traffic[1]", Why: "a trace is replayed as it is"}}}
}

func TestSensitivityAsText(t *testing.T) {
	var b bytes.Buffer
	if err := NewSensitivity(studied()).Text(&b, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"shop <b>, 1 input and 3 assumptions of grade I varied one at a time, 5 replications each, seed 3",
		"traffic  4/min     x0.5, x2  -$40.00  +$80.00  ▒▒▒▒▒│██████████\n",
		"What moves the bill of the month, $100.00 as it is", "Below 0.1 %: web.meter.idle_cpu. No\ndifference shown: network.jitter.",
		"The bill of the month, $100.00, depends most on traffic (-$40.00 to +$80.00), and of the assumptions on web.meter.idle_cpu (+$0.05); the p99 latency, 2 s, depends most on traffic (-500 ms to +1 s).",
		"web.meter.idle_cpu = =HYPERLINK  it does not fit", "web.traffic[1]                   a trace is replayed as it is",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines[:len(lines)-1] { // the last one is a sentence
		if n := len([]rune(line)); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestSensitivityInEveryForm(t *testing.T) {
	d := NewSensitivity(studied())
	var md, html, table, js bytes.Buffer
	for _, err := range []error{d.Markdown(&md), d.HTML(&html), d.CSV(&table), d.JSON(&js)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(md.String(), "| traffic") || strings.Contains(md.String(), "<b>") {
		t.Errorf("markdown:\n%s", md.String())
	}
	if s := html.String(); !strings.Contains(s, `data-chart="tornado-2"`) || strings.Contains(s, "shop <b>") || !strings.Contains(s, "traffic, x2: +$80.00") {
		t.Error("the page lacks a chart, or holds a name as markup")
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 1+2*6 || rows[1][3] != "traffic" || rows[2][8] != "80" {
		t.Errorf("csv: %v, %q", err, rows)
	}
	for _, r := range rows[1:] {
		if strings.HasPrefix(r[6], "=") {
			t.Errorf("%q is a formula", r[6])
		}
	}
	var back Sensitivity
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || back.Rankings[0].Rows[0].Factor != 2 || back.consistent() != nil {
		t.Errorf("json: %v, %+v", err, back.Rankings)
	}
	back.Rankings[0].Rows[0].Factor = 9
	if back.consistent() == nil {
		t.Error("a factor that is not there passes")
	}
}

// TestReportWithAStudy: the study is part of every form of a report.
func TestReportWithAStudy(t *testing.T) {
	r := resulttest.New()
	r.Sensitivity = studied()
	d := New(r)
	var text, js bytes.Buffer
	if err := d.Text(&text, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := d.JSON(&js); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "What moves the p99 latency") || len(d.sensitivitySections()) != 2 {
		t.Error("the report does not show the study")
	}
	v, err := validator.UnmarshalJSON(&js)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t).Validate(v); err != nil {
		t.Error(err)
	}
}

func TestOrderBySwing(t *testing.T) {
	s := studied()
	names := ""
	for _, i := range s.Order(result.Key{Name: "bill"}) {
		names += s.Factors[i].Name + " "
	}
	if names != "traffic web.meter.idle_cpu network.jitter hosts.cache " {
		t.Errorf("order: %s", names)
	}
}

// Where no factor is shown to move anything, every form says so.
func TestSensitivityOfNothing(t *testing.T) {
	s := studied()
	for i := range s.Factors {
		for j := range s.Factors[i].Ends {
			for k := range s.Factors[i].Ends[j].Differences {
				d := &s.Factors[i].Ends[j].Differences[k]
				d.Change, d.Delta = result.NotShown, stats.Interval{Mean: 0.1, Half: 1, Lo: -0.9, Hi: 1.1, Conf: 0.95, N: 5, Known: true}
			}
		}
	}
	d := NewSensitivity(s)
	for name, form := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return d.Text(b, Options{}) }, "Markdown": func(b *bytes.Buffer) error { return d.Markdown(b) },
		"HTML": func(b *bytes.Buffer) error { return d.HTML(b) },
	} {
		var b bytes.Buffer
		if err := form(&b); err != nil || !strings.Contains(b.String(), "traffic") || name != "HTML" && strings.Contains(b.String(), "NaN") {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
}
