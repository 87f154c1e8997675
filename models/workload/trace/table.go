package trace

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// table splits comma-separated lines and keeps the fields that are wanted, in
// slots. Fields may be quoted as in RFC 4180, but not hold a line end.
type table struct {
	header []string
	slot   []int8 // by column; -1 is not wanted
	last   int    // the last wanted column
	out    [8][]byte
	quoted []byte // unquoted fields of the current line
}

var (
	errQuote       = errors.New("a quoted field is not closed, or is followed by more than a comma")
	errManyColumns = errors.New("the line has more columns than the header")
)

// newTable reads the header.
func newTable(header []byte) (*table, error) {
	t := &table{last: -1}
	for rest, more := header, true; more; {
		field, next, m, err := t.field(rest)
		if err != nil {
			return nil, fmt.Errorf("the header: %w", err)
		}
		t.header = append(t.header, strings.TrimSpace(string(field)))
		rest, more = next, m
	}
	t.slot = make([]int8, len(t.header))
	for i := range t.slot {
		t.slot[i] = -1
	}
	return t, nil
}

// column finds a column by its name.
func (t *table) column(name string) int {
	for i, h := range t.header {
		if h == name {
			return i
		}
	}
	return -1
}

// want puts the columns of these names into the slots from 0 on.
func (t *table) want(columns ...string) error {
	var missing []string
	for slot, name := range columns {
		i := t.column(name)
		if i < 0 {
			missing = append(missing, name)
			continue
		}
		t.take(i, slot)
	}
	if len(missing) > 0 {
		return fmt.Errorf("the header has no column %s", strings.Join(missing, ", "))
	}
	return nil
}

func (t *table) take(column, slot int) {
	t.slot[column] = int8(slot)
	t.last = max(t.last, column)
}

// split puts the wanted fields of a line into out.
func (t *table) split(line []byte) error {
	t.quoted = t.quoted[:0]
	slots := t.slot
	for column := 0; ; column++ {
		var field []byte
		more := false
		if len(line) > 0 && line[0] == '"' {
			var err error
			if field, line, more, err = t.field(line); err != nil {
				return err
			}
		} else {
			i := 0
			for i < len(line) && line[i] != ',' {
				i++
			}
			field = line[:i]
			if more = i < len(line); more {
				line = line[i+1:]
			}
		}
		if s := slots[column]; s >= 0 {
			t.out[s] = field
		}
		if column == t.last {
			return t.rest(line, more, column)
		}
		if !more {
			return errFewColumns
		}
	}
}

// rest checks that what follows the last wanted column has the columns of the
// header: a line that was cut or glued together is not taken for a good one.
func (t *table) rest(line []byte, more bool, column int) error {
	left := len(t.header) - 1 - column
	switch {
	case !more && left == 0:
		return nil
	case !more:
		return errFewColumns
	case left == 0:
		return errManyColumns
	}
	n := bytes.Count(line, []byte(",")) + 1
	if n != left && bytes.IndexByte(line, '"') >= 0 {
		n = 0
		for ; more; n++ {
			var err error
			if _, line, more, err = t.field(line); err != nil {
				return err
			}
		}
	}
	switch {
	case n < left:
		return errFewColumns
	case n > left:
		return errManyColumns
	}
	return nil
}

// field takes the first field of a line, unquoted, and reports whether more
// fields follow.
func (t *table) field(line []byte) (field, rest []byte, more bool, err error) {
	if len(line) == 0 || line[0] != '"' {
		i := bytes.IndexByte(line, ',')
		if i < 0 {
			return line, nil, false, nil
		}
		return line[:i], line[i+1:], true, nil
	}
	// A field that outgrows quoted leaves earlier ones in the old array, where
	// they stay as they are.
	start := len(t.quoted)
	for i := 1; i < len(line); i++ {
		if line[i] != '"' {
			t.quoted = append(t.quoted, line[i])
			continue
		}
		if i++; i == len(line) {
			return t.quoted[start:], nil, false, nil
		}
		switch line[i] {
		case ',':
			return t.quoted[start:], line[i+1:], true, nil
		case '"':
			t.quoted = append(t.quoted, '"')
		default:
			return nil, nil, false, errQuote
		}
	}
	return nil, nil, false, errQuote
}

// shown makes a field safe and short enough for a message.
func shown(b []byte) string {
	const most = 40
	if len(b) > most {
		return fmt.Sprintf("%q...", b[:most])
	}
	return fmt.Sprintf("%q", b)
}
