package theory

import (
	"fmt"
	"slices"
	"strings"
)

// Model ties one CSV file of reference cases to the analytic model that
// computes its output columns. The first column, "case", names the row.
type Model struct {
	File string   // "mm1.csv"
	In   []string // columns Eval reads
	Out  []string // columns Eval computes; a blank reference cell is not compared
	Data []string // further columns of the file that are neither: simulated references

	// Primary is the column a simulator is judged by, in Out or Data; empty for
	// files without a simulated counterpart.
	Primary string

	// Eval computes every column of Out from the cells of one row; a column that
	// the row does not determine (blank data) is absent. The error names every
	// cell that is missing or out of range, or says why there is no steady state.
	Eval func(row map[string]string) (map[string]float64, error)
}

// Name returns the file name without its extension.
func (m Model) Name() string { return strings.TrimSuffix(m.File, ".csv") }

// Find returns the model of that file name.
func Find(file string) (Model, bool) {
	i := slices.IndexFunc(Suite, func(m Model) bool { return m.File == file })
	if i < 0 {
		return Model{}, false
	}
	return Suite[i], true
}

// CheckHeader returns an error that names every unknown or repeated column and
// every missing input column; output columns may be missing.
func (m Model) CheckHeader(header []string) error {
	p := problems{model: m.File}
	var unknown, missing, repeated []string
	for i, column := range header {
		if column != caseColumn && !slices.Contains(m.In, column) && !slices.Contains(m.Out, column) && !slices.Contains(m.Data, column) {
			unknown = append(unknown, column)
		}
		if slices.Contains(header[:i], column) {
			repeated = append(repeated, column)
		}
	}
	for _, column := range m.In {
		if !slices.Contains(header, column) {
			missing = append(missing, column)
		}
	}
	for _, kind := range []struct {
		what    string
		columns []string
	}{{"unknown", unknown}, {"repeated", repeated}, {"missing", missing}} {
		if len(kind.columns) > 0 {
			p.addf("%s column %s (known: %s, %s)", kind.what, strings.Join(kind.columns, ", "),
				strings.Join(m.In, ", "), strings.Join(slices.Concat(m.Out, m.Data), ", "))
		}
	}
	return p.err()
}

const caseColumn = "case"

// Comparison is one output cell of one row: the printed reference, the
// computed value and how far apart they may be.
type Comparison struct {
	Column    string
	Printed   string // the reference as written
	Reference float64
	Value     float64
	Tolerance float64
	OK        bool
}

// Compare evaluates a row and compares every output column that the row gives
// a reference for, in the order of Out.
func (m Model) Compare(row map[string]string) ([]Comparison, error) {
	values, err := m.Eval(row)
	if err != nil {
		return nil, fmt.Errorf("%s: case %s: %w", m.File, row[caseColumn], err)
	}
	p := problems{model: fmt.Sprintf("%s: case %s", m.File, row[caseColumn])}
	var comparisons []Comparison
	for _, column := range m.Out {
		printed := strings.TrimSpace(row[column])
		value, computed := values[column]
		if printed == "" || !computed {
			continue
		}
		reference, tolerance, err := ParseReference(printed)
		if err != nil {
			p.addf("column %s: %w", column, err)
			continue
		}
		comparisons = append(comparisons, Comparison{
			Column: column, Printed: printed, Reference: reference, Value: value, Tolerance: tolerance,
			OK: within(value, reference, tolerance),
		})
	}
	return comparisons, p.err()
}
