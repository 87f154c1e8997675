package report

import (
	"encoding/csv"
	"io"
	"time"

	"berth/models/billing"
)

// focusColumns are the mandatory columns of the Cost and Usage dataset of FOCUS
// 1.4 with the conditional and recommended ones that a simulation can fill, in the
// order of the alphabet, then the program's own under the x_ prefix.
var focusColumns = []string{"BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
	"ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
	"ContractedUnitPrice", "EffectiveCost", "HostProviderName", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit",
	"ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceProviderName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId",
	"x_App", "x_World"}

// focusServices name the service of a SKU by its first part, with its one
// category and subcategory.
var focusServices = map[string][3]string{
	"container": {"Containers", "Compute", "Containers"}, "egress": {"Containers", "Compute", "Containers"}, "do": {"Durable Objects", "Compute", "Serverless Compute"},
	"worker": {"Workers", "Compute", "Serverless Compute"}, "base": {"Workers", "Compute", "Serverless Compute"}, "logs": {"Workers Logs", "Management and Governance", "Observability"}}

// focusUnits are the meters' units as the specification writes units.
var focusUnits = map[string]string{"GiB-s": "GiB-Seconds", "GB-s": "GB-Seconds", "vCPU-s": "vCPU-Seconds", "CPU-ms": "CPU-Milliseconds", "GB": "GB", "GB-month": "GB-Months",
	"requests": "Requests", "messages": "Messages", "rows": "Rows", "events": "Events", "account-month": "Months"}

// Focus writes a bill as a FOCUS 1.4 Cost and Usage CSV. Each line has a row for
// every app that used it, and two where part of its use is included: the allowance
// at the price 0, and what is over it as billed. Costs are exact rather than
// rounded. The rows are estimates and say so.
func Focus(w io.Writer, b billing.Bill) error {
	c := csv.NewWriter(w)
	if err := c.Write(focusColumns); err != nil {
		return err
	}
	first := b.Date.FirstOfMonth().Time()
	period := [2]string{first.Format(time.RFC3339), first.AddDate(0, 1, 0).Format(time.RFC3339)}
	for _, l := range b.Lines {
		for _, row := range focusRows(l, b.World, period) {
			cells := make([]string, len(focusColumns))
			for i, name := range focusColumns {
				cells[i] = row[name]
			}
			if err := c.Write(cells); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// focusRows are the rows of one line. Allowance and rounding are the account's, so
// an app's part is in proportion to its usage.
func focusRows(l billing.Line, world string, period [2]string) []map[string]string {
	if len(l.Apps) == 0 {
		if l.Amount.Sign() == 0 {
			return nil
		}
		row := focusCharge(l, "", world, period, tier{consumed: l.Gross, priced: l.Billable, paid: true})
		row["ChargeCategory"], row["ChargeFrequency"], row["ConsumedQuantity"], row["ConsumedUnit"] = "Purchase", "Recurring", "", ""
		row["ResourceId"], row["ResourceName"], row["ResourceType"] = "", "", ""
		return []map[string]string{row}
	}
	var rows []map[string]string
	for _, a := range l.Apps {
		part := a.Gross.Quo(l.Gross)
		if l.Allowance.Sign() > 0 {
			within := l.Allowance.Mul(part)
			rows = append(rows, focusCharge(l, a.App, world, period, tier{consumed: within, priced: within}))
		}
		if l.Billable.Sign() > 0 {
			rows = append(rows, focusCharge(l, a.App, world, period, tier{consumed: l.Over.Mul(part), priced: l.Billable.Mul(part), paid: true}))
		}
	}
	return rows
}

// tier is a part of a line at one price: what is included, or what is paid.
type tier struct {
	consumed, priced billing.Exact
	paid             bool
}

// focusCharge is one row.
func focusCharge(l billing.Line, app, world string, period [2]string, t tier) map[string]string {
	const provider = "Cloudflare"
	var list, contracted billing.Exact
	tariff, description := l.SKU+".included", "simulated estimate: "+l.Label+", included"
	if t.paid {
		list = billing.ExactRat(ratOf(l.Rate)).Quo(billing.ExactInt(max(l.Per, 1)))
		contracted = list.Mul(billing.ExactInt(100).Sub(l.Discount)).Quo(billing.ExactInt(100))
		tariff, description = l.SKU, "simulated estimate: "+l.Label
	}
	number := func(x billing.Exact) string { return plainDecimal(x.String()) }
	cost := number(contracted.Mul(t.priced))
	service := focusServices[prefix(l.SKU)]
	if service[0] == "" {
		service = [3]string{"Other", "Other", "Other (Other)"}
	}
	unit := focusUnits[l.Unit]
	if unit == "" {
		unit = l.Unit
	}
	return map[string]string{
		"BilledCost": cost, "EffectiveCost": cost, "ContractedCost": cost, "ListCost": number(list.Mul(t.priced)),
		"ContractedUnitPrice": number(contracted), "ListUnitPrice": number(list), "PricingCategory": "Standard", "PricingQuantity": number(t.priced), "PricingUnit": plain(unit),
		"ConsumedQuantity": number(t.consumed), "ConsumedUnit": plain(unit),
		"BillingAccountId": "simulated", "BillingAccountName": "simulated account", "BillingCurrency": "USD", "BillingPeriodStart": period[0], "BillingPeriodEnd": period[1],
		"ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based", "ChargeDescription": plain(description), "ChargePeriodStart": period[0], "ChargePeriodEnd": period[1],
		"HostProviderName": provider, "InvoiceIssuerName": provider, "ServiceProviderName": provider,
		"ServiceName": service[0], "ServiceCategory": service[1], "ServiceSubcategory": service[2],
		"SkuId": spreadsheet(l.SKU), "SkuMeter": spreadsheet(l.Label), "SkuPriceId": spreadsheet(tariff),
		"ResourceId": spreadsheet(app), "ResourceName": spreadsheet(app), "ResourceType": "Container application", "x_App": spreadsheet(app), "x_World": spreadsheet(world),
	}
}
