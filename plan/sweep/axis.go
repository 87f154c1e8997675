package sweep

import (
	"fmt"
	"strings"

	"berth/models/result"
	"berth/scenarios/axis"
)

// MaxCells bounds the cells of a grid.
const MaxCells = 10_000

// ParseAxis reads path=a,b,c or path=from..to/log8 (or lin8), see axis.Values.
func ParseAxis(text string) (result.SweepAxis, error) {
	path, list, ok := strings.Cut(text, "=")
	a := result.SweepAxis{Path: strings.TrimSpace(path)}
	list = strings.TrimSpace(list)
	switch {
	case !ok || a.Path == "":
		return a, fmt.Errorf("%q is not an axis: write path=a,b,c or path=1m..30m/log8", text)
	case list == "":
		return a, fmt.Errorf("the axis %s has no values: write %s=a,b,c or %s=1m..30m/log8", a.Path, a.Path, a.Path)
	}
	var err error
	if a.Values, err = axis.Values(list); err != nil {
		return a, fmt.Errorf("the axis %s: %w", a.Path, err)
	}
	return a, nil
}

// grid lists the cells of axes, the last one fastest.
func grid(axes []result.SweepAxis) ([]result.SweepCell, error) {
	if len(axes) == 0 {
		return nil, fmt.Errorf("nothing varies: add --vary path=a,b,c")
	}
	n := 1
	for i, a := range axes {
		for _, b := range axes[:i] {
			if a.Path == b.Path {
				return nil, fmt.Errorf("%s varies twice; write its values in one axis", a.Path)
			}
		}
		if n *= len(a.Values); n > MaxCells {
			return nil, fmt.Errorf("the grid has more than %d cells; take fewer values", MaxCells)
		}
	}
	cells := make([]result.SweepCell, n)
	for i := range cells {
		cells[i].Index, cells[i].Values = i, make([]string, len(axes))
		rest := i
		for a := len(axes) - 1; a >= 0; a-- {
			cells[i].Values[a] = axes[a].Values[rest%len(axes[a].Values)]
			rest /= len(axes[a].Values)
		}
	}
	return cells, nil
}

// CheckGrid reports axes that make no grid.
func CheckGrid(axes []result.SweepAxis) error {
	_, err := grid(axes)
	return err
}
