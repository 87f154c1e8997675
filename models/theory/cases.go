package theory

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

//go:embed cases/*.csv
var embedded embed.FS

// Cases returns the embedded reference cases: one CSV file per model of Suite,
// by its file name. Their values do not come from this package: they were
// computed to 12 digits in Python (mpmath, scipy) by direct sums and linear
// solves, and those of the less common models were confirmed by simulation. The
// rates of renewal_cost.csv are PublishedRates.
func Cases() fs.FS {
	sub, err := fs.Sub(embedded, "cases")
	if err != nil {
		panic(err) // the name is a constant valid path
	}
	return sub
}

// ReadCases reads a file of reference cases: a header line, then one row per
// case with as many cells as the header. It returns the header and each row by
// column; cells are trimmed. The error names file and line, all lines at once.
func ReadCases(name string, r io.Reader) (header []string, rows []map[string]string, err error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	var bad []error
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", name, err))
			break // what follows a broken quote cannot be trusted
		}
		line, _ := in.FieldPos(0)
		for i, cell := range record {
			record[i] = strings.TrimSpace(cell)
		}
		if header == nil {
			header = record
			header[0] = strings.TrimPrefix(header[0], "\ufeff")
			continue
		}
		if len(record) != len(header) {
			bad = append(bad, fmt.Errorf("%s:%d: %d cells, but the header has %d columns", name, line, len(record), len(header)))
			continue
		}
		row := make(map[string]string, len(header))
		for i, column := range header {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	if header == nil && len(bad) == 0 {
		bad = append(bad, fmt.Errorf("%s: empty: want a header line", name))
	}
	return header, rows, errors.Join(bad...)
}
