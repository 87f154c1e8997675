package validate

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"berth/models/theory"
)

// brief are runs so short that the whole suite takes a few seconds. Their
// intervals are wide, and those of slow processes do not cover as they should.
var brief = sizes{replications: 20, perRun: 200, mostPerRun: 800}

func mustRun(t *testing.T, opt Options, size sizes) *Report {
	t.Helper()
	r, err := run(context.Background(), opt, size)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every embedded row runs, and every value that needs no simulation agrees.
func TestEmbeddedSuite(t *testing.T) {
	r := mustRun(t, Options{}, brief)
	seen := map[string]int{}
	for _, row := range r.Rows {
		seen[row.Model]++
		if row.Verdict == Failed || len(row.Wrong) > 0 {
			t.Errorf("%s %s: reference %s, simulated %s: %s", row.Model, row.Case, row.Reference, row.simulatedText(), row.Why)
		}
	}
	for _, m := range theory.Suite {
		if seen[m.Name()] == 0 {
			t.Errorf("no row of %s", m.File)
		}
		_, simulated := simulations[m.Name()]
		if simulated != (m.Primary != "") {
			t.Errorf("%s: primary column %q, simulated: %v", m.File, m.Primary, simulated)
		}
	}
	for _, f := range exactFiles {
		if seen[strings.TrimSuffix(f.name, ".csv")] == 0 {
			t.Errorf("no row of %s", f.name)
		}
	}
	if r.Coverage.Rows < 100 || r.Coverage.Covered < r.Coverage.Rows*8/10 {
		t.Errorf("%d of %d intervals cover", r.Coverage.Covered, r.Coverage.Rows)
	}
	replays := 0
	for _, row := range r.Rows {
		if row.Model == "trace_replay" && row.Verdict == Agrees {
			replays++
		}
	}
	if replays < 7 {
		t.Errorf("%d replays of the embedded trace agree, want 7", replays)
	}
}

// The same bytes for any number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	dir := t.TempDir()
	copyCases(t, dir, "mm1.csv", "engset.csv", "lru_exact.csv", "replications.csv")
	var first bytes.Buffer
	for k, workers := range []int{1, 3, 7} {
		var out bytes.Buffer
		if err := mustRun(t, Options{Cases: dir, Workers: workers}, brief).JSON(&out); err != nil {
			t.Fatal(err)
		}
		if k == 0 {
			first = out
		} else if !bytes.Equal(first.Bytes(), out.Bytes()) {
			t.Errorf("%d workers write something else", workers)
		}
	}
}

func copyCases(t *testing.T, dir string, names ...string) {
	t.Helper()
	files, err := openCases("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), files.file[name], 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A wrong reference fails, by the formula and by the simulator; each says so.
func TestWrongReferencesFail(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mm1.csv", "case,lambda_per_s,mu_per_s,L,W_s\nright,0.5,1,1,2\nwrong L,0.5,1,1.1,2\nwrong W,0.5,1,1,3\nno steady state,2,1,1,1\n")
	write(t, dir, "replications.csv", "set,values_a,values_b,n,mean_a,sd_a,half_width_95_a,half_width_99_a,mean_diff_a_minus_b,paired_half_width_95,welch_half_width_95\n"+
		"r,1 2 3,1 2 4,3,2.5,1,2.48413771175,5.73067903077,-0.333333333333,1.43421767499,3.5\n")
	r := mustRun(t, Options{Cases: dir}, brief)
	verdicts := map[string]Row{}
	for _, row := range r.Rows {
		verdicts[row.Model+" "+row.Case] = row
	}
	for name, want := range map[string]string{"mm1 wrong L": "L is 1", "mm1 wrong W": "W_s is 2", "mm1 no steady state": "steady", "replications r": "mean_a is 2"} {
		if row := verdicts[name]; row.Verdict != Failed || !strings.Contains(row.Why, want) {
			t.Errorf("%s: %s %q, want a failure that says %q", name, row.Verdict, row.Why, want)
		}
	}
	if row := verdicts["mm1 right"]; row.Verdict == Failed {
		t.Errorf("right: %s", row.Why)
	}
	if r.OK() || r.Failures() < 4 {
		t.Errorf("%d failures", r.Failures())
	}
	if s := strings.Join(r.Summary(), "\n"); !strings.Contains(s, "FAILED: 4 rows") {
		t.Error(s)
	}
}

// The simulator alone fails a reference that is far off.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		mean, half, se float64
		events         int64
		want           Verdict
	}{
		{10, 1, 0, 500, Covered}, {10.9, 1, 0, 500, Covered}, {12, 1, 0, 500, NotCovered}, {14.1, 1, 0, 500, Failed},
		{12, 1, 1, 500, Covered}, {10, 1, 0, 29, NotTestable}, {10, 0, 0, 500, NotTestable},
	} {
		var row Row
		judge(&row, Estimate{Mean: c.mean, Half: c.half, Events: c.events}, 20, 10, c.se)
		if row.Verdict != c.want {
			t.Errorf("%+v: %s", c, row.Verdict)
		}
	}
}

