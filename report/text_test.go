package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"berth/models/billing"
	"berth/report/internal/resulttest"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// golden compares an output with its file: a format, not a finding.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it, then run go test ./report -update\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, resulttest.New(), Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", b.Bytes())
	for _, line := range tableLines(b.String()) {
		if w := twwidth.Width(line); w > 100 {
			t.Errorf("%d columns: %s", w, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("blanks at the end of %q", line)
		}
	}
	last := strings.TrimSuffix(b.String(), "\n")
	last = last[strings.LastIndex(last, "\n")+1:]
	if last != New(resulttest.New()).Verdict {
		t.Errorf("the last line is %q", last)
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("escapes without colour")
	}
}

func TestColour(t *testing.T) {
	var plain, colour bytes.Buffer
	r := resulttest.New()
	if err := errors.Join(Text(&plain, r, Options{}), Text(&colour, r, Options{Color: true})); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colour.String(), "\x1b[1;31mMisses 1 of 3") {
		t.Error("a missed target is not red")
	}
	bare := strings.NewReplacer("\x1b[1;31m", "", "\x1b[1m", "", "\x1b[0m", "").Replace(colour.String())
	if bare != plain.String() {
		t.Error("colour changes more than colour")
	}
}

func TestNarrowTerminalAndASCII(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, resulttest.New(), Options{Width: 110, ASCII: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "+---") || strings.Contains(b.String(), "│") {
		t.Error("no ASCII borders")
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, resulttest.New()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.md", b.Bytes())
	columns(t, b.String())
}

func TestTextOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, resulttest.Empty(), Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Partial result, interrupted: No targets set: no request was sent.") {
		t.Errorf("%s", b.String())
	}
	if strings.Contains(b.String(), "NaN") {
		t.Error("NaN")
	}
}

// failing refuses every byte.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrorsAreReported(t *testing.T) {
	r := resulttest.New()
	for name, err := range map[string]error{"text": Text(failing{}, r, Options{}), "markdown": Markdown(failing{}, r), "json": JSON(failing{}, r), "html": HTML(failing{}, r),
		"bill": WriteBill(failing{}, r.Bill, "text", Options{}), "focus": Focus(failing{}, r.Bill)} {
		if err == nil {
			t.Errorf("%s: a full disk went unnoticed", name)
		}
	}
}

func TestVerdicts(t *testing.T) {
	target := func(verdict string) Target {
		return Target{Text: "p99(latency) < 3 s", Op: "<", Threshold: 3, Verdict: verdict, Metric: Metric{Name: "p99(latency)", Label: "p99 latency", Unit: "s", Value: Estimate{Mean: 4.1, Low: None, High: None}}}
	}
	d := New(resulttest.New())
	for _, c := range []struct {
		targets []Target
		want    string
	}{
		{[]Target{target("violated"), target("met"), target("met")}, "Misses 1 of 3 targets: p99 latency 4.1 s > 3 s; about $"},
		{[]Target{target("met"), target("not proven")}, "Meets 1 of 2 targets, 1 not proven: p99 latency 4.1 s, target < 3 s; about $"},
		{[]Target{target("met")}, "Meets its target: p99 latency 17.5 s, "},
		{[]Target{target("met"), target("met")}, "Meets both targets: "},
		{[]Target{target("violated"), target("violated"), target("violated")}, "and 1 more"},
		{nil, "No targets set: p99 latency"},
		{[]Target{{Op: "<", Threshold: 400, Verdict: "violated", Metric: Metric{Name: "bill", Label: "bill of the month", Unit: "USD", Value: Estimate{Mean: 521.64}}}},
			"Misses 1 of 1 target: bill of the month $521.64 > $400; 71 % of the bill is idle time."},
	} {
		d.Targets = c.targets
		if got := verdict(d); !strings.Contains(got, c.want) {
			t.Errorf("%q does not hold %q", got, c.want)
		}
	}
}

func TestBillAlone(t *testing.T) {
	bill := resulttest.New().Bill
	for _, format := range BillFormats {
		var b bytes.Buffer
		if err := WriteBill(&b, bill, format, Options{}); err != nil {
			t.Fatal(err)
		}
		golden(t, "bill."+format, b.Bytes())
	}
	if err := WriteBill(&bytes.Buffer{}, bill, "xml", Options{}); err == nil || !strings.Contains(err.Error(), "text, markdown") {
		t.Errorf("%v", err)
	}
}

func TestBillAgainst(t *testing.T) {
	r := resulttest.New()
	book := resulttest.Book()
	actual := billing.Price(r.Runs[0].Usage, book, billing.Options{})
	var b bytes.Buffer
	if err := WriteBillAgainst(&b, actual, New(r), "text", Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "against.txt", b.Bytes())
	if err := WriteBillAgainst(&b, actual, New(resulttest.Empty()), "text", Options{}); err == nil {
		t.Error("a result without a bill was compared")
	}
}

// TestAmountsAddUp sums what the table shows.
func TestAmountsAddUp(t *testing.T) {
	b := newBill(resulttest.New().Bill)
	var lines, apps float64
	for _, l := range b.Lines {
		lines += decimal(l.AmountUSD)
	}
	for _, a := range b.Apps {
		apps += decimal(a.AmountUSD)
	}
	total := decimal(b.TotalUSD)
	if usd(int64(lines*100+0.5)) != b.TotalUSD || usd(int64(apps*100+0.5)) != b.TotalUSD {
		t.Errorf("lines %v, apps %v, total %v", lines, apps, total)
	}
	for what, parts := range map[string][]billPart{"line": b.lineParts(), "app": b.appParts()} {
		var sum, gross float64
		for _, s := range b.steps(parts) {
			switch s.kind {
			case "part":
				gross += s.amount
				sum += s.amount
			case "saved", "added":
				sum += s.amount
			}
		}
		if d := sum - total; d > 0.006 || d < -0.006 || gross < total/2 {
			t.Errorf("by %s, the steps add up to %v from %v, the total is %v", what, sum, gross, total)
		}
	}
}
