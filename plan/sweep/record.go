package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"berth/models/result"
)

// Names of the files of a record directory.
const (
	ManifestFile = "manifest.json"
	RecordFile   = "record.ndjson"
)

// manifest says what a record is of. A record is continued only under the same.
type manifest struct {
	Format   int                `json:"format"`
	Version  string             `json:"version"` // of the program
	Scenario string             `json:"scenario"`
	Hash     string             `json:"hash"` // of scenario, overrides and overlays
	Axes     []result.SweepAxis `json:"axes"`
}

// line is one finished replication of a cell.
type line struct {
	Cell        int     `json:"cell"`
	Replication int     `json:"replication"`
	Metrics     []value `json:"metrics"`
}

// value is one metric of a replication.
type value struct {
	App    string   `json:"app,omitempty"`
	Name   string   `json:"name"`
	Label  string   `json:"label"`
	Unit   string   `json:"unit"`
	Better int8     `json:"better"`
	Count  int64    `json:"count"`
	X      *float64 `json:"x"` // null: no value
}

// file is what a record needs of an open file.
type file interface {
	io.Writer
	io.Closer
	Truncate(size int64) error
}

// record is an append-only file of lines. A write that fails is taken back, so
// that the file ends with a whole line.
type record struct {
	f    file
	size int64
}

// openRecord opens or begins the record of a directory and returns the lines
// that it holds. The torn line of a crash is dropped.
func openRecord(dir string, m manifest) (*record, []line, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, nil, err
	}
	if err := checkManifest(dir, m); err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, RecordFile)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	lines, whole, err := readLines(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, err
	}
	if err := f.Truncate(whole); err != nil {
		f.Close()
		return nil, nil, err
	}
	return &record{f: f, size: whole}, lines, nil
}

// checkManifest writes the manifest of a new directory, or holds m against the
// one there.
func checkManifest(dir string, m manifest) error {
	path := filepath.Join(dir, ManifestFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, RecordFile)); err == nil {
			return &OtherError{dir, "it has a record and no manifest"}
		}
		text, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return err
		}
		part := path + ".part"
		if err := os.WriteFile(part, append(text, '\n'), 0o666); err != nil {
			os.Remove(part)
			return err
		}
		return os.Rename(part, path)
	}
	if err != nil {
		return err
	}
	var old manifest
	if err := json.Unmarshal(text, &old); err != nil {
		return &OtherError{dir, "its " + ManifestFile + " cannot be read"}
	}
	switch {
	case old.Format != m.Format || old.Version != m.Version:
		return &OtherError{dir, fmt.Sprintf("%s made it, this is %s", old.Version, m.Version)}
	case old.Hash != m.Hash:
		return &OtherError{dir, "the scenario or its overrides were different"}
	case !slices.EqualFunc(old.Axes, m.Axes, func(a, b result.SweepAxis) bool { return a.Path == b.Path && slices.Equal(a.Values, b.Values) }):
		return &OtherError{dir, "it varies other values"}
	}
	return nil
}

// OtherError says that a directory holds the record of something else.
type OtherError struct{ Dir, Why string }

func (e *OtherError) Error() string {
	return fmt.Sprintf("%s holds another sweep: %s. Name a new directory; nothing was overwritten", e.Dir, e.Why)
}

// readLines reads a record; whole is the size up to the end of its last
// complete line.
func readLines(text []byte) (lines []line, whole int64, err error) {
	for n := 1; ; n++ {
		end := bytes.IndexByte(text[whole:], '\n')
		if end < 0 {
			return lines, whole, nil
		}
		var l line
		if err := json.Unmarshal(text[whole:whole+int64(end)], &l); err != nil || l.Cell < 0 || l.Replication < 0 {
			if int(whole)+end+1 == len(text) {
				return lines, whole, nil // torn by a crash: made again
			}
			return nil, 0, fmt.Errorf("line %d is damaged; remove the directory, or the file from this line on", n)
		}
		lines = append(lines, l)
		whole += int64(end) + 1
	}
}

// add appends one line in one write.
func (r *record) add(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	n, err := r.f.Write(append(text, '\n'))
	if err != nil {
		return errors.Join(err, r.f.Truncate(r.size))
	}
	r.size += int64(n)
	return nil
}