func TestCoverageBandFails(t *testing.T) {
	var rows []Row
	for k := range 100 {
		v := Covered
		if k < 15 {
			v = NotCovered
		}
		rows = append(rows, Row{Verdict: v, counts: true})
	}
	if c := coverage(rows); c.OK || c.Rows != 100 || c.Covered != 85 || c.Lo != 86 && c.Lo != 87 {
		t.Errorf("%+v", c)
	}
	if c := coverage(rows[15:40]); !c.OK {
		t.Errorf("%+v", c)
	}
}

func TestDirectories(t *testing.T) {
	dir := t.TempDir()
	copyCases(t, dir, "ttl_cache.csv")
	write(t, dir, "README.md", "not a case")
	write(t, dir, "strange.csv", "a,b\n1,2\n")
	r := mustRun(t, Options{Cases: dir}, brief)
	skipped := 0
	for _, row := range r.Rows {
		if row.Verdict == Skipped && strings.HasPrefix(row.Why, "there is no file") {
			skipped++
		}
	}
	if want := len(theory.Suite) + len(exactFiles) - 1; skipped != want {
		t.Errorf("%d files skipped, want %d", skipped, want)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "strange.csv") {
		t.Errorf("notes: %q", r.Notes)
	}
}

func TestMistakesInFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mm1.csv", "case,lambda_per_s,mu_per_s,colour\na,0.5,1,red\n")
	write(t, dir, "bills.csv", "case,discription\nb,1\n")
	write(t, dir, "mmc.csv", "case,lambda_per_s,mu_per_s,c\na,1\n")
	_, err := Run(context.Background(), Options{Cases: dir})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"unknown column colour", "unknown column discription", "missing column description", "mmc.csv:2: 2 cells"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	for _, opt := range []Options{{Cases: filepath.Join(dir, "nothing")}, {Cases: filepath.Join(dir, "mm1.csv")}, {Cases: t.TempDir()}, {RTT: "x"}} {
		if _, err := Run(context.Background(), opt); err == nil {
			t.Errorf("%+v: no error", opt)
		}
	}
}

func TestOwnMatrix(t *testing.T) {
	dir := t.TempDir()
	sites := write(t, dir, "sites.csv", "source,site,city,country_iso2,lat,lon\nazure,one,London,GB,51.5,-0.13\nazure,two,Frankfurt,DE,50.1,8.7\nother,one,Tokyo,JP,35.7,139.7\n")
	rtt := write(t, dir, "rtt.csv", "a,b,rtt_ms,km,jitter\none,two,14,638,3\n")
	r := mustRun(t, Options{Cases: emptyCases(t), RTT: rtt, Sites: sites, Source: "azure"}, brief)
	rows := 0
	for _, row := range r.Rows {
		if row.Model == "network" {
			rows++
			if row.Simulated == nil || row.Checked != 1 {
				t.Errorf("%+v", row)
			}
		}
	}
	if rows != 2 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "jitter") {
		t.Errorf("%d rows, notes %q", rows, r.Notes)
	}
	for want, opt := range map[string]Options{
		"--source":             {RTT: rtt, Sites: sites},
		"no site of source":    {RTT: rtt, Sites: sites, Source: "nobody"},
		"there is no site":     {RTT: write(t, dir, "r2.csv", "a,b,rtt_ms\none,three,5\n"), Sites: sites, Source: "azure"},
		"not a time above 0":   {RTT: write(t, dir, "r3.csv", "a,b,rtt_ms\none,two,-5\n"), Sites: sites, Source: "azure"},
		"no column rtt_ms":     {RTT: write(t, dir, "r4.csv", "a,b\none,two\n"), Sites: sites, Source: "azure"},
		"there is no pair":     {RTT: write(t, dir, "r5.csv", "a,b,rtt_ms\n"), Sites: sites, Source: "azure"},
		"are no coordinates":   {RTT: rtt, Sites: write(t, dir, "s2.csv", "site,lat,lon\none,north,1\ntwo,2,3\n")},
		"there is no country ": {RTT: rtt, Sites: write(t, dir, "s3.csv", "site,lat,lon,country_iso2\none,1,1,XX\ntwo,2,3,DE\n")},
	} {
		opt.Cases = emptyCases(t)
		_, err := Run(context.Background(), opt)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) && want != "there is no country " {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// emptyCases is a directory whose one file has no row.
func emptyCases(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, "staffing.csv", "case,offered_erlangs,max_p_reject,max_p_wait,max_Wq_s_for_1s_service\n")
	return dir
}

