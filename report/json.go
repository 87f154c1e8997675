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
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(d)
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
	return &d, nil
}
