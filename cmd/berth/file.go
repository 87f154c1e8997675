package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// pending is an output file written beside its place; Commit renames it, so
// that an interrupted run leaves no half file.
type pending struct {
	path string
	f    *os.File
	*bufio.Writer
}

func create(path string) (*pending, error) {
	dir := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, usage("%s is a directory; name a file", path)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".part-*")
	if err != nil {
		return nil, usage("cannot write to %s: %v", path, cause(err))
	}
	return &pending{path: path, f: f, Writer: bufio.NewWriterSize(f, 1<<16)}, nil
}

// cause is what went wrong without the name of the temporary file.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Commit finishes the file and puts it in its place.
func (p *pending) Commit() error {
	err := errors.Join(p.Flush(), p.f.Chmod(0o644), p.f.Close())
	if err == nil {
		err = os.Rename(p.f.Name(), p.path)
	}
	if err != nil {
		os.Remove(p.f.Name())
		return fmt.Errorf("write %s: %w", p.path, cause(err))
	}
	return nil
}

// Discard drops the file.
func (p *pending) Discard() {
	p.f.Close()
	os.Remove(p.f.Name())
}

// writeFile writes a file in one step.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Discard()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Commit()
}
