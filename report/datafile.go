package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// dataColumn is a column of a data file. Its cells are written as texts: what is
// not a text or an instant is a number or a truth value as JSON has them, or
// empty for none.
type dataColumn struct {
	Name string `json:"name"`
	Type string `json:"type"` // text, instant, integer, number, bool
	Unit string `json:"unit,omitempty"`
}

func textColumn(name string) dataColumn  { return dataColumn{Name: name, Type: "text"} }
func countColumn(name string) dataColumn { return dataColumn{Name: name, Type: "integer"} }
func valueColumn(name, unit string) dataColumn {
	return dataColumn{Name: name, Type: "number", Unit: unit}
}
func flagColumn(name string) dataColumn { return dataColumn{Name: name, Type: "bool"} }
func instantColumn(name string) dataColumn {
	return dataColumn{Name: name, Type: "instant", Unit: "RFC 3339, UTC"}
}
func valueColumns(unit string, names ...string) []dataColumn {
	var out []dataColumn
	for _, n := range names {
		out = append(out, valueColumn(n, unit))
	}
	return out
}

// dataFile is one table of the directory of results, written as CSV and as
// NDJSON.
type dataFile struct {
	name, what string
	columns    []dataColumn
	rows       [][]string
}

func newDataFile(name, what string, columns ...[]dataColumn) *dataFile {
	f := &dataFile{name: name, what: what}
	for _, c := range columns {
		f.columns = append(f.columns, c...)
	}
	return f
}

func cols(c ...dataColumn) []dataColumn { return c }

func (f *dataFile) add(cells ...string) { f.rows = append(f.rows, cells) }

// csv writes a header and the rows; texts that a spreadsheet would run are
// marked as texts.
func (f *dataFile) csv(w io.Writer) error {
	c := csv.NewWriter(w)
	line := make([]string, len(f.columns))
	for i, col := range f.columns {
		line[i] = col.Name
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for _, row := range f.rows {
		for i, cell := range row {
			line[i] = cell
			if f.columns[i].Type == "text" {
				line[i] = spreadsheet(cell)
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// ndjson writes one object a row, its members in the order of the columns.
func (f *dataFile) ndjson(w io.Writer) error {
	var b bytes.Buffer
	for _, row := range f.rows {
		b.WriteByte('{')
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			name, err := json.Marshal(f.columns[i].Name)
			if err != nil {
				return err
			}
			value := []byte("null")
			switch kind := f.columns[i].Type; {
			case kind == "text" || kind == "instant" && cell != "":
				if value, err = json.Marshal(plain(cell)); err != nil {
					return err
				}
			case cell != "":
				value = []byte(cell)
			}
			b.Write(name)
			b.WriteByte(':')
			b.Write(value)
		}
		b.WriteString("}\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// manifest says what a directory of results holds.
type manifest struct {
	SchemaVersion int            `json:"schema_version"`
	Tool          string         `json:"tool"`
	Scenario      string         `json:"scenario"`
	Seed          uint64         `json:"seed"`
	Replications  int            `json:"replications"`
	Partial       bool           `json:"partial"`
	Tables        []manifestFile `json:"tables"`
}

type manifestFile struct {
	Name    string       `json:"name"`
	What    string       `json:"what"`
	CSV     string       `json:"csv"`
	NDJSON  string       `json:"ndjson"`
	Rows    int          `json:"rows"`
	Columns []dataColumn `json:"columns"`
}

func (d *Document) manifest(files []*dataFile) manifest {
	m := manifest{SchemaVersion: SchemaVersion, Tool: d.Tool, Scenario: d.Scenario.Name, Seed: d.Scenario.Seed, Replications: d.Scenario.Replications, Partial: d.Partial}
	for _, f := range files {
		m.Tables = append(m.Tables, manifestFile{Name: f.name, What: f.what, CSV: f.name + ".csv", NDJSON: f.name + ".ndjson", Rows: len(f.rows), Columns: f.columns})
	}
	return m
}

// CSV writes the document as CSV and NDJSON files into dir, with manifest.json,
// which names their columns, types and units. The directory is made if it is not
// there; each file is written beside its place and renamed when all are complete.
func (d *Document) CSV(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	type output struct {
		name  string
		write func(io.Writer) error
	}
	var all []output
	files := d.dataFiles()
	for _, f := range files {
		all = append(all, output{f.name + ".csv", f.csv}, output{f.name + ".ndjson", f.ndjson})
	}
	all = append(all, output{"manifest.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(d.manifest(files))
	}})
	part := func(name string) string { return filepath.Join(dir, "."+name+".part") }
	defer func() {
		for _, o := range all {
			os.Remove(part(o.name)) // those renamed are gone already
		}
	}()
	for _, o := range all {
		if err := writeFile(part(o.name), o.write); err != nil {
			return fmt.Errorf("write %s: %w", o.name, err)
		}
	}
	for _, o := range all {
		if err := os.Rename(part(o.name), filepath.Join(dir, o.name)); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
