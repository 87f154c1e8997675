package report

// Bill is the month's bill of the account.
type Bill struct {
	Date         string       `json:"date" jsonschema_description:"Day of the price book."`
	World        string       `json:"world"`
	UserSupplied bool         `json:"user_supplied"`
	TotalUSD     string       `json:"total_usd" jsonschema_description:"Rounded half up to the cent."`
	ExactUSD     string       `json:"exact_usd" jsonschema_description:"Before rounding, decimal."`
	Total        *Estimate    `json:"total" jsonschema_description:"Over the bills of the replications; null without replications."`
	Lines        []BillLine   `json:"lines"`
	Apps         []BillApp    `json:"apps" jsonschema_description:"Add up to the bill."`
	Regions      []BillRegion `json:"regions" jsonschema_description:"Add up to the bill: containers where they ran, requests where they entered."`
	Units        []UnitCost   `json:"unit_costs"`
	Shares       []CostShare  `json:"shares" jsonschema_description:"Of the bill before the base fee."`
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
	Steps        Steps      `json:"steps"`
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

// Steps lead from gross usage to the amount, as exact texts of USD: gross less
// allowance is billable, and with rounding the amount.
type Steps struct {
	GrossUSD     string `json:"gross_usd" jsonschema_description:"Usage at its rates, discounts taken off."`
	AllowanceUSD string `json:"allowance_usd"`
	BillableUSD  string `json:"billable_usd"`
	RoundingUSD  string `json:"rounding_usd" jsonschema_description:"Rounding up to whole units, and base fees."`
	AmountUSD    string `json:"exact_usd"`
}

// BillApp is what one app costs.
type BillApp struct {
	App string `json:"app" jsonschema_description:"Empty for the account's base fee."`
	BillPart
}

// BillRegion is what arose in one region.
type BillRegion struct {
	Region string `json:"region" jsonschema_description:"Empty for what arose in none: the base fee."`
	BillPart
}

// BillPart is a part of the bill with its way from gross usage to the amount.
type BillPart struct {
	AmountUSD string   `json:"amount_usd" jsonschema_description:"In cents that add up to the total."`
	Steps     Steps    `json:"steps"`
	LinesUSD  []Number `json:"lines_usd" jsonschema_description:"One a line of the bill, in its order."`
}

// TypeBill is what the month costs with one app under an instance type.
type TypeBill struct {
	App       string `json:"app"`
	Type      string `json:"instance_type"`
	VCPU      Number `json:"vcpu"`
	MemoryMiB int64  `json:"memory_mib"`
	DiskMB    int64  `json:"disk_mb"`
	InUse     bool   `json:"in_use" jsonschema_description:"The type of the scenario."`
	TotalUSD  Number `json:"total_usd" jsonschema_description:"The account's bill; null where the type is too small."`
	ChangeUSD Number `json:"change_usd" jsonschema_description:"Against the type in use."`
	Sure      string `json:"sure" jsonschema:"enum=exact,enum=estimate,enum=does not fit"`
	Why       string `json:"why"`
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
