package billing

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"berth/data"
	"berth/models/platform"

	"pgregory.net/rapid"
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

// billCase is a row of the hand-computed bills.
type billCase struct{ name, runs, cpu, memory, disk, na, oc, other, total, cents string }

var inlineBills = []billCase{
	{"b06", "3000000x1ms@1/2/5", "30000", "60000", "150000", "0", "0", "0", "5.15", "5.15"},
	{"b13", "", "0", "0", "0", "1001", "501", "501", "5.115", "5.12"},
	{"b15", "50000x100000ms@0.25/1/4; 10000x100000ms@2/4/10", "3250000", "9000000", "30000000", "1500", "200", "800", "118.3746", "118.37"},
	{"b16", "", "22750", "90000", "720000", "0", "0", "0", "5.005", "5.01"},
}

func checkBill(t *testing.T, c billCase) Bill {
	t.Helper()
	var u Usage
	if c.runs == "" {
		var q Quantities
		q[Memory], q[CPUProvisioned], q[Disk] = exact(t, c.memory), exact(t, c.cpu), exact(t, c.disk)
		u = usageOf(q)
	}
	for i, part := range strings.Split(c.runs, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		u.Apps = append(u.Apps, runsOf(t, part).Usage(fmt.Sprint("app", i)))
	}
	for m, want := range map[Meter]string{Memory: c.memory, CPUProvisioned: c.cpu, Disk: c.disk} {
		if got := u.Total(m); got.Cmp(exact(t, want)) != 0 {
			t.Errorf("%s: %s %s, want %s", c.name, MeterNames[m], got, want)
		}
	}
	u.Apps[0].Quantities[EgressNAEU], u.Apps[0].Quantities[EgressOceaniaKRTW], u.Apps[0].Quantities[EgressOther] =
		exact(t, c.na), exact(t, c.oc), exact(t, c.other)
	b := Price(u, book(t, "2025-11-01"), Options{})
	if b.Total.Cmp(exact(t, c.total)) != 0 || USD(b.TotalCents) != c.cents {
		t.Errorf("%s: total %s, %s; want %s, %s", c.name, b.Total, USD(b.TotalCents), c.total, c.cents)
	}
	return b
}

// runsOf reads "COUNT x MS ms @ vcpu/gib/gb" into a run's integer meters, each
// run rounded up to 10 ms.
func runsOf(t *testing.T, text string) Meters {
	t.Helper()
	n, rest, _ := strings.Cut(text, "x")
	ms, size, _ := strings.Cut(rest, "ms@")
	count, err1 := strconv.ParseInt(n, 10, 64)
	length, err2 := strconv.ParseInt(ms, 10, 64)
	sizes := strings.Split(size, "/")
	if err1 != nil || err2 != nil || len(sizes) != 3 {
		t.Fatalf("runs %q", text)
	}
	billed := BilledRun(time.Duration(length)*time.Millisecond, 10*time.Millisecond).Milliseconds()
	in := func(s string, unit int64) *big.Int {
		x := exact(t, s).Mul(ExactInt(unit)).Rat()
		if !x.IsInt() {
			t.Fatalf("size %q", s)
		}
		return new(big.Int).Mul(x.Num(), big.NewInt(count*billed))
	}
	return Meters{CPUProvisioned1024ms: in(sizes[0], 1024), MemoryMiBms: in(sizes[1], 1024), DiskMBms: in(sizes[2], 1000)}
}

func TestInlineBills(t *testing.T) {
	for _, c := range inlineBills {
		checkBill(t, c)
	}
}

