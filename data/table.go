package data

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed tables/*.csv
var tableFiles embed.FS

// tableRow is one record of a table; its getters note every bad field instead of stopping at the first.
type tableRow struct {
	table  string
	line   int
	header []string
	fields []string
	errs   *[]error
}

// maxTableErrors bounds how many bad fields one error reports.
const maxTableErrors = 20

// parseTable reads a CSV table with '#' comment lines and exactly the given columns, and converts each record by convert.
func parseTable[T any](name string, r io.Reader, columns []string, convert func(tableRow) T) ([]T, error) {
	cr := csv.NewReader(r)
	cr.Comment = '#'
	cr.ReuseRecord = true
	cr.FieldsPerRecord = len(columns)
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: reading the header: %w", name, err)
	}
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("%s: columns are %q, want %q", name, header, columns)
	}
	var out []T
	var errs []error
	row := tableRow{table: name, header: columns, errs: &errs}
	for {
		row.fields, err = cr.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		row.line, _ = cr.FieldPos(0)
		out = append(out, convert(row))
		if len(errs) > maxTableErrors {
			break
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// fail notes a problem with column i.
func (r tableRow) fail(i int, want string) {
	*r.errs = append(*r.errs, fmt.Errorf("%s:%d: column %s is %q, want %s", r.table, r.line, r.header[i], r.fields[i], want))
}

// text returns a field that must not be empty.
func (r tableRow) text(i int) string {
	if r.fields[i] == "" {
		r.fail(i, "a name")
	}
	return strings.Clone(r.fields[i])
}

// oneOf returns a field that must be one of the given words.
func (r tableRow) oneOf(i int, words ...string) string {
	for _, w := range words {
		if r.fields[i] == w {
			return w
		}
	}
	r.fail(i, "one of "+strings.Join(words, ", "))
	return ""
}

// flag returns a field that is 0 or 1.
func (r tableRow) flag(i int) bool { return r.oneOf(i, "0", "1") == "1" }

// number returns a finite number within [lo, hi].
func (r tableRow) number(i int, lo, hi float64) float64 {
	v, err := strconv.ParseFloat(r.fields[i], 64)
	if err != nil || math.IsNaN(v) || v < lo || v > hi {
		r.fail(i, fmt.Sprintf("a number from %g to %g", lo, hi))
		return 0
	}
	return v
}

// optional is number for a field that may be blank, which gives 0 and false.
func (r tableRow) optional(i int, lo, hi float64) (float64, bool) {
	if r.fields[i] == "" {
		return 0, false
	}
	return r.number(i, lo, hi), true
}

// count returns a whole number within [0, hi].
func (r tableRow) count(i int, hi int64) int64 {
	v, err := strconv.ParseInt(r.fields[i], 10, 64)
	if err != nil || v < 0 || v > hi {
		r.fail(i, fmt.Sprintf("a whole number from 0 to %d", hi))
		return 0
	}
	return v
}

// latitude and longitude are in degrees, north and east positive.
func (r tableRow) latitude(i int) float64  { return r.number(i, -90, 90) }
func (r tableRow) longitude(i int) float64 { return r.number(i, -180, 180) }

// embedded returns a loader that parses an embedded table once and hands out copies. A table that does not parse means that
// the binary itself is corrupt, which no caller can mend: that, and only that, panics.
func embedded[T any](name string, parse func(name string, r io.Reader) ([]T, error)) func() []T {
	load := sync.OnceValues(func() ([]T, error) {
		f, err := tableFiles.Open("tables/" + name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return parse(name, f)
	})
	return func() []T {
		rows, err := load()
		if err != nil {
			panic("data: embedded table is corrupt: " + err.Error())
		}
		return slices.Clone(rows)
	}
}
