package trace

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"berth/sim"
)

// sortChunk is how many calls are sorted in memory, 10 MB of them.
const sortChunk = 1 << 18

// sorter puts the calls of a file in order however they come. It sorts chunks
// in memory, writes each but the last to a temporary file, and merges them:
// memory is one chunk and a small buffer for each run of 2^18 calls. Calls of
// one instant keep the order of the file.
type sorter struct {
	in    source
	size  int
	ready bool
	file  *os.File
	ends  []int64 // of the runs in the file, bytes
	chunk []Call
	runs  []run
	heap  []int // of runs, by (At, run)
}

// run is a sorted sequence, in memory or in the file.
type run struct {
	head Call
	mem  []Call
	file *bufio.Reader
}

func (s *sorter) next(c *Call) error {
	if !s.ready {
		if err := s.prepare(); err != nil {
			return err
		}
		s.ready = true
	}
	if len(s.heap) == 0 {
		return io.EOF
	}
	top := s.heap[0]
	*c = s.runs[top].head
	more, err := s.runs[top].advance()
	if err != nil {
		return fmt.Errorf("reading back sorted calls: %w", err)
	}
	if !more {
		n := len(s.heap) - 1
		s.heap[0] = s.heap[n]
		s.heap = s.heap[:n]
	}
	s.sift(0)
	return nil
}

// prepare reads the whole input into sorted runs.
func (s *sorter) prepare() error {
	err := drain(s.in, func(c *Call) error {
		if len(s.chunk) == s.size {
			if err := s.spill(); err != nil {
				return fmt.Errorf("sorting the trace through a temporary file: %w", err)
			}
		}
		s.chunk = append(s.chunk, *c)
		return nil
	})
	if err != nil {
		return err
	}
	from := int64(0)
	for _, end := range s.ends {
		s.runs = append(s.runs, run{file: bufio.NewReaderSize(io.NewSectionReader(s.file, from, end-from), 1<<14)})
		from = end
	}
	sortCalls(s.chunk)
	s.runs = append(s.runs, run{mem: s.chunk})
	for i := range s.runs {
		more, err := s.runs[i].advance()
		if err != nil {
			return err
		}
		if more {
			s.heap = append(s.heap, i)
		}
	}
	for i := len(s.heap)/2 - 1; i >= 0; i-- {
		s.sift(i)
	}
	return nil
}

func sortCalls(calls []Call) {
	slices.SortStableFunc(calls, func(a, b Call) int { return cmp.Compare(a.At, b.At) })
}

// spill appends the chunk as a run to the temporary file.
func (s *sorter) spill() error {
	sortCalls(s.chunk)
	if s.file == nil {
		file, err := os.CreateTemp("", "berth-trace-*")
		if err != nil {
			return err
		}
		s.file = file
	}
	w := bufio.NewWriterSize(s.file, 1<<16)
	var record [recordSize]byte
	for i := range s.chunk {
		encode(&record, &s.chunk[i])
		if _, err := w.Write(record[:]); err != nil {
			return err
		}
	}
	end := int64(len(s.chunk)) * recordSize
	if n := len(s.ends); n > 0 {
		end += s.ends[n-1]
	}
	s.ends = append(s.ends, end)
	s.chunk = s.chunk[:0]
	return w.Flush()
}

// sift restores the order of the heap below i.
func (s *sorter) sift(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(s.heap); child++ {
			if s.before(s.heap[child], s.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		s.heap[i], s.heap[least] = s.heap[least], s.heap[i]
		i = least
	}
}

func (s *sorter) before(a, b int) bool {
	x, y := s.runs[a].head.At, s.runs[b].head.At
	return x < y || x == y && a < b
}

// Close removes the temporary file.
func (s *sorter) Close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	return errors.Join(s.file.Close(), os.Remove(name))
}

// advance puts the run's next call into head.
func (r *run) advance() (bool, error) {
	if r.file == nil {
		if len(r.mem) == 0 {
			return false, nil
		}
		r.head, r.mem = r.mem[0], r.mem[1:]
		return true, nil
	}
	record, err := r.file.Peek(recordSize)
	if len(record) == 0 && err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.head = decode(record)
	_, err = r.file.Discard(recordSize)
	return true, err
}

const recordSize = 40

func encode(b *[recordSize]byte, c *Call) {
	binary.LittleEndian.PutUint64(b[0:], uint64(c.At))
	binary.LittleEndian.PutUint64(b[8:], uint64(c.Service))
	binary.LittleEndian.PutUint64(b[16:], uint64(c.CPU))
	binary.LittleEndian.PutUint64(b[24:], uint64(c.Bytes))
	binary.LittleEndian.PutUint32(b[32:], uint32(c.Key))
	binary.LittleEndian.PutUint32(b[36:], uint32(c.Place))
}

func decode(b []byte) Call {
	return Call{
		At:      sim.Time(binary.LittleEndian.Uint64(b[0:])),
		Service: sim.Time(binary.LittleEndian.Uint64(b[8:])),
		CPU:     sim.Time(binary.LittleEndian.Uint64(b[16:])),
		Bytes:   int64(binary.LittleEndian.Uint64(b[24:])),
		Key:     int32(binary.LittleEndian.Uint32(b[32:])),
		Place:   int32(binary.LittleEndian.Uint32(b[36:])),
	}
}
