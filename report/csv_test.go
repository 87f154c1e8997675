package report

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

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
	if got := strings.Join(names, " "); got != "bill.csv failures.csv latency.csv metrics.csv pops.csv regions.csv runs.csv series.csv" {
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
	var want float64
	for _, v := range d.All.Series.Requests {
		want += float64(v)
	}
	if diff := requests - want; diff > 0.01 || diff < -0.01 {
		t.Errorf("%v requests in the series, want %v", requests, want)
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
