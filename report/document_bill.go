package report

// Bill is the month's bill of the account.
type Bill struct {
	Date         string      `json:"date" jsonschema_description:"Day of the price book."`
	World        string      `json:"world"`
	UserSupplied bool        `json:"user_supplied"`
	TotalUSD     string      `json:"total_usd" jsonschema_description:"Rounded half up to the cent."`
	ExactUSD     string      `json:"exact_usd" jsonschema_description:"Before rounding, decimal."`
	Total        *Estimate   `json:"total" jsonschema_description:"Over the bills of the replications; null without replications."`
	Lines        []BillLine  `json:"lines"`
	Apps         []BillApp   `json:"apps"`
	Units        []UnitCost  `json:"unit_costs"`
	Shares       []CostShare `json:"shares" jsonschema_description:"Of the bill before the base fee."`
}

// BillLine is one line item. Quantities and amounts are exact texts: decimals,
// or fractions (7/3) where a decimal would not end.
type BillLine struct {
	SKU          string     `json:"sku"`
	Label        string     `json:"label"`
	Unit         string     `json:"unit"`
	Gross        string     `json:"gross"`
	Included     string     `json:"included"`
	Allowance    string     `json:"allowance_used"`
	Over         string     `json:"over"`
	Billable     string     `json:"billable"`
	Rounding     string     `json:"rounding"`
	Rate         string     `json:"rate_usd"`
	Per          int64      `json:"rate_per"`
	Discount     string     `json:"discount_percent"`
	ListUSD      string     `json:"list_usd" jsonschema_description:"Gross at the rate, before allowance and rounding."`
	ExactUSD     string     `json:"exact_usd"`
	AmountUSD    string     `json:"amount_usd" jsonschema_description:"In cents that add up to the total."`
	Source       string     `json:"source"`
	Grade        string     `json:"grade"`
	UserSupplied bool       `json:"user_supplied"`
	Apps         []LinePart `json:"apps"`
}

// LinePart is one app's part of a line.
type LinePart struct {
	App      string `json:"app"`
	Gross    string `json:"gross"`
	ExactUSD string `json:"exact_usd"`
}

// BillApp is what one app costs.
type BillApp struct {
	App       string `json:"app" jsonschema_description:"Empty for the account's base fee."`
	AmountUSD string `json:"amount_usd"`
}

// UnitCost is the cost of one unit of work, USD.
type UnitCost struct {
	Unit     string `json:"unit"`
	Average  Number `json:"average_usd"`
	Marginal Number `json:"marginal_usd"`
}

// CostShare is the share of the bill that one thing causes. Shares overlap.
type CostShare struct {
	Of    string `json:"of"`
	Share Number `json:"share"`
}
