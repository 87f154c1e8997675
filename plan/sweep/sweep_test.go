package sweep

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"berth/models/result"
)

const small = `name: small
as_of: 2026-11-01
duration: 20m
apps:
  web:
    instance_type: lite
    max_instances: 12
    sleep_after: 2m
    work: {cpu: 20ms}
    traffic:
      - {requests: 30/min, markets: {DE: 1}}
`

func options(dir string) Options {
	return Options{Name: "small.yaml", Source: []byte(small), N: 2, Workers: 2, Dir: dir, Tool: "berth test",
		Axes: []result.SweepAxis{{Path: "apps.web.sleep_after", Values: []string{"1m", "4m"}}, {Path: "apps.web.instance_type", Values: []string{"lite", "nothing", "basic"}}}}
}

func sweepOf(t *testing.T, opt Options) *result.Sweep {
	t.Helper()
	s, err := Run(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, dir string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, RecordFile))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSweepRunsEveryCellThatCanBe(t *testing.T) {
	s := sweepOf(t, options(""))
	if s.Partial || len(s.Cells) != 6 {
		t.Fatalf("partial %v, %d cells", s.Partial, len(s.Cells))
	}
	front := 0
	for i, c := range s.Cells {
		if refused := i%3 == 1; refused != (c.Refused != "") || refused == (c.Runs == 2) {
			t.Errorf("cell %v: refused %q, %d runs", c.Values, c.Refused, c.Runs)
		}
		if m, ok := result.Find(c.Metrics, result.Key{Name: "bill"}); c.Refused == "" && (!ok || m.Mean < 5 || len(m.Values) != 2) {
			t.Errorf("cell %v: bill %+v", c.Values, m)
		}
		if c.Front {
			front++
		}
	}
	if front == 0 {
		t.Error("no cell is on the front")
	}
	cheap, _ := result.Find(s.Cells[0].Metrics, result.Key{Name: "bill"})
	dear, _ := result.Find(s.Cells[5].Metrics, result.Key{Name: "bill"})
	if cheap.Mean >= dear.Mean {
		t.Errorf("a small instance that sleeps early costs %v, a larger one that sleeps late %v", cheap.Mean, dear.Mean)
	}
}

