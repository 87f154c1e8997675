package validate

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"berth/models/theory"
)

// The reference values that are no closed forms, and a small trace of the
// project's own with hand-made replays.
//
//go:embed cases
var embedded embed.FS

// maxCaseFile bounds a reference file that is read whole.
const maxCaseFile = 32 << 20

// caseFiles are the reference files of one directory.
type caseFiles struct {
	name string // for the report
	dir  string // "" = embedded
	file map[string][]byte
}

// openCases reads every CSV file of a directory, or the embedded ones.
func openCases(dir string) (caseFiles, error) {
	c := caseFiles{name: "embedded", dir: dir, file: map[string][]byte{}}
	if dir == "" {
		for _, from := range []fs.FS{theory.Cases(), ownCases()} {
			if err := c.add(from); err != nil {
				return c, err
			}
		}
		return c, nil
	}
	c.name = dir
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return c, fmt.Errorf("the directory of cases cannot be read: %w", err)
	case !info.IsDir():
		return c, fmt.Errorf("%s is a file; name the directory that holds the reference files", dir)
	}
	if err := c.add(os.DirFS(dir)); err != nil {
		return c, err
	}
	if len(c.file) == 0 {
		return c, fmt.Errorf("%s holds no CSV file", dir)
	}
	return c, nil
}

func ownCases() fs.FS {
	sub, err := fs.Sub(embedded, "cases")
	if err != nil {
		panic(err) // the name is a constant valid path
	}
	return sub
}

func (c *caseFiles) add(from fs.FS) error {
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".csv" {
			continue
		}
		if info, err := e.Info(); err == nil && info.Size() > maxCaseFile {
			errs = append(errs, fmt.Errorf("%s has %d MB; at most %d are read", e.Name(), info.Size()>>20, maxCaseFile>>20))
			continue
		}
		text, err := fs.ReadFile(from, e.Name())
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.file[e.Name()] = text
	}
	return errors.Join(errs...)
}

// beside is a path next to the directory of cases: where the reference layout
// keeps data.
func (c *caseFiles) beside(path ...string) string {
	if c.dir == "" {
		return ""
	}
	return filepath.Join(append([]string{c.dir, ".."}, path...)...)
}

// table is a parsed reference file.
type table struct {
	name string
	rows []map[string]string
}

// model is the file's name without its extension.
func (t *table) model() string { return strings.TrimSuffix(t.name, ".csv") }

// read parses a file and checks its columns: unknown, repeated and missing ones
// are an error that names them.
func (c *caseFiles) read(name string, check func(header []string) error) (*table, error) {
	header, rows, err := theory.ReadCases(name, bytes.NewReader(c.file[name]))
	if err != nil {
		return nil, err
	}
	if err := check(header); err != nil {
		return nil, err
	}
	return &table{name: name, rows: rows}, nil
}

// exactColumns checks a header against the columns that a file has to have.
func exactColumns(name string, columns []string) func([]string) error {
	return func(header []string) error {
		var errs []error
		for i, h := range header {
			switch {
			case !slices.Contains(columns, h):
				errs = append(errs, fmt.Errorf("%s: unknown column %s (known: %s)", name, h, strings.Join(columns, ", ")))
			case slices.Contains(header[:i], h):
				errs = append(errs, fmt.Errorf("%s: repeated column %s", name, h))
			}
		}
		for _, want := range columns {
			if !slices.Contains(header, want) {
				errs = append(errs, fmt.Errorf("%s: missing column %s", name, want))
			}
		}
		return errors.Join(errs...)
	}
}
