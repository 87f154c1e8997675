package trace

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/sim"

	"github.com/klauspost/compress/zstd"
)

const ms = sim.Millisecond

// all reads a trace to its end.
func all(t testing.TB, r *Reader, err error) []Call {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var calls []Call
	for {
		c, err := r.Next()
		if err == io.EOF {
			return calls
		}
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
}

func same(t *testing.T, what string, got, want []Call) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d calls, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: call %d is %+v, want %+v", what, i, got[i], want[i])
		}
	}
}

func text(s string, opt Options) (*Reader, error) {
	return newReader(strings.NewReader(s), "test.csv", opt)
}

func TestCallTable(t *testing.T) {
	r, err := Open("testdata/calls.csv", Options{})
	got := all(t, r, err)
	same(t, "calls.csv", got, []Call{
		{0, 0, 0, 12_500_000, 800_000, 1500},
		{123_456_790, 0, 1, sim.Second, 2500, -1},
		{250 * ms, 1, -1, 7 * ms, -1, 0},
	})
	if !slices.Equal(r.Keys(), []string{"a", `b,"x"`}) || !slices.Equal(r.Places(), []string{"Berlin", "Sao Paulo"}) || r.Format() != "csv" {
		t.Errorf("keys %q, places %q, format %s", r.Keys(), r.Places(), r.Format())
	}
}

func TestColumnsByOtherNames(t *testing.T) {
	const file = "\ufeffstart,function,took_ms,key\r\n1500,f,3,zero\r\n\r\n1600,g,4,one"
	r, err := text(file, Options{Columns: map[string]string{"time_ms": "start", "key": "function", "service": "took_ms"}})
	same(t, "mapped", all(t, r, err), []Call{{1500 * ms, 0, -1, 3 * ms, -1, -1}, {1600 * ms, 1, -1, 4 * ms, -1, -1}})
	if !slices.Equal(r.Keys(), []string{"f", "g"}) {
		t.Errorf("keys %q", r.Keys())
	}
}

// Calendar times count from the first call, offsets from the start of the trace.
func TestOrigins(t *testing.T) {
	for header, rows := range map[string]string{
		"time":    "2024-02-29T23:59:59.5Z,k\n2024-03-01 01:00:00+01:00,k\n2024-02-29T23:59:58.75Z,k\n",
		"time_s":  "1709251199.5,k\n1709251200,k\n1709251198.75,k\n",
		"time_ms": "1709251199500,k\n1709251200000,k\n1709251198750,k\n",
	} {
		r, err := text(header+",key\n"+rows, Options{})
		var at []sim.Time
		for _, c := range all(t, r, err) {
			at = append(at, c.At)
		}
		if !slices.Equal(at, []sim.Time{0, 750 * ms, 1250 * ms}) {
			t.Errorf("%s: instants %v", header, at)
		}
	}
	r, err := text("time_s,key\n50,a\n70,a\n", Options{Speed: 4})
	same(t, "offsets", all(t, r, err), []Call{{12500 * ms, 0, -1, -1, -1, -1}, {17500 * ms, 0, -1, -1, -1, -1}})
}

func TestLogFormat(t *testing.T) {
	r, err := Open("testdata/access.log", Options{})
	same(t, "access.log", all(t, r, err), []Call{
		{0, 2, -1, -1, -1, 7}, {sim.Second, 0, -1, -1, -1, 512}, {3 * sim.Second, 1, -1, -1, -1, 0},
	})
	if !slices.Equal(r.Keys(), []string{"10.0.0.1", "10.0.0.2", "::1"}) {
		t.Errorf("keys %q", r.Keys())
	}
	for by, want := range map[string][]string{"path": {"/a", `/say/"hi"`, "/b"}, "user": {"-", "ann"}} {
		r, err := Open("testdata/access.log", Options{Columns: map[string]string{"key": by}})
		all(t, r, err)
		if !slices.Equal(r.Keys(), want) {
			t.Errorf("by %s: keys %q, want %q", by, r.Keys(), want)
		}
	}
}

