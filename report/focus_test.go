package report

import (
	"bytes"
	"encoding/csv"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"berth/models/billing"
	"berth/report/internal/resulttest"
)

// The following are facts of the FinOps Open Cost and Usage Specification: which
// columns its Cost and Usage dataset must have, which of them may be empty, and
// which values are allowed.
var (
	focusMandatory = strings.Fields(`BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeClass
		ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost HostProviderName InvoiceIssuerName ListCost PricingQuantity PricingUnit
		ServiceCategory ServiceName ServiceProviderName`)
	focusOptional = strings.Fields(`ChargeFrequency ConsumedQuantity ConsumedUnit ContractedUnitPrice ListUnitPrice PricingCategory ResourceId ResourceName ResourceType
		ServiceSubcategory SkuId SkuMeter SkuPriceId`)
	focusMayBeEmpty = strings.Fields(`BillingAccountName ChargeClass ChargeDescription ConsumedQuantity ConsumedUnit ResourceId ResourceName ResourceType`)
	focusAllowed    = map[string][]string{
		"ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"}, "ChargeClass": {"", "Correction"}, "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
		"PricingCategory": {"Standard", "Dynamic", "Committed", "Other"}, "BillingCurrency": {"USD"},
		"ServiceCategory": {"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Multicloud", "Identity", "Integration",
			"Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Networking", "Security", "Storage", "Web", "Other"}}
	focusSubcategories = map[string]string{"Containers": "Compute", "Serverless Compute": "Compute", "Observability": "Management and Governance", "Other (Other)": "Other"}
	focusNumbers       = regexp.MustCompile(`(Cost|Quantity|Price)$`)
	focusNumber        = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	focusInstant       = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
)

// focusTable is the export of a bill as records by column.
func focusTable(t *testing.T, b billing.Bill) []map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := Focus(&out, b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var own int
	for i, name := range rows[0] {
		switch {
		case strings.HasPrefix(name, "x_"):
			own++
		case own > 0 || i > 0 && rows[0][i-1] >= name:
			t.Errorf("column %s is out of order", name)
		case !slices.Contains(focusMandatory, name) && !slices.Contains(focusOptional, name):
			t.Errorf("the specification knows no column %s", name)
		}
	}
	for _, name := range focusMandatory {
		if !slices.Contains(rows[0], name) {
			t.Errorf("column %s is missing", name)
		}
	}
	var records []map[string]string
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, c := range row {
			r[rows[0][i]] = c
		}
		records = append(records, r)
	}
	return records
}

func TestFocusFollowsTheSpecification(t *testing.T) {
	b := resulttest.New().Bill
	b.Lines[1].Discount, b.Lines[1].Amount = billing.ExactInt(10), b.Lines[1].Amount.Mul(billing.ExactFrac(9, 10)) // a negotiated rate
	sum, want := new(big.Rat), new(big.Rat)
	for _, l := range b.Lines {
		want.Add(want, l.Amount.Rat())
	}
	included := 0
	for i, r := range focusTable(t, b) {
		for name, v := range r {
			switch allowed, limited := focusAllowed[name]; {
			case limited && !slices.Contains(allowed, v):
				t.Errorf("row %d: %s is %q", i, name, v)
			case v == "" && !slices.Contains(focusMayBeEmpty, name) && !strings.HasPrefix(name, "x_"):
				t.Errorf("row %d: %s is empty", i, name)
			case focusNumbers.MatchString(name) && v != "" && !focusNumber.MatchString(v):
				t.Errorf("row %d: %s is %q, no decimal", i, name, v)
			case strings.Contains(name, "Period") && !focusInstant.MatchString(v):
				t.Errorf("row %d: %s is %q, no instant", i, name, v)
			}
		}
		if focusSubcategories[r["ServiceSubcategory"]] != r["ServiceCategory"] {
			t.Errorf("row %d: %s is no part of %s", i, r["ServiceSubcategory"], r["ServiceCategory"])
		}
		usage := r["ChargeCategory"] == "Usage"
		if usage != (r["ConsumedQuantity"] != "") || usage != (r["ChargeFrequency"] == "Usage-Based") {
			t.Errorf("row %d: %s with a consumed quantity of %q, %s", i, r["ChargeCategory"], r["ConsumedQuantity"], r["ChargeFrequency"])
		}
		for price, cost := range map[string]string{"ListUnitPrice": "ListCost", "ContractedUnitPrice": "ContractedCost"} {
			got := new(big.Rat).Mul(ratOf(r[price]), ratOf(r["PricingQuantity"]))
			if d, _ := got.Sub(got, ratOf(r[cost])).Float64(); d > 1e-5 || d < -1e-5 { // twelve places each
				t.Errorf("row %d: %s x %s is not %s", i, r[price], r["PricingQuantity"], r[cost])
			}
		}
		if strings.HasSuffix(r["SkuPriceId"], ".included") {
			included++
			if r["BilledCost"] != "0" {
				t.Errorf("row %d: an allowance costs %s", i, r["BilledCost"])
			}
		}
		sum.Add(sum, ratOf(r["BilledCost"]))
	}
	if d, _ := sum.Sub(sum, want).Float64(); d > 1e-9 || d < -1e-9 {
		t.Errorf("the rows miss the bill by %v", d)
	}
	if included < 5 {
		t.Errorf("%d rows of allowances", included)
	}
}

// TestEverySKUHasAFocusService: a SKU of the catalogue without one would land in
// "Other", and a unit without one would not follow the specification.
func TestEverySKUHasAFocusService(t *testing.T) {
	for _, p := range resulttest.Book().Prices {
		if focusServices[prefix(p.SKU)][0] == "" {
			t.Errorf("%s has no service", p.SKU)
		}
		if focusUnits[p.Unit] == "" {
			t.Errorf("%s: the unit %s has no name", p.SKU, p.Unit)
		}
	}
}
