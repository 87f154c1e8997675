package report

import (
	"fmt"
	"strings"
)

// typeTable is what the same month costs under each other instance type.
func (d *Document) typeTable() *table {
	several := len(d.Apps) > 1
	t := &table{ID: "types", Title: "The same month under each instance type", Columns: []column{text("App"), text("Type"), num("vCPU"), num("Memory"), num("Disk, GB"),
		num("Bill, USD"), num("Change, USD"), text("Sure"), text("Why")}, Brief: []int{0, 1, 3, 5, 6, 7, 8}}
	estimated := false
	for _, r := range d.Types {
		bill, change, sure := dash, dash, r.Sure
		if r.TotalUSD.Known() {
			bill, change = grouped(float64(r.TotalUSD), 2), signed(float64(r.ChangeUSD))
		}
		if r.InUse {
			change, sure = "in use", "simulated"
		}
		estimated = estimated || r.Sure == "estimate"
		t.add(r.App, r.Type, trimmed(float64(r.VCPU), 3), MiB(Number(r.MemoryMiB)), trimmed(float64(r.DiskMB)/1000, 3), bill, change, sure, r.Why)
	}
	var notes []string
	if several {
		notes = append(notes, "Each row is the whole account's bill with that app alone under the type.")
	}
	if estimated {
		notes = append(notes, "Exact: the bill of the same run under the type. Estimate: with the simulated times, idle time being the same on any type; "+
			"rough where an app is busy for long. --set apps.NAME.instance_type=TYPE simulates it.")
	}
	t.Note = strings.Join(notes, " ")
	if !several {
		return t.without(0)
	}
	return t
}

// cheapest is the cheapest type that fits an app and costs less than the one in
// use.
func (d *Document) cheapest() (TypeBill, bool) {
	var best TypeBill
	found := false
	for _, t := range d.Types {
		if !t.InUse && t.ChangeUSD < 0 && (!found || t.TotalUSD < best.TotalUSD) {
			best, found = t, true
		}
	}
	return best, found
}

// typesClause says what another type would cost.
func (d *Document) typesClause() string {
	if len(d.Types) < 2 {
		return ""
	}
	t, ok := d.cheapest()
	if !ok {
		return " No other instance type that fits would cost less."
	}
	of := ""
	if len(d.Apps) > 1 {
		of = " for " + fit(t.App, 30)
	}
	about := "would cost"
	if t.Sure == "estimate" {
		about = "would cost about"
	}
	return fmt.Sprintf(" On %s%s the month %s %s; its latency would be another.", fit(t.Type, 30), of, about, USD(t.TotalUSD))
}