func TestAzure2019(t *testing.T) {
	r, err := Open("testdata/azure2019_mini_invocations.csv", Options{})
	f, g := 120*ms, 7*ms
	same(t, "azure2019", all(t, r, err), []Call{
		{10_000 * ms, 1, -1, g, -1, -1}, {30_000 * ms, 1, -1, g, -1, -1}, {50_000 * ms, 1, -1, g, -1, -1},
		{75_000 * ms, 0, -1, f, -1, -1}, {75_000 * ms, 1, -1, g, -1, -1}, {105_000 * ms, 0, -1, f, -1, -1}, {105_000 * ms, 1, -1, g, -1, -1},
		{150_000 * ms, 0, -1, f, -1, -1},
	})
	if m := []float64{r.MemoryMB(0), r.MemoryMB(1), r.MemoryMB(2)}; !slices.Equal(m, []float64{188, 188, -1}) {
		t.Errorf("memory %v", m)
	}
	counts, err := os.ReadFile("testdata/azure2019_mini_invocations.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err = newReader(bytes.NewReader(counts), "alone.csv", Options{})
	for _, c := range all(t, r, err) {
		if c.Service != -1 {
			t.Fatalf("without a durations file: %+v", c)
		}
	}
	if _, err = Open("testdata/azure2019_mini_invocations.csv", Options{Durations: "testdata/none.csv"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing durations file gives %v", err)
	}
}

func TestAzure2021IsSortedByStart(t *testing.T) {
	r, err := Open("testdata/azure2021_mini.csv", Options{})
	same(t, "azure2021", all(t, r, err), []Call{
		{1 * ms, 0, -1, 78 * ms, -1, -1}, {10 * ms, 0, -1, 5590 * ms, -1, -1}, {5000 * ms, 1, -1, 500 * ms, -1, -1},
	})
	// A call that began before the recording moves the whole trace.
	r, err = text("app,func,end_timestamp,duration\na,f,1,3\nb,f,1.5,0.5\n", Options{})
	same(t, "early start", all(t, r, err), []Call{{0, 0, -1, 3000 * ms, -1, -1}, {3000 * ms, 1, -1, 500 * ms, -1, -1}})
}

func TestTokenTraces(t *testing.T) {
	r, err := text("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,1,8\n2023-11-16 18:17:04.0781490,1,27\n",
		Options{Rule: "azurellm_mod2"})
	same(t, "azurellm", all(t, r, err), []Call{{0, 0, -1, 500 * ms, -1, -1}, {52 * ms, 1, -1, 440 * ms, -1, -1}, {99 * ms, 0, -1, 1010 * ms, -1, -1}})
	r, err = text("timestamp_ms,session,input_tokens,output_tokens\n0,7,1,500\n3000,9,1,0\n", Options{})
	same(t, "mooncake", all(t, r, err), []Call{{0, 0, -1, 10_500 * ms, -1, -1}, {3000 * ms, 1, -1, 500 * ms, -1, -1}})
	if r.Rule() != "mooncake" {
		t.Errorf("rule %q", r.Rule())
	}
}

func TestCompressedFiles(t *testing.T) {
	plain, err := os.ReadFile("testdata/azure2019_mini_invocations.csv")
	if err != nil {
		t.Fatal(err)
	}
	durations, err := os.ReadFile("testdata/azure2019_mini_durations.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open("testdata/azure2019_mini_invocations.csv", Options{})
	want := all(t, r, err)
	for suffix, pack := range map[string]func(io.Writer) io.WriteCloser{
		".gz":  func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		".zst": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
	} {
		dir := t.TempDir()
		for name, data := range map[string][]byte{"my_invocations.csv": plain, "my_durations.csv": durations} {
			var b bytes.Buffer
			z := pack(&b)
			if _, err := z.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+suffix), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, "my_invocations.csv"+suffix)
		r, err := Open(path, Options{})
		same(t, suffix, all(t, r, err), want)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = newReader(bytes.NewReader(whole[:len(whole)-9]), "cut"+suffix, Options{}); err == nil {
			t.Errorf("%s: a file that was cut short is read without an error", suffix)
		}
	}
}

func TestMalformedLines(t *testing.T) {
	const file = "time_s,key,service_ms\n0,a,1\nx,a,1\n1,a\n2,a,1,9\n3,a,-1\n4,\"a,1\n5,b,1\n"
	r, err := text(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.Next(); err != nil || c.At != 0 {
		t.Fatalf("the good call before the bad line: %+v, %v", c, err)
	}
	var bad *LineError
	if _, err = r.Next(); !errors.As(err, &bad) || bad.Line != 3 || !strings.HasPrefix(err.Error(), "test.csv:3: time") {
		t.Errorf("got %v", err)
	}
	r, err = text(file, Options{MaxBad: 4})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next()
	}
	if !errors.As(err, &bad) || bad.Line != 7 || !strings.Contains(err.Error(), "malformed line 5 of at most 4") {
		t.Errorf("got %v", err)
	}
	r, err = text(file, Options{MaxBad: 5})
	if calls := all(t, r, err); len(calls) != 2 || r.Bad() != 5 || len(r.BadLines()) != 5 {
		t.Errorf("%d calls, %d bad, %v", len(calls), r.Bad(), r.BadLines())
	}
	// The counts of a malformed row must not reach another function.
	r, err = text("HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,t,1,x\no,a,g,t,0,1\n", Options{MaxBad: 1})
	same(t, "minutes", all(t, r, err), []Call{{90_000 * ms, 0, -1, -1, -1, -1}})
	if r.Bad() != 1 || r.Keys()[0] != "g" {
		t.Errorf("%d bad, keys %q", r.Bad(), r.Keys())
	}
}

func TestWhatCannotBeOpened(t *testing.T) {
	for _, c := range []struct {
		file string
		opt  Options
		want []string
	}{
		{"", Options{}, []string{"empty"}},
		{"a,b\n1,2\n", Options{}, []string{"no column for time", "no column for key"}},
		{"time_h,key,cpu\n", Options{}, []string{"time_h", "cpu", "unit"}},
		{"t,key\n", Options{Columns: map[string]string{"time_s": "zz", "colour": "t"}}, []string{`"zz"`, `"colour"`}},
		{"time_s,key\n", Options{Format: "xml"}, []string{"xml", "azure2019"}},
		{"time_s,key\n", Options{Rule: "azurellm_mod0"}, []string{"azurellm_mod0"}},
		{"time_s,key\n", Options{Rule: "magic"}, []string{"magic", "azurellm_mod4"}},
		{"time_s,key\n", Options{Rule: "mooncake"}, []string{"timestamp_ms", "session", "output_tokens"}},
		{"time_s,key\n", Options{Rule: "mooncake", Format: "csv"}, []string{"does not fit"}},
		{"time_s,key\n", Options{Speed: -1}, []string{"speed"}},
		{"app,func,end_timestamp,duration\n", Options{Columns: map[string]string{"key": "func"}}, []string{"fixed"}},
		{"HashOwner,HashApp,HashFunction,Trigger,1,2,4\n", Options{}, []string{"minutes"}},
	} {
		_, err := text(c.file, c.opt)
		if err == nil {
			t.Errorf("%q %+v opens", c.file, c.opt)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q %+v: %q is not in %v", c.file, c.opt, part, err)
			}
		}
	}
}

// shuffled is the calls of a file whose times are out of order by at most reach,
// with many ties, and the order that is right.
func shuffled(n, reach int) (file string, want []Call) {
	random := rand.New(rand.NewPCG(1, uint64(reach)))
	var b strings.Builder
	b.WriteString("time_ms,key,bytes\n")
	for i := range n {
		at := (i + random.IntN(reach)) / 4
		fmt.Fprintf(&b, "%d,k%d,%d\n", at, i%7, i)
		want = append(want, Call{sim.Time(at) * ms, int32(i % 7), -1, -1, -1, int64(i)})
	}
	slices.SortStableFunc(want, func(a, b Call) int { return int(a.At - b.At) })
	return b.String(), want
}

func TestOrderWithinTheWindow(t *testing.T) {
	for _, reach := range []int{1, 50, Window} {
		file, want := shuffled(80_000, reach)
		r, err := text(file, Options{})
		same(t, fmt.Sprintf("reach %d", reach), all(t, r, err), want)
	}
}

func TestOrderBeyondTheWindow(t *testing.T) {
	file, want := shuffled(80_000, 80_000)
	r, err := text(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for ; err == nil; seen++ {
		_, err = r.Next()
	}
	var late *LineError
	if !errors.As(err, &late) || late.Line <= Window || !strings.Contains(late.Msg, "sort the file") {
		t.Errorf("got %v after %d calls", err, seen)
	}
	r, err = text(file, Options{Sort: true})
	same(t, "sorted in memory", all(t, r, err), want)

	t.Setenv("TMPDIR", t.TempDir())
	r, err = text(file, Options{Sort: true})
	if err != nil {
		t.Fatal(err)
	}
	r.out.(*sorter).size = 999
	same(t, "sorted in runs", all(t, r, nil), want)
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		text   string
		digits int
		want   int64
		ok     bool
	}{
		{"0", 9, 0, true}, {"1.5", 3, 1500, true}, {"-1.5", 0, -2, true}, {"2.5", 0, 3, true}, {"2.49999999999999999999999", 0, 2, true},
		{"0.07949090003967285", 3, 79, true}, {".5", 1, 5, true}, {"5.", 1, 50, true}, {"+7", 0, 7, true}, {"1.5e-3", 6, 1500, true},
		{"9223372036854775807", 0, 0, false}, {"922337203685477579", 0, 922337203685477579, true}, {"1e400", 0, 0, false},
		{"", 0, 0, false}, {".", 0, 0, false}, {"-", 0, 0, false}, {"1x", 0, 0, false}, {"NaN", 0, 0, false}, {"inf", 0, 0, false},
		{"0x1p3", 0, 0, false}, {"1_0", 0, 0, false}, {"1 ", 0, 0, false}, {"9999999999", 9, 0, false},
	} {
		got, ok := decimal([]byte(c.text), c.digits)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("decimal(%q, %d) = %d, %v; want %d, %v", c.text, c.digits, got, ok, c.want, c.ok)
		}
	}
}

func TestNextDoesNotAllocatePerCall(t *testing.T) {
	r, err := text(plainCalls(60_000), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 { // every key is known
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(50_000, func() {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per call", n)
	}
}

// plainCalls is a table of n calls in order, 1,000 keys.
func plainCalls(n int) string {
	random := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("time_ms,key,service_ms,bytes\n")
	at := 0
	for range n {
		at += random.IntN(20)
		fmt.Fprintf(&b, "%d,user-%d,%d.%d,%d\n", at, random.IntN(1000), random.IntN(900), random.IntN(10), random.IntN(100_000))
	}
	return b.String()
}

func BenchmarkNext(b *testing.B) {
	file := plainCalls(200_000)
	b.ReportAllocs()
	calls := 0
	for b.Loop() {
		r, err := text(file, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
			calls++
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(calls), "ns/call")
	b.ReportMetric(float64(calls)/b.Elapsed().Seconds(), "calls/s")
}