// TestReferenceBills checks every hand-computed row, its lines included.
func TestReferenceBills(t *testing.T) {
	dir := os.Getenv("BERTH_REFERENCE")
	if dir == "" {
		t.Skip("BERTH_REFERENCE is not set: the reference bills are not on this machine")
	}
	f, err := os.Open(filepath.Join(dir, "validation", "bills.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	for _, r := range rows[1:] {
		get := func(name string) string { return r[col[name]] }
		b := checkBill(t, billCase{get("case"), get("runs_count_x_ms_at_vcpu_gib_gb"), get("cpu_vcpu_s"), get("memory_gib_s"), get("disk_gb_s"),
			get("egress_na_eu_gb"), get("egress_oceania_kr_tw_gb"), get("egress_other_gb"), get("total_usd_exact"), get("total_usd_cents_half_up")})
		for sku, name := range map[string]string{"container.cpu": "cpu_usd", "container.memory": "memory_usd", "container.disk": "disk_usd",
			"egress.na_eu": "egress_na_eu_usd", "egress.oceania_kr_tw": "egress_oceania_kr_tw_usd", "egress.other": "egress_other_usd", "base": "base_usd"} {
			if l, _ := b.Line(sku); l.Amount.Cmp(exact(t, get(name))) != 0 {
				t.Errorf("%s: %s %s, want %s", get("case"), name, l.Amount, get(name))
			}
		}
	}
	if len(rows) < 2 {
		t.Error("no rows")
	}
}

// drawUsage draws the usage of one to three apps around and beyond allowances.
func drawUsage(t *rapid.T, label string) Usage {
	var u Usage
	for a := range rapid.IntRange(1, 3).Draw(t, label+" apps") {
		app := AppUsage{App: fmt.Sprint("app", a)}
		for m := range app.Quantities {
			if rapid.Bool().Draw(t, label+" used") {
				app.Quantities[m] = ExactFrac(rapid.Int64Range(0, 1e12).Draw(t, label), rapid.Int64Range(1, 1e6).Draw(t, label+" per"))
			}
		}
		u.Apps = append(u.Apps, app)
	}
	return u
}

func drawBook(t *rapid.T, tt testing.TB) Book {
	return book(tt, rapid.SampledFrom([]string{"2025-07-01", "2026-04-15", "2026-09-01", "2026-12-01"}).Draw(t, "date"))
}

func TestBillIsExactlyItsLinesAndItsCents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := Price(drawUsage(rt, "u"), drawBook(rt, t), Options{})
		var sum, byApp Exact
		var cents, appCents int64
		for _, l := range b.Lines {
			sum = sum.Add(l.Amount)
			cents += l.Cents
			if d := l.Amount.Mul(ExactInt(100)).Sub(ExactInt(l.Cents)); d.Cmp(ExactInt(1)) >= 0 || d.Cmp(ExactInt(-1)) <= 0 {
				rt.Fatalf("%s: %s USD shown as %d cents", l.SKU, l.Amount, l.Cents)
			}
			var shares Exact
			for _, a := range l.Apps {
				shares = shares.Add(a.Amount)
			}
			if len(l.Apps) > 0 && shares.Cmp(l.Amount) != 0 {
				rt.Fatalf("%s: apps pay %s of %s", l.SKU, shares, l.Amount)
			}
		}
		for _, a := range b.ByApp() {
			byApp = byApp.Add(a.Amount)
			appCents += a.Cents
		}
		if sum.Cmp(b.Total) != 0 || byApp.Cmp(b.Total) != 0 || cents != b.TotalCents || appCents != b.TotalCents {
			rt.Fatalf("lines %s (%d), apps %s (%d), total %s (%d)", sum, cents, byApp, appCents, b.Total, b.TotalCents)
		}
		if d := b.Total.Mul(ExactInt(200)).Sub(ExactInt(2 * b.TotalCents)); d.Cmp(ExactInt(1)) >= 0 || d.Cmp(ExactInt(-1)) < 0 {
			rt.Fatalf("total %s is not %d cents half up", b.Total, b.TotalCents)
		}
	})
}

func TestBillGrowsWithUsageAndDoesNotSeeTheSplitIntoApps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bk := drawBook(rt, t)
		u, more := drawUsage(rt, "u"), drawUsage(rt, "more")
		b := Price(u, bk, Options{})
		if big := Price(u.Add(more), bk, Options{}); big.Total.Cmp(b.Total) < 0 {
			rt.Fatalf("%s with more usage than %s", big.Total, b.Total)
		}
		one := AppUsage{App: "all"}
		for m := range one.Quantities {
			one.Quantities[m] = u.Total(Meter(m))
		}
		if got := Price(Usage{Apps: []AppUsage{one}}, bk, Options{}); got.Total.Cmp(b.Total) != 0 {
			rt.Fatalf("one app pays %s, several %s", got.Total, b.Total)
		}
		if pro := Price(u, bk, Options{ProRata: true}); pro.Total.Cmp(b.Total) > 0 {
			rt.Fatalf("rounding made it cheaper")
		}
	})
}

func TestMetersAtTenTimesTheAccountLimits(t *testing.T) {
	// 31 days of 15,000 vCPU, 60 TiB and 300 TB, active CPU in ns: beyond 64 bits.
	ms := int64(31 * 24 * 3600 * 1000)
	product := func(fs ...int64) *big.Int {
		p := big.NewInt(1)
		for _, f := range fs {
			p.Mul(p, big.NewInt(f))
		}
		return p
	}
	m := Meters{CPUActive1024ns: product(15000, 1024, ms, 1_000_000), MemoryMiBms: product(60, 1024, 1024, ms), DiskMBms: product(300_000_000, ms)}
	if m.CPUActive1024ns.IsInt64() {
		t.Fatal("the case is too small to show anything")
	}
	q := m.Quantities()
	s := ms / 1000
	if q[CPUActive].Cmp(ExactInt(15000*s)) != 0 || q[Memory].Cmp(ExactInt(60*1024*s)) != 0 || q[Disk].Cmp(ExactInt(300_000*s)) != 0 {
		t.Errorf("%s %s %s", q[CPUActive], q[Memory], q[Disk])
	}
	b := Price(usageOf(q), book(t, "2026-03-01"), Options{})
	// (15000 s - 22500) 0.00002 + (61440 s - 90000) 0.0000025 + (300000 s - 720000) 0.00000007 + 5
	if b.Total.String() != "1271172.9146" {
		t.Errorf("total %s", b.Total)
	}
}

