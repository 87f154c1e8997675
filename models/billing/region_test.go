package billing

import (
	"math/rand/v2"
	"testing"
)

// TestPartsAddUpToTheBill splits random bills over apps and regions: every
// column adds up exactly, cents too, and no part is negative.
func TestPartsAddUpToTheBill(t *testing.T) {
	b := book(t, "2026-11-01")
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 30 {
		regions := []RegionUsage{{Region: "enam"}, {Region: "oc"}, {Region: "weur"}}
		var sum Usage
		for i := range regions {
			for _, app := range []string{"a", "b"} {
				var q Quantities
				for m := range q {
					if r.IntN(4) > 0 {
						q[m] = ExactFrac(int64(r.IntN(1_000_000_000)), 7)
					}
				}
				regions[i].Usage.Apps = append(regions[i].Usage.Apps, AppUsage{App: app, Quantities: q})
			}
			sum = sum.Add(regions[i].Usage)
		}
		bill := Price(sum, b, Options{})
		for name, parts := range map[string][]Part{"apps": bill.AppParts(), "regions": bill.RegionParts(b, regions)} {
			var steps Steps
			cents := int64(0)
			lines := make([]Exact, len(bill.Lines))
			for _, p := range parts {
				steps = steps.plus(p.Steps)
				cents += p.Cents
				if p.Amount.Sign() < 0 || p.Allowance.Sign() < 0 {
					t.Fatalf("%s: part %q costs %v", name, p.Name, p.Amount)
				}
				for k, x := range p.Lines {
					lines[k] = lines[k].Add(x)
				}
			}
			if steps.Amount.Cmp(bill.Total) != 0 || cents != bill.TotalCents {
				t.Fatalf("round %d: %s add up to %v and %d cents of %v and %d", round, name, steps.Amount, cents, bill.Total, bill.TotalCents)
			}
			if steps.Gross.Sub(steps.Allowance).Add(steps.Rounding).Cmp(steps.Amount) != 0 {
				t.Fatalf("%s: the steps do not lead to the amount", name)
			}
			for k, l := range bill.Lines {
				if lines[k].Cmp(l.Amount) != 0 {
					t.Fatalf("%s: line %s adds up to %v, not %v", name, l.SKU, lines[k], l.Amount)
				}
			}
			if last := parts[len(parts)-1]; last.Name != "" || last.Amount.Cmp(bill.Sum(BaseSKU)) != 0 {
				t.Fatalf("%s: %q is left with %v, want the base fee", name, last.Name, last.Amount)
			}
		}
	}
}

// TestRegionsShareEachPoolOfEgress: an allowance belongs to its pool, so a
// region pays for the pool that its bytes leave from.
func TestRegionsShareEachPoolOfEgress(t *testing.T) {
	b := book(t, "2026-11-01")
	in := func(region string, m Meter, gb int64) RegionUsage {
		var q Quantities
		q[m] = ExactInt(gb)
		return RegionUsage{Region: region, Usage: Usage{Apps: []AppUsage{{App: "a", Quantities: q}}}}
	}
	regions := []RegionUsage{in("enam", EgressNAEU, 3000), in("oc", EgressOceaniaKRTW, 1500), in("weur", EgressNAEU, 1000)}
	sum := regions[0].Usage.Add(regions[1].Usage).Add(regions[2].Usage)
	parts := Price(sum, b, Options{}).RegionParts(b, regions)
	// 4,000 GB less 1,000 at $0.025 shared 3 to 1; 1,500 less 500 at $0.05.
	for i, want := range []Exact{ExactFrac(5625, 100), ExactInt(50), ExactFrac(1875, 100)} {
		if parts[i].Amount.Cmp(want) != 0 {
			t.Errorf("%s pays %v, want %v", parts[i].Name, parts[i].Amount, want)
		}
	}
}
