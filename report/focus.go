package report

import (
	"encoding/csv"
	"io"
	"time"

	"berth/models/billing"
)

// focusColumns are the mandatory columns of the Cost and Usage dataset of FOCUS
// 1.4 with the conditional ones that a simulation can fill, and the program's own
// under the x_ prefix.
var focusColumns = []string{"BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory",
	"ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "EffectiveCost",
	"HostProviderName", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ResourceId", "ServiceCategory", "ServiceName",
	"ServiceProviderName", "SkuId", "x_App", "x_World"}

// Focus writes a bill as a FOCUS 1.4 Cost and Usage CSV: one row a line and app,
// costs exact rather than rounded. The rows are estimates and say so.
func Focus(w io.Writer, b billing.Bill) error {
	c := csv.NewWriter(w)
	if err := c.Write(focusColumns); err != nil {
		return err
	}
	first := b.Date.FirstOfMonth().Time()
	period := [2]string{first.Format(time.RFC3339), first.AddDate(0, 1, 0).Format(time.RFC3339)}
	for _, l := range b.Lines {
		if err := c.WriteAll(focusRows(l, b.World, period)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// focusRows are the rows of one line: one an app that used it. Allowance and
// rounding are the account's, so an app's part is in proportion to its usage.
func focusRows(l billing.Line, world string, period [2]string) [][]string {
	const provider = "Cloudflare"
	row := func(app string, gross, part billing.Exact) []string {
		share := func(x billing.Exact) string { return plainDecimal(x.Mul(part).String()) }
		category, frequency, pricing := "Usage", "Usage-Based", "Standard"
		if len(l.Apps) == 0 && l.SKU == billing.BaseSKU {
			category, frequency = "Purchase", "Recurring"
		}
		service, sort := "Containers", "Compute"
		switch prefix(l.SKU) {
		case "do":
			service = "Durable Objects"
		case "worker", "workers", "base":
			service = "Workers"
		case "egress":
			sort = "Networking"
		case "logs":
			service, sort = "Workers Logs", "Management and Governance"
		}
		unitPrice := billing.ExactRat(ratOf(l.Rate)).Quo(billing.ExactInt(max(l.Per, 1)))
		return []string{share(l.Amount), "simulated", "", "USD", period[0], period[1], category, "", "simulated estimate: " + plain(l.Label), frequency, period[0], period[1],
			plainDecimal(gross.String()), plain(l.Unit), share(l.Amount), share(l.Amount), provider, provider, share(l.List), plainDecimal(unitPrice.String()), pricing,
			share(l.Billable), plain(l.Unit), spreadsheet(app), sort, service, provider, plain(l.SKU), spreadsheet(app), plain(world)}
	}
	if len(l.Apps) == 0 {
		if l.Amount.Sign() == 0 {
			return nil
		}
		return [][]string{row("", l.Gross, billing.ExactInt(1))}
	}
	var rows [][]string
	for _, a := range l.Apps {
		rows = append(rows, row(a.App, a.Gross, a.Gross.Quo(l.Gross)))
	}
	return rows
}