func TestForms(t *testing.T) {
	dir := t.TempDir()
	copyCases(t, dir, "mm1.csv", "bills.csv")
	write(t, dir, "erlang_b.csv", "case,offered_erlangs,c_max_instances,p_reject\n<b>x</b>,2,2,0.4\n")
	r := mustRun(t, Options{Cases: dir}, brief)
	var text, js, page bytes.Buffer
	for _, f := range []func() error{func() error { return r.Text(&text) }, func() error { return r.JSON(&js) }, func() error { return r.HTML(&page) }} {
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	var back Report
	if err := json.Unmarshal(js.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Rows) != len(r.Rows) || !reflect.DeepEqual(back.Coverage, r.Coverage) {
		t.Error("JSON lost something")
	}
	for _, want := range []string{"mm1-04", "lambda_per_s=0.95 mu_per_s=1", "±", "binomial band"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(page.String(), want) {
			t.Errorf("text or page lacks %q", want)
		}
	}
	if strings.Contains(page.String(), "<b>x") || strings.Contains(page.String(), "http") {
		t.Error("the page holds markup of the file, or looks elsewhere")
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := run(ctx, Options{}, brief)
	if err != nil || !r.Partial {
		t.Errorf("%v, partial %v", err, r.Partial)
	}
}

// The reference directory, where it is at hand, passes; the published traces are
// replayed to the millisecond.
func TestReferenceDirectory(t *testing.T) {
	ref := os.Getenv("BERTH_REFERENCE")
	if ref == "" {
		t.Skip("BERTH_REFERENCE does not name a directory with validation and data")
	}
	r := mustRun(t, Options{Cases: filepath.Join(ref, "validation")}, brief)
	for _, row := range r.Rows {
		if row.Verdict == Failed || row.Verdict == Skipped {
			t.Errorf("%s %s: %s %s", row.Model, row.Case, row.Verdict, row.Why)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("a,b,rtt_ms\none,two,5\n"))
	f.Add([]byte("\ufeffa,b,rtt_ms,x\n\"one,two\",3,4\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, "t.csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Skip()
		}
		s := &suite{}
		rows, err := s.readCSV(path, []string{"a", "b", "rtt_ms"}, nil)
		if err != nil {
			return
		}
		in := csv.NewReader(bytes.NewReader(text))
		n := -1
		for ; err != io.EOF; n++ {
			if _, err = in.Read(); err != nil && err != io.EOF {
				t.Fatalf("accepted what the CSV reader refuses: %v", err)
			}
		}
		if len(rows) != n-1 {
			t.Errorf("%d rows of %d lines", len(rows), n)
		}
	})
}

func FuzzRunMeters(f *testing.F) {
	for _, s := range []string{"10000x3000ms@0.25/0.5/2", "1x1ms@1/1/1", "x", "1x2ms@1/3", "5x7ms@1/0.3/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := runMeters(text)
		if err == nil && (m.MemoryMiBms.Sign() < 0 || m.DiskMBms.Sign() < 0 || m.CPUProvisioned1024ms.Sign() < 0) {
			t.Errorf("%q gives negative readings", text)
		}
	})
}
