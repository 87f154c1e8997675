package billing

import (
	"math/big"
	"strings"
	"testing"

	"berth/data"
	"berth/models/platform"
)

func view(t testing.TB, date string) platform.View {
	t.Helper()
	c, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := data.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	return c.AsOf(d)
}

func book(t testing.TB, date string) Book {
	t.Helper()
	b, err := NewBook(view(t, date), Account{}, "")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func exact(t testing.TB, s string) Exact {
	t.Helper()
	x, err := parseExact(s)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// always runs n instances of a type for a number of ms each, at a CPU share.
func always(t testing.TB, v platform.View, typ string, n, ms int64, cpuPercent int64) Quantities {
	t.Helper()
	it, err := v.Type(typ)
	if err != nil {
		t.Fatal(err)
	}
	return RunUsage(it, ExactInt(n*ms).Quo(ExactInt(1000)), ExactFrac(cpuPercent, 100))
}

func usageOf(q Quantities) Usage { return Usage{Apps: []AppUsage{{App: "app", Quantities: q}}} }

func TestOneStandard1AwakeAMonth(t *testing.T) {
	v := view(t, "2026-04-15")
	q := always(t, v, "standard-1", 1, NominalMonth().Hours*3600*1000, 10)
	b := Price(usageOf(q), book(t, "2026-04-15"), Options{})
	for sku, want := range map[string]string{"container.memory": "26.055", "container.cpu": "2.178", "container.disk": "1.42128", "base": "5"} {
		if l, _ := b.Line(sku); l.Amount.String() != want {
			t.Errorf("%s = %s, want %s", sku, l.Amount, want)
		}
	}
	if b.Total.String() != "34.65428" || b.TotalCents != 3465 {
		t.Errorf("total %s, %d cents", b.Total, b.TotalCents)
	}
}

func TestTenThousandDocumentsPayTheIdleTail(t *testing.T) {
	v := view(t, "2026-10-01")
	q := always(t, v, "basic", 10000, 603_000, 0)
	q[CPUActive] = ExactInt(7500)
	q[DODuration] = ExactInt(10000 * 603).Mul(ExactFrac(128, 1000))
	b := Price(usageOf(q), book(t, "2026-10-01"), Options{})
	for sku, want := range map[string]string{"container.memory": "14.85", "container.disk": "1.638", "container.cpu": "0", "do.duration": "12.5"} {
		if l, _ := b.Line(sku); l.Amount.String() != want {
			t.Errorf("%s = %s, want %s", sku, l.Amount, want)
		}
	}
	if l, _ := b.Line("do.duration"); l.Over.String() != "371840" || l.Billable.String() != "1000000" || l.Rounding != "up to the next 1,000,000" {
		t.Errorf("%+v", l)
	}
	if b.Total.String() != "33.988" || b.TotalCents != 3399 {
		t.Errorf("total %s, %d cents", b.Total, b.TotalCents)
	}
	if pro := Price(usageOf(q), book(t, "2026-10-01"), Options{ProRata: true}); pro.Total.String() != "26.136" {
		t.Errorf("pro rata %s", pro.Total)
	}
	if old := Price(usageOf(q), book(t, "2026-08-09"), Options{}); old.Total.Cmp(exact(t, "26.136")) != 0 {
		t.Errorf("before the rounding was documented: %s", old.Total)
	}
}

// TestGuideExampleAtListRates: 10,000 documents of 3 s on basic, as one guide
// counts them and with the idle tail and the Durable Object on official rates.
func TestGuideExampleAtListRates(t *testing.T) {
	list := func(b Bill) Exact {
		var sum Exact
		for _, l := range b.Lines {
			if l.SKU != BaseSKU {
				sum = sum.Add(l.List)
			}
		}
		return sum.Quo(ExactInt(10_000))
	}
	guide, err := view(t, "2026-11-01").In("guide-2026")
	if err != nil {
		t.Fatal(err)
	}
	gb, err := NewBook(guide, Account{}, "")
	if err != nil {
		t.Fatal(err)
	}
	q := always(t, guide, "basic", 10_000, 3000, 100)
	b := Price(usageOf(q), gb, Options{})
	if q[CPUProvisioned].String() != "7500" || q[Memory].String() != "15000" || q[Disk].String() != "60000" || b.TotalCents != 500 {
		t.Errorf("the guide's own count: %s %s %s, %d cents", q[CPUProvisioned], q[Memory], q[Disk], b.TotalCents)
	}
	if got := list(b); got.String() != "0.00001917" {
		t.Errorf("%s a document without an idle tail", got)
	}
	q = always(t, view(t, "2026-11-01"), "basic", 10_000, 603_000, 0).plus(ClassDOUsage(ExactInt(6_030_000)))
	q[CPUActive], q[DOAlarms], q[DORowsWritten] = ExactInt(7500), Exact{}, Exact{}
	if got := list(Price(usageOf(q), book(t, "2026-11-01"), Options{})); got.String() != "0.00265614" {
		t.Errorf("%s a document on official rates", got)
	}
}

func TestDurableObjectExamplesOfTheDocumentation(t *testing.T) {
	b := book(t, "2026-10-01")
	for i, c := range []struct {
		requests, messages, awakeSeconds int64
		wantRequests, wantDuration       string
		total                            int64
	}{
		{1_500_000, 0, 1_000_000, "0.15", "0", 515},
		{150_000, 72_000_000, 86_400_000, "0.45", "137.5", 14295},
		{100, 259_200_000, 259_200_000, "1.8", "412.5", 41930},
		{10_000, 432_000_000, 4_320_000, "3.15", "12.5", 2065},
	} {
		m := Meters{DORequests: big.NewInt(c.requests), DOWSMessages: big.NewInt(c.messages), DODurationMBms: big.NewInt(c.awakeSeconds * 1000 * 128)}
		bill := Price(Usage{Apps: []AppUsage{m.Usage("x")}}, b, Options{})
		r, _ := bill.Line("do.requests")
		d, _ := bill.Line("do.duration")
		if r.Amount.String() != c.wantRequests || d.Amount.String() != c.wantDuration || bill.TotalCents != c.total {
			t.Errorf("example %d: requests %s, duration %s, total %d", i+1, r.Amount, d.Amount, bill.TotalCents)
		}
	}
}

func TestObservabilityExample(t *testing.T) {
	var q Quantities
	q[LogBytes], q[LogStorage], q[LogEvents] = ExactInt(75), ExactInt(20), ExactInt(30_000_000)
	b := Price(usageOf(q), book(t, "2026-12-01"), Options{WithoutBase: true})
	if i, _ := b.Line("logs.ingest"); i.Amount.String() != "6.25" {
		t.Errorf("ingestion %s", i.Amount)
	}
	if s, _ := b.Line("logs.storage"); s.Amount.String() != "0.8" {
		t.Errorf("storage %s", s.Amount)
	}
	if b.TotalCents != 705 {
		t.Errorf("total %d: events are not billed any more", b.TotalCents)
	}
	if before := Price(usageOf(q), book(t, "2026-11-30"), Options{WithoutBase: true}); before.TotalCents != 600 {
		t.Errorf("the day before, events: %d", before.TotalCents)
	}
}

func TestCPUMeterByDateAndWorld(t *testing.T) {
	// The changelog's example: one hour of standard-2 at 20 %.
	q := always(t, view(t, "2025-11-20"), "standard-2", 1, 3600_000, 20)
	rate := func(b Book) string {
		l, err := b.Find("container.cpu")
		if err != nil {
			t.Fatal(err)
		}
		return l.net(l.gross(&q)).String()
	}
	if got := rate(book(t, "2025-11-20")); got != "0.072" {
		t.Errorf("provisioned: %s", got)
	}
	if got := rate(book(t, "2025-11-21")); got != "0.0144" {
		t.Errorf("active: %s", got)
	}
	guide, err := view(t, "2026-11-01").In("guide-2026")
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBook(guide, Account{}, "")
	if err != nil || b.CPUMeter != "provisioned" || rate(b) != "0.072" {
		t.Errorf("guide-2026: %s, %v", b.CPUMeter, err)
	}
}

func TestContractPricesAndDiscounts(t *testing.T) {
	v := view(t, "2026-04-15")
	u := usageOf(always(t, v, "standard-1", 1, NominalMonth().Hours*3600*1000, 10))
	b, err := NewBook(v, Account{Prices: map[string]string{"container.cpu": "0.00001"}, Discount: "10",
		DiscountBySKU: map[string]string{"container.disk": "50", "base": "100"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	bill := Price(u, b, Options{})
	for sku, want := range map[string]string{"container.memory": "23.4495", "container.cpu": "0.9801", "container.disk": "0.71064", "base": "0"} {
		if l, _ := bill.Line(sku); l.Amount.String() != want {
			t.Errorf("%s = %s, want %s", sku, l.Amount, want)
		}
	}
	if l, _ := bill.Line("container.cpu"); !bill.UserSupplied || !l.Provenance.UserSupplied || l.Rate != "0.00001" {
		t.Errorf("%+v", l)
	}
	_, err = NewBook(v, Account{Prices: map[string]string{"container.cp": "1", "base": "1e3"}, Discount: "101", DiscountBySKU: map[string]string{"x": "1"}}, "half")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`did you mean "container.cpu"?`, "1e3", "above 100 percent", `"x"`, "cpu_meter"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%s", want, err)
		}
	}
}

func TestUnitCosts(t *testing.T) {
	bk := book(t, "2026-10-01")
	var q Quantities
	q[Memory] = ExactInt(190_000) // 100,000 over: 0.25
	q[Disk] = ExactInt(1000)      // within the allowance
	q[DODuration] = ExactInt(1_400_000)
	b := Price(usageOf(q), bk, Options{})
	c := b.Units(bk, ExactInt(10_000), 1000)
	if c.Average.String() != "1.775" { // (0.25 + 12.5 + 5) / 10
		t.Errorf("average %s", c.Average)
	}
	if c.Marginal.String() != "1.7975" { // (190,000 x 0.0000025 + 1.4 x 12.5) / 10
		t.Errorf("marginal %s", c.Marginal)
	}
	var idle Quantities
	idle[Memory] = ExactInt(95_000)
	if got := b.Attribute(bk, usageOf(idle)); got.String() != "0.125" {
		t.Errorf("half of the memory causes %s", got)
	}
	if none := b.Units(bk, Exact{}, 1000); none.Average.Sign() != 0 || none.Marginal.Sign() != 0 {
		t.Errorf("no units: %+v", none)
	}
	if s := b.Sum("do.", "egress."); s.String() != "12.5" {
		t.Errorf("sum %s", s)
	}
}

func TestAppsWithoutUsageAreInTheSplitToo(t *testing.T) {
	b := Price(Usage{Apps: []AppUsage{{App: "idle"}, {App: "busy", Quantities: Quantities{Memory: ExactInt(1_090_000)}}}}, book(t, "2026-11-01"), Options{})
	got := b.AppParts()
	if len(got) != 3 || got[0].Name != "idle" || got[0].Cents != 0 || got[1].Cents != 250 || got[2].Name != "" || got[2].Cents != 500 {
		t.Errorf("%+v", got)
	}
}
