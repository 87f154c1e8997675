package billing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"berth/data"
	"berth/data/strict"
	"berth/models/platform"

	"gopkg.in/yaml.v3"
)

// UsageContext is what the rows of a usage file are read against.
type UsageContext struct {
	Catalogue *platform.Catalogue
	// AsOf fixes the day of types and prices; zero leaves it to the file's as_of,
	// then its month, then Default.
	AsOf    data.Date
	Default data.Date
	World   string // "" = official
}

// UsageFile is a usage file as read.
type UsageFile struct {
	Usage    Usage
	AsOf     data.Date
	Month    Month // of the file's month key, else 730 hours
	Rows     int
	Warnings []string // what was assumed, each kind once
}

// ParseUsage reads metered usage, one row for one app and source:
//
//   - instances: type (or vcpu, memory_mib, disk_mb), instances, hours or seconds
//     or runs with run_ms, cpu such as 10%, do: class for its Durable Object;
//   - meters by name (MeterNames) in their units;
//   - the provider's usage export: cpuTimeSec, allocatedMemory and allocatedDisk
//     in byte-seconds, txBytes with location, region or egress_region.
//
// A CSV file has a header with these columns; YAML or JSON has a list of rows, or
// keys month, as_of and usage with the list. The error is a strict.Problems with
// every problem, its line and column.
func ParseUsage(file string, src []byte, ctx UsageContext) (UsageFile, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	p := &usageParser{ctx: ctx, out: UsageFile{Month: NominalMonth()}, apps: map[string]int{}, warned: map[string]bool{}}
	if !utf8.Valid(src) {
		return UsageFile{}, strict.Problems{{File: file, Text: "the file is not UTF-8 text"}}
	}
	if isCSV(file, src) {
		p.Reader = &strict.Reader{File: file}
		p.setDay(data.Date{})
		p.readCSV(src)
	} else {
		r, root := strict.Parse(file, src)
		p.Reader = r
		if root != nil {
			p.readTree(root)
		}
	}
	if err := p.Err(); err != nil {
		return UsageFile{}, err
	}
	return p.out, nil
}

// isCSV goes by the extension, else by the first line: a header has commas and no
// colon.
func isCSV(file string, src []byte) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
		return true
	case ".yaml", ".yml", ".json":
		return false
	}
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return bytes.ContainsRune(line, ',') && !bytes.ContainsAny(line, ":[{")
}

// usageParser reads the rows of one file.
type usageParser struct {
	*strict.Reader
	ctx      UsageContext
	view     platform.View
	egress   platform.EgressMap
	out      UsageFile
	apps     map[string]int
	warned   map[string]bool
	problems int
}

// maxRowProblems bounds the problems that are listed of a long file.
const maxRowProblems = 200

// setDay fixes the day and with it types and pools.
func (p *usageParser) setDay(inFile data.Date) {
	day := p.ctx.AsOf
	if day.IsZero() {
		day = inFile
	}
	if day.IsZero() {
		day = p.ctx.Default
	}
	v, err := p.ctx.Catalogue.AsOf(day).In(p.ctx.World)
	if err != nil {
		p.Problem(nil, "", "%s", err)
		v = p.ctx.Catalogue.AsOf(day)
	}
	p.view, p.egress, p.out.AsOf = v, v.EgressMap(), day
}

// readTree reads a YAML or JSON file. The day stands before the rows are read,
// wherever in the file it is.
func (p *usageParser) readTree(root *yaml.Node) {
	if root.Kind == yaml.SequenceNode {
		p.setDay(data.Date{})
		p.List(root, "the usage", p.row)
		return
	}
	var month, asOf data.Date
	var rows *yaml.Node
	date := func(to *data.Date, what string) func(*yaml.Node) {
		return func(n *yaml.Node) {
			s, ok := p.Text(n, what)
			if !ok {
				return
			}
			var err error
			if *to, err = data.ParseDate(s); err != nil {
				p.Problem(n, "", "%s: %s", what, err)
			}
		}
	}
	p.Map(root, "the usage file", strict.Fields{
		"month": date(&month, "month"), "as_of": date(&asOf, "as_of"),
		"usage": func(n *yaml.Node) { rows = n },
	}, "usage")
	if !month.IsZero() {
		p.out.Month = MonthOf(month)
	}
	if asOf.IsZero() && !month.IsZero() {
		asOf = month.FirstOfMonth()
	}
	p.setDay(asOf)
	if rows != nil {
		p.List(rows, "usage", p.row)
	}
}

// readCSV turns each record into a mapping of its cells that are not empty, with
// their places, so that both forms share one reader.
func (p *usageParser) readCSV(src []byte) {
	c := csv.NewReader(bytes.NewReader(src))
	c.FieldsPerRecord = -1
	c.TrimLeadingSpace = true
	header, err := c.Read()
	if err != nil {
		p.csvProblem(err)
		return
	}
	known := p.csvHeader(c, header)
	for p.problems <= maxRowProblems {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			p.csvProblem(err)
			p.problems++
			continue
		}
		p.csvRow(c, header, known, record)
	}
}

// csvHeader says which columns are known; each unknown one is a problem once.
func (p *usageParser) csvHeader(c *csv.Reader, header []string) []bool {
	known := make([]bool, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		line, column := c.FieldPos(i)
		at := &yaml.Node{Line: line, Column: column}
		switch {
		case seen[name]:
			p.Problem(at, "", "column %q appears twice", clip(name))
		case !isColumn(name):
			hint := "see the documentation of usage files"
			if s := strict.Suggest(name, columnNames()); s != "" {
				hint = fmt.Sprintf("did you mean %q?", s)
			}
			p.Problem(at, hint, "unknown column %q", clip(name))
		default:
			known[i] = true
		}
		seen[name] = true
	}
	return known
}

func (p *usageParser) csvRow(c *csv.Reader, header []string, known []bool, record []string) {
	line, column := c.FieldPos(0)
	row := &yaml.Node{Kind: yaml.MappingNode, Line: line, Column: column}
	if len(record) != len(header) {
		p.Problem(row, "", "%d cells under %d columns", len(record), len(header))
		p.problems++
		return
	}
	for i, cell := range record {
		if cell = strings.TrimSpace(cell); cell == "" || !known[i] {
			continue
		}
		line, column := c.FieldPos(i)
		row.Content = append(row.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: header[i], Line: line, Column: column},
			&yaml.Node{Kind: yaml.ScalarNode, Value: cell, Line: line, Column: column})
	}
	p.row(row)
}

// csvProblem reports an error of the CSV reader.
func (p *usageParser) csvProblem(err error) {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		p.Problem(&yaml.Node{Line: pe.Line, Column: pe.Column}, "", "not valid CSV: %s", pe.Err)
		return
	}
	p.Problem(nil, "", "the file has no header")
}

// warn notes an assumption once.
func (p *usageParser) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !p.warned[text] {
		p.warned[text] = true
		p.out.Warnings = append(p.out.Warnings, text)
	}
}

// add books quantities on an app.
func (p *usageParser) add(app string, q Quantities) {
	i, ok := p.apps[app]
	if !ok {
		i = len(p.out.Usage.Apps)
		p.apps[app] = i
		p.out.Usage.Apps = append(p.out.Usage.Apps, AppUsage{App: app})
	}
	p.out.Usage.Apps[i].Quantities = p.out.Usage.Apps[i].Quantities.plus(q)
}
