package report

import (
	"encoding/json"
	"fmt"
	"io"

	"berth/models/result"
)

// JSON writes the Document of a result; docs/result-json.md describes it. The
// same result gives the same bytes.
func JSON(w io.Writer, r *result.Result) error {
	return New(r).JSON(w)
}

// JSON writes the document, indented.
func (d *Document) JSON(w io.Writer) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = w.Write(indented(b))
	return err
}

// indented spreads compact JSON over lines, but keeps a list without objects or
// lists inside on one: a series is one line, not thousands.
func indented(in []byte) []byte {
	out := make([]byte, 0, len(in)+len(in)/4)
	depth := 0
	line := func() {
		out = append(out, '\n')
		for range depth {
			out = append(out, ' ')
		}
	}
	for i := 0; i < len(in); i++ {
		switch c := in[i]; c {
		case '"':
			end := stringEnd(in, i)
			out = append(out, in[i:end]...)
			i = end - 1
		case '{', '[':
			if end := flatEnd(in, i); end > 0 {
				out = append(out, in[i:end]...)
				i = end - 1
				continue
			}
			depth++
			out = append(out, c)
			line()
		case '}', ']':
			depth--
			line()
			out = append(out, c)
		case ',':
			out = append(out, c)
			line()
		case ':':
			out = append(out, c, ' ')
		default:
			out = append(out, c)
		}
	}
	return append(out, '\n')
}

// stringEnd is the index behind the string that begins at i.
func stringEnd(in []byte, i int) int {
	for i++; in[i] != '"'; i++ {
		if in[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// flatEnd is the index behind the list or object that begins at i if it is an
// empty object or a list without lists and objects inside, else 0.
func flatEnd(in []byte, i int) int {
	if in[i] == '{' && in[i+1] != '}' {
		return 0
	}
	for i++; ; i++ {
		switch in[i] {
		case '"':
			i = stringEnd(in, i) - 1
		case '{', '[':
			return 0
		case ']', '}':
			return i + 1
		}
	}
}

// ReadJSON reads what JSON wrote. A file of a newer version is refused.
func ReadJSON(r io.Reader) (*Document, error) {
	var d Document
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		return nil, fmt.Errorf("not a result file: %w", err)
	}
	switch {
	case d.SchemaVersion == 0:
		return nil, fmt.Errorf("not a result file: it has no schema_version; write one with run --format json")
	case d.SchemaVersion > SchemaVersion:
		return nil, fmt.Errorf("the result file has schema_version %d and this program reads up to %d; use a newer program", d.SchemaVersion, SchemaVersion)
	}
	if err := d.consistent(); err != nil {
		return nil, err
	}
	return &d, nil
}

// consistent checks what a schema cannot say: lists that belong together have
// the same length.
func (d *Document) consistent() error {
	apps := append([]App{d.All}, d.Apps...)
	for _, a := range apps {
		for _, b := range a.Latency.Breakdown {
			if len(b.PartsS) != len(a.Latency.Parts) {
				return fmt.Errorf("not a result file: app %q: %d parts at %q, want %d", fit(a.Name, 40), len(b.PartsS), fit(b.Quantile, 10), len(a.Latency.Parts))
			}
		}
		s := a.Series
		for _, v := range [][]Number{s.Failed, s.Cold, s.Starts, s.Up, s.Busy, s.Peak, s.InFlight, s.Latency, s.Backlog} {
			if len(v) != len(s.Requests) {
				return fmt.Errorf("not a result file: app %q: series of %d and %d steps", fit(a.Name, 40), len(v), len(s.Requests))
			}
		}
	}
	return d.Sensitivity.consistent()
}
