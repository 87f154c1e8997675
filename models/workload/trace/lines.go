package trace

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	readSize = 1 << 18
	// maxLine bounds the memory that one line can take. The minute counts of a
	// day are about 7 kB.
	maxLine = 1 << 22
	// maxZstdWindow bounds the memory that a zstd file can ask for.
	maxZstdWindow = 1 << 27
)

// decompress looks at the first bytes, whatever the name of the file, and undoes
// gzip and zstd.
func decompress(in io.Reader) (io.Reader, io.Closer, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	magic, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		return z, z, err
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, nil, err
		}
		c := z.IOReadCloser()
		return c, c, nil
	}
	return b, nil, nil
}

// lines cuts a stream into lines without copying them.
type lines struct {
	in     io.Reader
	name   string
	number int64 // of the line returned last, from 1
	buf    []byte
	from   int // of the unread part of buf
	to     int
	err    error
	last   []byte
}

func newLines(in io.Reader, name string) *lines {
	return &lines{in: in, name: name, buf: make([]byte, readSize)}
}

// next returns the next line that is not empty, without its end; it is valid
// until the following call. io.EOF comes after the last line.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.raw()
		if err != nil {
			return nil, err
		}
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if len(line) > 0 {
			l.last = line
			return line, nil
		}
	}
}

func (l *lines) raw() ([]byte, error) {
	for searched := l.from; ; {
		if i := bytes.IndexByte(l.buf[searched:l.to], '\n'); i >= 0 {
			line := l.buf[l.from : searched+i]
			l.from = searched + i + 1
			l.number++
			return line, nil
		}
		searched = l.to
		if l.err != nil {
			return l.tail()
		}
		searched -= l.fill()
	}
}

// tail returns what follows the last line end, then the error of the stream.
func (l *lines) tail() ([]byte, error) {
	if l.err != io.EOF {
		return nil, &LineError{l.name, l.number + 1, "reading failed: " + l.err.Error()}
	}
	if l.from == l.to {
		return nil, io.EOF
	}
	line := l.buf[l.from:l.to]
	l.from = l.to
	l.number++
	return line, nil
}

// fill reads more behind the unread part, which it first moves to the front; it
// returns how far it moved.
func (l *lines) fill() (moved int) {
	if moved = l.from; moved > 0 {
		copy(l.buf, l.buf[l.from:l.to])
		l.from, l.to = 0, l.to-moved
	}
	if l.to == len(l.buf) {
		if len(l.buf) >= maxLine {
			l.err = fmt.Errorf("the line is longer than %d bytes", maxLine)
			return moved
		}
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.in.Read(l.buf[l.to:])
	l.to += n
	if err != nil {
		l.err = err
	} else if n == 0 {
		l.err = io.ErrNoProgress
	}
	return moved
}

// lineParser turns one line into a call. Row counts the lines that hold calls,
// malformed ones included, from 0.
type lineParser interface {
	parse(line []byte, row int64, c *Call) error
}

// lineSource is the calls of a file that holds one a line, in its order.
type lineSource struct {
	in    *lines
	parse lineParser
	bad   *badLines
	row   int64
	again bool // take the line that was read last
}

func (s *lineSource) next(c *Call) error {
	for {
		line, err := s.in.last, error(nil)
		if !s.again {
			if line, err = s.in.next(); err != nil {
				return err
			}
		}
		s.again = false
		err = s.parse.parse(line, s.row, c)
		s.row++
		if err == nil {
			return nil
		}
		if err = s.bad.add(s.in.number, err); err != nil {
			return err
		}
	}
}

// position names the line read last, for errors found later.
func (s *lineSource) position() (file string, line int64) { return s.in.name, s.in.number }

var errFewColumns = errors.New("the line has fewer columns than the header")