func TestScaleStretchesUsageNotMoney(t *testing.T) {
	v := view(t, "2026-04-15")
	week := usageOf(always(t, v, "standard-1", 1, 7*24*3600*1000, 10))
	month := MonthOf(data.Date{Year: 2026, Month: 2, Day: 15})
	if month.Hours != 28*24 || month.First.String() != "2026-02-01" {
		t.Fatalf("%+v", month)
	}
	got := Price(week.ScaleToMonth(Usage{}, int64(7*24*time.Hour), month), book(t, "2026-04-15"), Options{})
	want := Price(usageOf(always(t, v, "standard-1", 1, 28*24*3600*1000, 10)), book(t, "2026-04-15"), Options{})
	if got.Total.Cmp(want.Total) != 0 {
		t.Errorf("%s, want %s", got.Total, want.Total)
	}
	var deploy Quantities
	deploy[EgressOther] = ExactInt(10)
	all := week.Add(usageOf(deploy))
	scaled := all.ScaleToMonth(usageOf(deploy), int64(7*24*time.Hour), month)
	if scaled.Total(EgressOther).Cmp(ExactInt(10)) != 0 || scaled.Total(Memory).Cmp(ExactInt(28*24*3600*4)) != 0 {
		t.Errorf("one-off usage was stretched: %s, %s", scaled.Total(EgressOther), scaled.Total(Memory))
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

func TestExactTextAndJSON(t *testing.T) {
	for _, c := range []struct {
		x    Exact
		want string
	}{{ExactFrac(1, 8), "0.125"}, {ExactFrac(1, 3), "1/3"}, {Exact{}, "0"}, {ExactFrac(-7, 2), "-3.5"}, {ExactInt(12), "12"}} {
		if c.x.String() != c.want {
			t.Errorf("%s, want %s", c.x, c.want)
		}
		var back Exact
		if err := back.UnmarshalText([]byte(c.want)); err != nil || back.Cmp(c.x) != 0 {
			t.Errorf("%s came back as %s, %v", c.want, back, err)
		}
	}
	var x Exact
	for _, bad := range []string{"", "1e9", "1/0", "a", "--1", "1/-2", strings.Repeat("9", 2000)} {
		if x.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read", clip(bad))
		}
	}
	bill := Price(Usage{Apps: []AppUsage{Meters{LogBytes: big.NewInt(1)}.Usage("a")}}, book(t, "2026-12-01"), Options{})
	text, err := json.Marshal(bill)
	if err != nil {
		t.Fatal(err)
	}
	var back Bill
	if err := json.Unmarshal(text, &back); err != nil || back.Total.Cmp(bill.Total) != 0 || len(back.Lines) != len(bill.Lines) {
		t.Errorf("a bill does not survive JSON: %v", err)
	}
	var u Usage
	if err := json.Unmarshal([]byte(`{"Apps":[{"App":"a","Quantities":{"memory":"1.5","disk":"1/3"}}]}`), &u); err != nil || u.Total(Disk).String() != "1/3" {
		t.Errorf("%v %v", u, err)
	}
	if err := json.Unmarshal([]byte(`{"Apps":[{"Quantities":{"memroy":"1"}}]}`), &u); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("unknown meter: %v", err)
	}
}

func TestAppsWithoutUsageAreInTheSplitToo(t *testing.T) {
	b := Price(Usage{Apps: []AppUsage{{App: "idle"}, {App: "busy", Quantities: Quantities{Memory: ExactInt(1_090_000)}}}}, book(t, "2026-11-01"), Options{})
	got := b.ByApp()
	if len(got) != 3 || got[0].App != "idle" || got[0].Cents != 0 || got[1].Cents != 250 || got[2].App != "" || got[2].Cents != 500 {
		t.Errorf("%+v", got)
	}
}

func FuzzExactText(f *testing.F) {
	for _, s := range []string{"1.25", "-3/7", "0", "1/0", "9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x, back Exact
		if x.UnmarshalText([]byte(s)) != nil {
			return
		}
		if err := back.UnmarshalText([]byte(x.String())); err != nil || back.Cmp(x) != 0 {
			t.Errorf("%q: %s came back as %s, %v", s, x, back, err)
		}
	})
}

func TestMeterTableMatchesTheCatalogue(t *testing.T) {
	byName := map[string]data.MeterEntry{}
	for _, m := range view(t, "2026-11-01").Catalogue().Meters() {
		byName[m.Name] = m
	}
	for m, name := range MeterNames {
		if byName[name].Unit != MeterUnits[m] {
			t.Errorf("meter %s: %q here, %q in the catalogue", name, MeterUnits[m], byName[name].Unit)
		}
	}
	if len(byName) != int(NumMeters)+1 { // and "cpu", which stands for one of two
		t.Errorf("%d meters in the catalogue, %d here", len(byName), NumMeters)
	}
}
