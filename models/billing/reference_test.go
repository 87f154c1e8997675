package billing

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

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
