package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"berth/models/result"
	"berth/report/internal/resulttest"
)

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll() // refuses ragged rows
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}

func TestCSVDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r := resulttest.New()
	if err := CSV(dir, r); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	want := []string{"manifest.json"}
	for _, table := range strings.Fields("bill bill_parts failures headroom instance_types latency metrics places pops regions runs series slo") {
		want = append(want, table+".csv", table+".ndjson")
	}
	sort.Strings(want)
	if got := strings.Join(names, " "); got != strings.Join(want, " ") {
		t.Errorf("files: %s", got)
	}
	d := New(r)
	rows := readCSV(t, filepath.Join(dir, "series.csv"))
	if want := 1 + 3*len(d.All.Series.Requests); len(rows) != want {
		t.Errorf("%d rows of series, want %d", len(rows), want)
	}
	var requests float64
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		requests += v
	}
	var sent float64
	for _, v := range d.All.Series.Requests {
		sent += float64(v)
	}
	if diff := requests - sent; diff > 0.01 || diff < -0.01 {
		t.Errorf("%v requests in the series, want %v", requests, sent)
	}
	var bins int64
	for _, row := range readCSV(t, filepath.Join(dir, "latency.csv"))[1:] {
		n, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		bins += n
	}
	if bins != d.All.Traffic.Served {
		t.Errorf("%d requests in the histogram, %d served", bins, d.All.Traffic.Served)
	}
}

func TestCSVOfHostileNames(t *testing.T) {
	dir := t.TempDir()
	r := resulttest.New()
	resulttest.Poison(r, resulttest.Hostile)
	if err := CSV(dir, r); err != nil {
		t.Fatal(err)
	}
	for _, row := range readCSV(t, filepath.Join(dir, "metrics.csv")) {
		for _, cell := range row {
			if steers(cell) {
				t.Errorf("%q", cell)
			}
		}
	}
}

func TestCSVLeavesNothingHalfDone(t *testing.T) {
	dir := t.TempDir()
	// A directory where a file should go: the rename fails, the rest must not
	// leave parts behind.
	if err := os.MkdirAll(filepath.Join(dir, "metrics.csv", "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := CSV(dir, resulttest.New()); err == nil {
		t.Fatal("no error")
	}
	parts, err := filepath.Glob(filepath.Join(dir, ".*.part"))
	if err != nil || len(parts) > 0 {
		t.Errorf("left behind: %v %v", parts, err)
	}
}

// columnName is a column name that needs no quotes in any query language.
var columnName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// wellTyped says whether a cell is of the type that the manifest names.
func wellTyped(kind, cell string) bool {
	switch kind {
	case "integer":
		_, signed := strconv.ParseInt(cell, 10, 64)
		_, unsigned := strconv.ParseUint(cell, 10, 64)
		return signed == nil || unsigned == nil
	case "number":
		_, err := strconv.ParseFloat(cell, 64)
		return cell == "" || err == nil && json.Valid([]byte(cell))
	case "bool":
		return cell == "true" || cell == "false"
	case "instant":
		_, err := time.Parse(time.RFC3339, cell)
		return err == nil
	}
	return kind == "text" && cell != ""
}

// TestDataFilesAreWhatTheManifestSays reads every cell of every file by its type
// alone, as a database does that guesses types from the first rows and refuses
// one that does not fit. (DuckDB itself is no Debian package.)
func TestDataFilesAreWhatTheManifestSays(t *testing.T) {
	for name, r := range map[string]*result.Result{"rich": resulttest.New(), "empty": resulttest.Empty()} {
		dir := t.TempDir()
		if err := CSV(dir, r); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		var m manifest
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if m.SchemaVersion != SchemaVersion || len(m.Tables) < 10 {
			t.Errorf("%s: schema %d, %d tables", name, m.SchemaVersion, len(m.Tables))
		}
		for _, table := range m.Tables {
			checkTable(t, dir, table, name == "rich")
		}
	}
}

func checkTable(t *testing.T, dir string, table manifestFile, full bool) {
	t.Helper()
	rows := readCSV(t, filepath.Join(dir, table.CSV))
	if len(rows) != table.Rows+1 || full && table.Rows == 0 {
		t.Errorf("%s: %d rows, the manifest says %d", table.CSV, len(rows)-1, table.Rows)
	}
	raw, err := os.ReadFile(filepath.Join(dir, table.NDJSON))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	for i, c := range table.Columns {
		if rows[0][i] != c.Name || !columnName.MatchString(c.Name) {
			t.Errorf("%s: column %q is %q in the manifest", table.CSV, rows[0][i], c.Name)
		}
		for k, row := range rows[1:] {
			if !wellTyped(c.Type, row[i]) {
				t.Fatalf("%s: row %d: %s is %q, which is no %s", table.CSV, k+1, c.Name, row[i], c.Type)
			}
			var object map[string]any
			if err := json.Unmarshal([]byte(lines[k]), &object); err != nil || len(object) != len(table.Columns) {
				t.Fatalf("%s: row %d: %v in %s", table.NDJSON, k+1, err, lines[k])
			}
			if v, ok := object[c.Name]; !ok || v == nil != (row[i] == "") {
				t.Fatalf("%s: row %d: %s is %v, %q in the CSV", table.NDJSON, k+1, c.Name, v, row[i])
			}
		}
	}
}

// pandas is Debian's Python where it has pandas, which CI installs.
func pandas(t *testing.T) string {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import pandas").Run(); err != nil {
		t.Skip("no pandas for " + python + ": install python3-pandas")
	}
	return python
}

// TestPandasReadsSingleFiles opens what other commands write.
func TestPandasReadsSingleFiles(t *testing.T) {
	python := pandas(t)
	r := resulttest.New()
	sweep, compared := NewSweep(sweepOf(4, 3)), NewComparison(comparison(t, resulttest.Hostile))
	args := []string{"testdata/read.py"}
	for name, write := range map[string]func(io.Writer) error{"sweep.csv": sweep.CSV, "sweep.ndjson": sweep.NDJSON, "compare.csv": compared.CSV,
		"metrics.csv": func(w io.Writer) error { return MetricsCSV(w, r) },
		"bill.csv":    func(w io.Writer) error { return WriteBill(w, r.Bill, "csv", Options{}) },
		"focus.csv":   func(w io.Writer) error { return WriteBill(w, r.Bill, "focus", Options{}) }} {
		path := filepath.Join(t.TempDir(), name)
		if err := writeFile(path, write); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.Command(python, args...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestPandasReadsWithoutOptions opens every file the way a notebook does.
func TestPandasReadsWithoutOptions(t *testing.T) {
	python := pandas(t)
	hostile := resulttest.New()
	resulttest.Poison(hostile, resulttest.Hostile)
	for name, r := range map[string]*result.Result{"rich": resulttest.New(), "empty": resulttest.Empty(), "hostile": hostile} {
		dir := t.TempDir()
		if err := CSV(dir, r); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "testdata/read.py", dir).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		t.Logf("%s: %s", name, out)
	}
}
