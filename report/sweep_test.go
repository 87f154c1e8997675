package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"berth/models/result"
)

// sweepOf is a grid with the given numbers of values; its last cell is refused.
// The bill rises and p99 falls along the first axis; the second makes both worse.
func sweepOf(sizes ...int) *result.Sweep {
	s := &result.Sweep{Tool: "berth", Scenario: "my.yaml", Replications: 2}
	n := 1
	for a, size := range sizes {
		axis := result.SweepAxis{Path: fmt.Sprintf("apps.web.axis%d", a)}
		for i := range size {
			axis.Values = append(axis.Values, fmt.Sprintf("v%d", i))
		}
		s.Axes = append(s.Axes, axis)
		n *= size
	}
	metric := func(name, unit string, x float64) result.Metric {
		return result.Summarise(result.Metric{Key: result.Key{Name: name}, Label: name, Unit: unit}, []float64{x, x * 1.01}, 10)
	}
	for i := range n {
		c := result.SweepCell{Index: i, Runs: 2}
		rest, first, others := i, 0, 0
		for a := len(sizes) - 1; a >= 0; a-- {
			k := rest % sizes[a]
			c.Values = append([]string{s.Axes[a].Values[k]}, c.Values...)
			if rest /= sizes[a]; a == 0 {
				first = k
			} else {
				others += k
			}
		}
		c.Metrics = []result.Metric{metric("bill", "USD", 10*float64(1+first+others)), metric("p99(latency)", "s", 5/float64(1+first)+float64(others)), metric("errors", "1", 0)}
		if i == n-1 && len(sizes) > 1 {
			c.Refused, c.Metrics, c.Runs = "a=b: <script>\x1b[2J is wrong", nil, 0
		}
		s.Cells = append(s.Cells, c)
	}
	result.MarkFront(s.Cells, result.Key{Name: "bill"}, result.Key{Name: "p99(latency)"})
	return s
}

func TestFrontHoldsWhatNoOtherCellBeats(t *testing.T) {
	for _, c := range NewSweep(sweepOf(4, 3)).Cells {
		if want := c.values[1] == "v0"; c.Front != want {
			t.Errorf("%s: front %v", c.name(), c.Front)
		}
	}
}

func TestSweepForms(t *testing.T) {
	for _, sizes := range [][]int{{6}, {4, 3}, {2, 3, 2}} {
		d := NewSweep(sweepOf(sizes...))
		write := func(form func(io.Writer) error) string {
			t.Helper()
			var b bytes.Buffer
			if err := form(&b); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsRune(b.String(), 0x1b) {
				t.Error("an escape sequence comes through")
			}
			return b.String()
		}
		lines := strings.Split(strings.TrimSpace(write(d.NDJSON)), "\n")
		if len(lines) != len(d.Cells) {
			t.Errorf("%v: %d lines for %d cells", sizes, len(lines), len(d.Cells))
		}
		for i, l := range lines {
			var c SweepCell
			if err := json.Unmarshal([]byte(l), &c); err != nil || c.Cell != i || len(c.Values) != len(sizes) {
				t.Errorf("%v: %v %s", sizes, err, l)
			}
		}
		rows, err := csv.NewReader(strings.NewReader(write(d.CSV))).ReadAll()
		if err != nil || len(rows) < len(d.Cells) || rows[1][1] != "v0" {
			t.Errorf("%v: %d rows, %v", sizes, len(rows), err)
		}
		text := write(func(w io.Writer) error { return d.Text(w, Options{}) })
		if !strings.Contains(text, "Cheapest is v0") || !strings.Contains(text, "*") {
			t.Errorf("%v: %s", sizes, text)
		}
		page := write(d.HTML)
		if page != write(d.HTML) {
			t.Error("two pages of one sweep differ")
		}
		for chart, want := range map[string]bool{"front": true, "band-0": len(sizes) == 1, "band-1": len(sizes) == 1, "heat-0": len(sizes) > 1, "heat-1": len(sizes) > 1} {
			if strings.Contains(page, `data-chart="`+chart+`"`) != want {
				t.Errorf("%v: chart %s", sizes, chart)
			}
		}
		if strings.Contains(page, "<script>[2J") {
			t.Error("a reason comes through unescaped")
		}
	}
}

func TestHeatMapHoldsEveryCell(t *testing.T) {
	d := NewSweep(sweepOf(4, 3))
	data := d.heatMaps()[0].Option["series"].([]any)[0].(map[string]any)["data"].([]any)
	if len(data) != 11 { // one is refused
		t.Fatalf("%d fields", len(data))
	}
	for _, f := range data {
		f := f.([]any)
		x, y := f[0].(int), f[1].(int)
		want := 10.05 * float64(1+y+x) // mean of x and 1.01 x
		if got := f[2].(float64); got < want*0.999 || got > want*1.001 {
			t.Errorf("field %d, %d: %v, want %v", x, y, got, want)
		}
	}
	// With a third axis a field holds the least over it.
	d = NewSweep(sweepOf(2, 3, 2))
	for _, f := range d.heatMaps()[0].Option["series"].([]any)[0].(map[string]any)["data"].([]any) {
		f := f.([]any)
		want := 10.05 * float64(1+f[0].(int)+f[1].(int))
		if got := f[2].(float64); got < want*0.999 || got > want*1.001 {
			t.Errorf("%v, want %v", f, want)
		}
	}
}

func TestLargeGridShowsItsFront(t *testing.T) {
	d := NewSweep(sweepOf(20, 10))
	if n := len(d.tables(false)[0].Rows); n != 20 {
		t.Errorf("a terminal shows %d cells", n)
	}
	if n := len(d.tables(true)[0].Rows); n != 199 {
		t.Errorf("a page shows %d cells", n)
	}
}
