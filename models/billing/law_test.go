package billing

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"berth/data"

	"pgregory.net/rapid"
)

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
		for _, a := range b.AppParts() {
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

func TestCentsGoToTheLargestRemainderAndTiesToTheEarlierLine(t *testing.T) {
	for _, c := range []struct {
		amounts []string
		total   int64
		want    []int64
	}{
		{[]string{"0.005", "0.005"}, 1, []int64{1, 0}},
		{[]string{"0.004", "0.005", "0.005", "1.001"}, 102, []int64{0, 1, 1, 100}},
		{[]string{"0.334", "0.333", "0.333"}, 100, []int64{34, 33, 33}},
		{[]string{"0", "5"}, 500, []int64{0, 500}},
	} {
		var amounts []Exact
		var sum Exact
		for _, a := range c.amounts {
			amounts = append(amounts, exact(t, a))
			sum = sum.Add(exact(t, a))
		}
		if total := sum.cents(); total != c.total {
			t.Errorf("%v: total %d, want %d", c.amounts, total, c.total)
		}
		for i, got := range apportion(amounts, c.total) {
			if got != c.want[i] {
				t.Errorf("%v: line %d shows %d cents, want %d", c.amounts, i, got, c.want[i])
			}
		}
	}
}
