package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"

	"berth/models/billing"
)

// BillFormats are the forms in which WriteBill writes.
var BillFormats = []string{"text", "markdown", "json", "csv", "focus"}

// WriteBill writes a bill alone: text, markdown, json, csv, or focus (the CSV form
// of the FinOps Open Cost and Usage Specification, version 1.4).
func WriteBill(w io.Writer, b billing.Bill, format string, o Options) error {
	doc := newBill(b)
	switch format {
	case "", "text", "markdown":
		tables := []*table{doc.lineTable()}
		if len(doc.Apps) > 2 {
			tables = append(tables, doc.stepTable("app", doc.appParts()))
		}
		return writeTables(w, tables, format, o, fmt.Sprintf("%s for the month, prices of %s, world %s.", USD(Number(decimal(doc.TotalUSD))), doc.Date, doc.World))
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(doc)
	case "csv":
		return doc.file().csv(w)
	case "focus":
		return Focus(w, b)
	}
	return fmt.Errorf("there is no format %q; take one of %s", fit(format, 40), strings.Join(BillFormats, ", "))
}

// writeTables writes tables and a last sentence as text or Markdown.
func writeTables(w io.Writer, tables []*table, format string, o Options, last string) error {
	if format == "markdown" {
		b := bufio.NewWriter(w)
		for _, t := range tables {
			if err := t.markdown(b); err != nil {
				return err
			}
		}
		fmt.Fprintf(b, "\n**%s**\n", markdown(last))
		return b.Flush()
	}
	p := &printer{w: bufio.NewWriter(w), o: o}
	for i, t := range tables {
		if i > 0 {
			p.line("")
		}
		p.tableBody(t)
	}
	p.line("")
	p.line(p.paint("1", last))
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// WriteBillAgainst writes a priced bill beside the bill of a simulated result,
// line by line, as text or markdown.
func WriteBillAgainst(w io.Writer, actual billing.Bill, simulated *Document, format string, o Options) error {
	if simulated.Bill == nil {
		return fmt.Errorf("the result holds no bill to compare with")
	}
	if format != "" && format != "text" && format != "markdown" {
		return fmt.Errorf("a comparison of bills is written as text or markdown, not as %q", fit(format, 40))
	}
	billed, model := newBill(actual), simulated.Bill
	t := &table{ID: "against", Title: "Actual against simulated", Total: true, Columns: []column{text("Line"), num("Actual use"), num("Simulated"), num("Change"),
		num("Actual, USD"), num("Sim., USD"), num("Diff., USD")}}
	row := func(label, unit, a, b, usd1, usd2 string) {
		x, y := decimal(usd1), decimal(usd2)
		t.add(label+", "+unit, usage(a), usage(b), change(decimal(a), decimal(b)), grouped(x, 2), grouped(y, 2), signed(y-x))
	}
	seen := map[string]bool{}
	for _, l := range billed.Lines {
		m := model.line(l.SKU)
		seen[l.SKU] = true
		if decimal(l.Gross) != 0 || decimal(m.Gross) != 0 {
			row(l.Label, l.Unit, l.Gross, m.Gross, l.AmountUSD, m.AmountUSD)
		}
	}
	for _, m := range model.Lines {
		if !seen[m.SKU] && decimal(m.Gross) != 0 {
			row(m.Label, m.Unit, "0", m.Gross, "0", m.AmountUSD)
		}
	}
	a, b := decimal(billed.TotalUSD), decimal(model.TotalUSD)
	t.add("total", "", "", change(a, b), grouped(a, 2), grouped(b, 2), signed(b-a))
	if billed.Date != model.Date {
		t.Note = fmt.Sprintf("Prices differ in date: %s actual, %s simulated.", billed.Date, model.Date)
	}
	last := fmt.Sprintf("Simulated %s against %s billed: %s.", USD(Number(b)), USD(Number(a)), change(a, b))
	return writeTables(w, []*table{t}, format, o, last)
}

// line is the line of a SKU, or an empty one.
func (b *Bill) line(sku string) BillLine {
	for _, l := range b.Lines {
		if l.SKU == sku {
			return l
		}
	}
	return BillLine{Gross: "0", AmountUSD: "0"}
}

// change is the difference from a to b in percent of a.
func change(a, b float64) string {
	if a == 0 {
		if b == 0 {
			return "0 %"
		}
		return "new"
	}
	s := fmt.Sprintf("%+.1f %%", (b-a)/a*100)
	if s == "-0.0 %" || s == "+0.0 %" {
		return "0 %"
	}
	return s
}

func signed(v float64) string {
	s := grouped(v, 2)
	if v > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}

// plainDecimal is an exact text as a decimal; fractions get 12 places.
func plainDecimal(s string) string {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return ""
	}
	if !strings.Contains(s, "/") {
		return s
	}
	return r.FloatString(12)
}

// ratOf is the value of a decimal text, 0 where it has none.
func ratOf(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return r
}

// prefix is a SKU up to its first point.
func prefix(sku string) string {
	p, _, _ := strings.Cut(sku, ".")
	return p
}
