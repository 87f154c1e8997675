// Package gen derives the compact tables of package data from a directory of raw reference files.
//
// The raw files carry columns for checking and provenance that the program does not need; each table here keeps the needed
// columns only, in an order of its own, under a comment that names its source and licence. Nothing else is changed.
package gen

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// rows is a raw file as a list of records keyed by column name.
type rows []map[string]string

// table describes one generated file.
type table struct {
	name    string
	credit  []string // comment lines: what, source, licence, commit, date
	columns []string
	build   func(dir string) ([][]string, error)
}

// Build reads the raw files below dir and returns the generated tables by file name.
func Build(dir string) (map[string][]byte, error) {
	out := make(map[string][]byte)
	for _, t := range tables {
		records, err := t.build(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		b, err := t.encode(records)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		out[t.name] = b
	}
	return out, nil
}

// encode renders the comment, the header and the records.
func (t table) encode(records [][]string) ([]byte, error) {
	var b bytes.Buffer
	for _, line := range t.credit {
		b.WriteString("# " + line + "\n")
	}
	w := csv.NewWriter(&b)
	if err := w.Write(t.columns); err != nil {
		return nil, err
	}
	if err := w.WriteAll(records); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// read loads one raw file and checks that it has the named columns.
func read(dir, name string, columns ...string) (rows, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("%s: empty file", name)
	}
	header := records[0]
	have := make(map[string]bool, len(header))
	for _, h := range header {
		have[h] = true
	}
	for _, c := range columns {
		if !have[c] {
			return nil, fmt.Errorf("%s: column %q missing", name, c)
		}
	}
	var out rows
	for _, rec := range records[1:] {
		m := make(map[string]string, len(header))
		for i, h := range header {
			m[h] = rec[i]
		}
		out = append(out, m)
	}
	return out, nil
}

// pick copies the named columns of a raw file, in the order given.
func pick(name string, columns ...string) func(dir string) ([][]string, error) {
	return func(dir string) ([][]string, error) {
		raw, err := read(dir, name, columns...)
		if err != nil {
			return nil, err
		}
		return project(raw, columns), nil
	}
}

func project(raw rows, columns []string) [][]string {
	out := make([][]string, 0, len(raw))
	for _, r := range raw {
		rec := make([]string, len(columns))
		for i, c := range columns {
			rec[i] = strings.TrimSpace(r[c])
		}
		out = append(out, rec)
	}
	return out
}

// share returns num/den with four decimals, blank when den is zero.
func share(num, den string) (string, error) {
	n, err := strconv.ParseFloat(num, 64)
	if err != nil {
		return "", err
	}
	d, err := strconv.ParseFloat(den, 64)
	if err != nil {
		return "", err
	}
	if d == 0 {
		return "", nil
	}
	return strconv.FormatFloat(n/d, 'f', 4, 64), nil
}
