package validate

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"berth/models/theory"
)

// checks compares computed values with the cells of one row.
type checks struct {
	row   map[string]string
	n     int
	wrong []Column
	bad   []string // cells that cannot be read
}

// number reads an input cell.
func (c *checks) number(column string) float64 {
	x, err := strconv.ParseFloat(strings.TrimSpace(c.row[column]), 64)
	if err != nil {
		c.bad = append(c.bad, fmt.Sprintf("column %s: %q is not a number", column, c.row[column]))
	}
	return x
}

// whole reads an input cell that is a whole number of at least 0.
func (c *checks) whole(column string) int64 {
	x, err := strconv.ParseInt(strings.TrimSpace(c.row[column]), 10, 64)
	if err != nil || x < 0 {
		c.bad = append(c.bad, fmt.Sprintf("column %s: %q is not a whole number of at least 0", column, c.row[column]))
	}
	return x
}

// numbers reads a cell of numbers separated by blanks.
func (c *checks) numbers(column string) []float64 {
	var xs []float64
	for _, word := range strings.Fields(c.row[column]) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			c.bad = append(c.bad, fmt.Sprintf("column %s: %q is not a number", column, word))
		}
		xs = append(xs, x)
	}
	return xs
}

// err reports the cells that could not be read.
func (c *checks) err() error {
	if len(c.bad) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(c.bad, "; "))
}

// near compares a value with a printed one: one part in 1e9, or one unit of the
// last printed digit.
func (c *checks) near(column string, value float64) {
	printed := strings.TrimSpace(c.row[column])
	if printed == "" {
		return
	}
	c.n++
	reference, tolerance, err := theory.ParseReference(printed)
	if err == nil && (value == reference || value-reference <= tolerance && reference-value <= tolerance) {
		return
	}
	c.wrong = append(c.wrong, Column{column, printed, strconv.FormatFloat(value, 'g', 12, 64)})
}

// count compares a whole number.
func (c *checks) count(column string, value int64) { c.same(column, strconv.FormatInt(value, 10)) }

// same compares a text.
func (c *checks) same(column, value string) {
	c.n++
	if value != strings.TrimSpace(c.row[column]) {
		c.wrong = append(c.wrong, Column{column, c.row[column], value})
	}
}

// equal compares an exact decimal.
func (c *checks) equal(column string, value *big.Rat) {
	c.n++
	want, ok := new(big.Rat).SetString(strings.TrimSpace(c.row[column]))
	if !ok || want.Cmp(value) != 0 {
		c.wrong = append(c.wrong, Column{column, c.row[column], value.FloatString(12)})
	}
}
