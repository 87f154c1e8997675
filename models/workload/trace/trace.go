// Package trace reads recorded traffic, one call at a time and in order of
// time, from the formats in which such records are published.
//
// Formats:
//
//	csv        a header and one line per call: time, key and optional place,
//	           service, cpu, bytes, each with a unit suffix (time_ms, bytes_kB)
//	azure2019  Azure Functions 2019: invocations per function and minute, with
//	           the durations and memory files beside it
//	azure2021  Azure Functions 2021: app, func, end_timestamp, duration
//	azurellm   Azure LLM inference: TIMESTAMP, ContextTokens, GeneratedTokens
//	mooncake   chat sessions: timestamp_ms, session, input_tokens, output_tokens
//	clf        Common and Combined Log Format of web servers
//
// Files may be compressed with gzip or zstd. Memory grows with the number of
// keys and places (for azure2019 with the table), never with calls.
package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"berth/sim"
)

// Call is one recorded request.
type Call struct {
	At      sim.Time // since the start of the trace
	Key     int32    // index into Keys
	Place   int32    // index into Places; -1 where the record names none
	Service sim.Time // time in service; -1 where unknown
	CPU     sim.Time // CPU time; -1 where unknown
	Bytes   int64    // response bytes; -1 where unknown
}

// Options say how to read a file. The zero value detects the format and fails
// on the first malformed line.
type Options struct {
	// Format is one of Formats; "" takes the one that Rule belongs to, or that
	// the first line shows.
	Format string
	// Rule names how calls are made from the records: mooncake, azure2021,
	// azure2019 or azurellm_modM with a number M of keys. "" is the rule of the
	// format (for azurellm one key, M = 1).
	Rule string
	// Columns maps a role of csv (time, key, place, service, cpu, bytes, with or
	// without unit suffix) to the header of the column that has it. For clf, key
	// may be host (the default), user or path.
	Columns map[string]string
	// MaxBad is how many malformed lines are skipped before reading fails.
	MaxBad int
	// Speed divides the instants (not the service times); 0 and 1 leave them.
	Speed float64
	// Sort orders calls however far out of order they are, through temporary
	// files if need be. Without it a call may come at most Window calls late.
	// azure2021, which is ordered by the ends of calls, is always sorted.
	Sort bool
	// Durations and Memory are the companion files of azure2019; "" looks for
	// them beside the counts by name.
	Durations, Memory string
	// Data, when not nil, is read instead of the file; the path then only names
	// it in messages.
	Data []byte
}

// Formats lists the values of Options.Format.
var Formats = []string{"csv", "azure2019", "azure2021", "azurellm", "mooncake", "clf"}

// Reader yields the calls of one trace. It is not safe for concurrent use.
type Reader struct {
	format string
	rule   string
	out    source // in order of time
	bad    *badLines
	keys   *names
	places *names
	memory []float64 // by key, MB

	first  bool
	origin sim.Time
	clock  clockOrigin
	speed  float64
	err    error
	call   Call // here, since a variable handed to a source would be allocated
	closer []io.Closer
}

// source yields calls until io.EOF.
type source interface {
	next(c *Call) error
}

// clockOrigin says what the instants of a source count from.
type clockOrigin uint8

const (
	// fromZero: offsets from the start of the trace. They are kept, but for a
	// trace whose first call is before 0, which is moved to begin at 0.
	fromZero clockOrigin = iota
	// fromEpoch: calendar times. The trace begins at its first call.
	fromEpoch
)

// Open reads the trace at path. The caller closes the Reader.
func Open(path string, opt Options) (*Reader, error) {
	if opt.Data != nil {
		return newReader(bytes.NewReader(opt.Data), path, opt)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := newReader(file, path, opt)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r.closer = append(r.closer, file)
	return r, nil
}

// Next returns the next call, in order of At and, for equal instants, of the
// file. It returns io.EOF after the last call, and any other error for ever.
func (r *Reader) Next() (Call, error) {
	if r.err != nil {
		return Call{}, r.err
	}
	if err := r.out.next(&r.call); err != nil {
		r.err = err
		return Call{}, err
	}
	c := r.call
	if r.first {
		r.first = false
		if r.clock == fromEpoch || c.At < 0 {
			r.origin = c.At
		}
	}
	c.At -= r.origin
	if r.speed != 1 {
		c.At = sim.Time(math.Round(float64(c.At) / r.speed))
	}
	return c, nil
}

// Keys lists the names of the keys seen so far, by Call.Key.
func (r *Reader) Keys() []string { return r.keys.list }

// Places lists the names of the places seen so far, by Call.Place.
func (r *Reader) Places() []string { return r.places.list }

// Format is the format that is read.
func (r *Reader) Format() string { return r.format }

// Rule is the rule by which calls are made; "" where the format needs none.
func (r *Reader) Rule() string { return r.rule }

// MemoryMB is the recorded memory of a key in MB; -1 where unknown.
func (r *Reader) MemoryMB(key int32) float64 {
	if int(key) < len(r.memory) {
		return r.memory[key]
	}
	return -1
}

// Bad is the number of malformed lines skipped so far.
func (r *Reader) Bad() int { return r.bad.count }

// BadLines are the first malformed lines skipped, ten at most.
func (r *Reader) BadLines() []error { return r.bad.sample }

// Close ends the reading and removes temporary files.
func (r *Reader) Close() error {
	if r.err == nil {
		r.err = errors.New("the trace is closed")
	}
	var errs []error
	for _, c := range r.closer {
		errs = append(errs, c.Close())
	}
	r.closer = nil
	return errors.Join(errs...)
}

// names gives each distinct text an index in order of appearance.
type names struct {
	index map[string]int32
	list  []string
}

func newNames() *names { return &names{index: map[string]int32{}} }

// of returns the index of a name; a known one costs no allocation.
func (n *names) of(name []byte) int32 {
	if i, ok := n.index[string(name)]; ok {
		return i
	}
	i := int32(len(n.list))
	text := string(name)
	n.index[text] = i
	n.list = append(n.list, text)
	return i
}

// LineError is a malformed line.
type LineError struct {
	File string
	Line int64 // from 1
	Msg  string
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// badLines counts malformed lines against what is allowed.
type badLines struct {
	file    string
	allowed int
	count   int
	sample  []error
}

// add takes note of a malformed line; the error is not nil when it is one too
// many.
func (b *badLines) add(line int64, problem error) error {
	err := &LineError{b.file, line, problem.Error()}
	b.count++
	if len(b.sample) < 10 {
		b.sample = append(b.sample, err)
	}
	if b.count <= b.allowed {
		return nil
	}
	if b.allowed == 0 {
		return err
	}
	return fmt.Errorf("%w (malformed line %d of at most %d)", err, b.count, b.allowed)
}
