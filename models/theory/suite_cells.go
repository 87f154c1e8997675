package theory

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// cells reads typed values from the cells of one row and collects what is wrong
// with them.
type cells struct {
	row map[string]string
	problems
}

func newCells(row map[string]string) *cells {
	return &cells{row: row, problems: problems{model: "cells"}}
}

// text returns a cell that must not be blank.
func (c *cells) text(column string) string {
	s := strings.TrimSpace(c.row[column])
	if s == "" {
		c.addf("column %s is blank", column)
	}
	return s
}

// number returns a finite decimal number.
func (c *cells) number(column string) float64 {
	s := c.text(column)
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !finite(x) {
		c.addf("column %s: %q is not a finite number", column, s)
		return 0
	}
	return x
}

// count returns a whole number of at least 0 and at most 2^31.
func (c *cells) count(column string) int {
	x := c.number(column)
	if x != math.Trunc(x) || x < 0 || x > 1<<31 {
		c.addf("column %s: %q is not a whole number from 0 to 2^31", column, c.row[column])
		return 0
	}
	return int(x)
}

// optionalCount is count with 0 for a blank cell.
func (c *cells) optionalCount(column string) int {
	if strings.TrimSpace(c.row[column]) == "" {
		return 0
	}
	return c.count(column)
}

// law reads kind, mean and coefficient of variation; cvColumn "" means that the
// kind implies it.
func (c *cells) law(kindColumn, meanColumn, cvColumn string) Law {
	kind, mean := c.text(kindColumn), c.number(meanColumn)
	if kind == "" {
		return Law{}
	}
	if cvColumn != "" && strings.TrimSpace(c.row[cvColumn]) != "" {
		return Law{Kind: kind, MeanS: mean, CV: c.number(cvColumn)}
	}
	l, err := NewLaw(kind, mean)
	if err != nil {
		c.addf("column %s: %w", kindColumn, err)
	}
	return l
}

// each runs f on the row and returns the outputs it sets, or all errors.
func each(f func(c *cells, out map[string]float64) error) func(map[string]string) (map[string]float64, error) {
	return func(row map[string]string) (map[string]float64, error) {
		c := newCells(row)
		out := map[string]float64{}
		err := f(c, out)
		if bad := c.err(); bad != nil {
			return nil, bad // what the model said of unreadable cells is no news
		}
		if err != nil {
			return nil, err
		}
		for column, x := range out {
			if math.IsNaN(x) {
				return nil, fmt.Errorf("column %s is not a number for these parameters", column)
			}
		}
		return out, nil
	}
}
