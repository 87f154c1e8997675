package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"berth/scenarios/internal/node"
)

//go:embed library/*.yaml library/traces/*.csv
var libraryFiles embed.FS

// libraryPrefix begins the path of a trace that the program carries.
const libraryPrefix = "library:"

// LibraryTrace is a trace that the program carries, by its path in scenarios:
// library:NAME. ok is false for any other path.
func LibraryTrace(path string) (data []byte, ok bool) {
	name, ok := strings.CutPrefix(path, libraryPrefix)
	if !ok {
		return nil, false
	}
	data, err := libraryFiles.ReadFile("library/traces/" + name)
	return data, err == nil
}

// Entry is one scenario of the library.
type Entry struct {
	Name     string // as berth run takes it
	Question string // the question it answers, from its header
	Source   []byte
}

// Library lists the embedded scenarios, first the one named first, then by name.
func Library() []Entry {
	files, err := fs.ReadDir(libraryFiles, "library")
	if err != nil {
		return nil
	}
	var entries []Entry
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		src, err := libraryFiles.ReadFile("library/" + f.Name())
		if err != nil {
			continue
		}
		e := Entry{Name: strings.TrimSuffix(f.Name(), ".yaml"), Question: question(src), Source: src}
		if e.Name == "first" {
			entries = append([]Entry{e}, entries...)
		} else {
			entries = append(entries, e)
		}
	}
	return entries
}

// question joins the comment lines at the head of a file up to an empty comment
// line, without the word Question.
func question(src []byte) string {
	var words []string
	for _, line := range strings.Split(string(src), "\n") {
		text, ok := strings.CutPrefix(line, "#")
		if !ok || strings.TrimSpace(text) == "" {
			break
		}
		words = append(words, strings.TrimSpace(text))
	}
	q := []rune(strings.TrimSpace(strings.TrimPrefix(strings.Join(words, " "), "Question:")))
	if len(q) > 0 {
		q[0] = unicode.ToUpper(q[0])
	}
	return string(q)
}

// Find returns a scenario's source by the path of a file or the name of a
// library entry. name is what messages call it.
func Find(nameOrPath string) (name string, src []byte, err error) {
	f, err := os.Open(nameOrPath)
	if err == nil {
		defer f.Close()
		src, err = readCapped(f)
		if err == nil {
			return nameOrPath, src, nil
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nameOrPath, nil, fmt.Errorf("cannot read %s: %w", printable(nameOrPath), err)
	}
	var names []string
	for _, e := range Library() {
		if e.Name == nameOrPath || e.Name+".yaml" == nameOrPath {
			return e.Name + ".yaml", e.Source, nil
		}
		names = append(names, e.Name)
	}
	hint := "berth list scenarios shows the library"
	if near := nearest(nameOrPath, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return nameOrPath, nil, fmt.Errorf("there is no file and no library scenario %q (%s)", clip(printable(nameOrPath)), hint)
}

// readCapped reads one byte more than the loader takes, so that it can say that
// a file is too large without reading all of it.
func readCapped(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	return io.ReadAll(io.LimitReader(f, node.MaxBytes+1))
}