func TestRecordDoesNotShowInTheResult(t *testing.T) {
	plain := sweepOf(t, options(""))
	dir := t.TempDir()
	opt := options(dir)
	opt.Workers = 1
	if s := sweepOf(t, opt); !reflect.DeepEqual(s, plain) {
		t.Error("a record or the number of workers changes the result")
	}
	whole := read(t, dir)
	if n := bytes.Count(whole, []byte("\n")); n != 8 {
		t.Fatalf("%d lines for 8 runs", n)
	}
	// After a kill at any byte the sweep goes on and ends the same.
	for _, size := range []int{0, 1, len(whole) / 3, bytes.IndexByte(whole, '\n') + 1, len(whole) - 1, len(whole)} {
		if err := os.WriteFile(filepath.Join(dir, RecordFile), whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if s := sweepOf(t, opt); !reflect.DeepEqual(s, plain) {
			t.Errorf("cut at byte %d of %d the sweep ends otherwise", size, len(whole))
		}
		if !bytes.Equal(read(t, dir), whole) {
			t.Errorf("cut at byte %d of %d the record ends otherwise", size, len(whole))
		}
	}
	// Fewer replications take a part of the record, more go on from it.
	opt.N = 1
	sweepOf(t, opt)
	if !bytes.Equal(read(t, dir), whole) {
		t.Error("fewer replications change the record")
	}
	opt.N = 3
	opt.Progress = func(done, total, kept int) {
		if kept != 8 || total != 12 {
			t.Errorf("%d of %d kept", kept, total)
		}
	}
	sweepOf(t, opt)
	if !bytes.HasPrefix(read(t, dir), whole) {
		t.Error("the record is not only appended to")
	}
}

func TestRecordOfAnotherSweepIsRefused(t *testing.T) {
	dir := t.TempDir()
	sweepOf(t, options(dir))
	before := read(t, dir)
	for name, change := range map[string]func(*Options){
		"scenario": func(o *Options) { o.Source = append([]byte("# other\n"), o.Source...) },
		"override": func(o *Options) { o.Sets = []string{"seed=2"} },
		"version":  func(o *Options) { o.Tool = "berth other" },
		"axes":     func(o *Options) { o.Axes = o.Axes[:1] },
	} {
		opt := options(dir)
		change(&opt)
		_, err := Run(context.Background(), opt)
		var other *OtherError
		if !errors.As(err, &other) || !strings.Contains(err.Error(), "nothing was overwritten") {
			t.Errorf("another %s: %v", name, err)
		}
		if !bytes.Equal(read(t, dir), before) {
			t.Errorf("another %s changed the record", name)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, RecordFile), append([]byte("{damaged}\n"), before...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), options(dir)); err == nil || !strings.Contains(err.Error(), "line 1 is damaged") {
		t.Errorf("a damaged record: %v", err)
	}
}

func TestInfeasibleGridSaysWhy(t *testing.T) {
	opt := options("")
	opt.Axes = []result.SweepAxis{{Path: "apps.web.sleep_aftr", Values: []string{"1m", "2m"}}}
	var none *InfeasibleError
	if _, err := Run(context.Background(), opt); !errors.As(err, &none) || !strings.Contains(err.Error(), `did you mean "apps.web.sleep_after"`) || len(none.Reasons) != 1 {
		t.Errorf("%v", err)
	}
	opt.Axes = nil
	if _, err := Run(context.Background(), opt); err == nil {
		t.Error("an empty grid runs")
	}
}

func TestInterruptedSweepIsPartial(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	opt := options(dir)
	opt.Workers = 1
	opt.Progress = func(done, _, _ int) {
		if done == 3 {
			cancel()
		}
	}
	s, err := Run(ctx, opt)
	if err != nil || !s.Partial || bytes.Count(read(t, dir), []byte("\n")) != 3 {
		t.Fatalf("%v, %+v", err, s)
	}
	opt.Progress = nil
	if s := sweepOf(t, opt); !reflect.DeepEqual(s, sweepOf(t, options(""))) {
		t.Error("it goes on to another result")
	}
}

// full is a file on a disk with room for some bytes.
type full struct {
	bytes.Buffer
	room int
}

func (f *full) Write(p []byte) (int, error) {
	if n := f.room - f.Len(); n < len(p) {
		f.Buffer.Write(p[:n])
		return n, errors.New("no space left on device")
	}
	return f.Buffer.Write(p)
}
func (f *full) Close() error { return nil }
func (f *full) Truncate(size int64) error {
	f.Buffer.Truncate(int(size))
	return nil
}

func TestFullDiskLeavesAValidRecord(t *testing.T) {
	f := &full{room: 250}
	r := &record{f: f}
	var err error
	n := 0
	for ; err == nil && n < 100; n++ {
		err = r.add(line{Cell: n, Metrics: []value{{Name: "bill"}}})
	}
	if err == nil {
		t.Fatal("the disk is never full")
	}
	lines, whole, err := readLines(f.Bytes())
	if err != nil || len(lines) != n-1 || int(whole) != f.Len() || len(lines) == 0 {
		t.Errorf("%d lines of %d, %v", len(lines), n-1, err)
	}
}

func FuzzReadLines(f *testing.F) {
	f.Add([]byte(`{"cell":0,"replication":0,"metrics":[]}` + "\n" + `{"cell":1`))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, whole, err := readLines(text)
		if err != nil {
			return
		}
		again, size, err := readLines(text[:whole])
		if err != nil || size != whole || len(again) != len(lines) {
			t.Errorf("%q: %d lines, then %d, %v", text, len(lines), len(again), err)
		}
	})
}
