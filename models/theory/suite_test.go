package theory

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// suiteFrom runs every model over its file in the directory: every output
// column of every row must be there and match.
func suiteFrom(t *testing.T, dir fs.FS) {
	for _, m := range Suite {
		t.Run(m.Name(), func(t *testing.T) {
			f, err := dir.Open(m.File)
			if errors.Is(err, fs.ErrNotExist) {
				t.Skipf("%s is not in this directory", m.File)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			header, rows, err := ReadCases(m.File, f)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.CheckHeader(header); err != nil {
				t.Fatal(err)
			}
			if len(rows) < 2 {
				t.Fatalf("%d rows", len(rows))
			}
			for _, row := range rows {
				checkRow(t, m, row)
			}
		})
	}
}

func checkRow(t *testing.T, m Model, row map[string]string) {
	t.Helper()
	comparisons, err := m.Compare(row)
	if err != nil {
		t.Error(err)
		return
	}
	compared := map[string]bool{}
	for _, c := range comparisons {
		compared[c.Column] = true
		if !c.OK {
			t.Errorf("%s %s: got %.15g, want %s (off by %.3g, allowed %.3g)", row["case"], c.Column, c.Value, c.Printed, c.Value-c.Reference, c.Tolerance)
		}
	}
	for _, column := range m.Out {
		if row[column] != "" && !compared[column] {
			t.Errorf("%s: column %s was not compared", row["case"], column)
		}
	}
}

func TestEmbeddedCases(t *testing.T) {
	names, err := fs.Glob(Cases(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(Suite) {
		t.Errorf("%d embedded files, %d models", len(names), len(Suite))
	}
	for _, name := range names {
		if _, ok := Find(name); !ok {
			t.Errorf("%s has no model", name)
		}
	}
	suiteFrom(t, Cases())
}

func TestReferenceDirectory(t *testing.T) {
	root := os.Getenv("BERTH_REFERENCE")
	if root == "" {
		t.Skip("BERTH_REFERENCE is not set: only the embedded cases are checked")
	}
	suiteFrom(t, os.DirFS(filepath.Join(root, "validation")))
}

// The error of the Allen-Cunneen approximation is printed to four decimals and
// depends on the simulated wait of the same row, so it is no closed form; and
// the simulated wait and its standard error are measurements that no formula
// reaches. What can be checked is that they fit together.
func TestAllenCunneenErrorColumn(t *testing.T) {
	m, ok := Find("ggc_allen_cunneen.csv")
	if !ok {
		t.Fatal("no model")
	}
	f, err := Cases().Open(m.File)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, rows, err := ReadCases(m.File, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		values, err := m.Eval(row)
		if err != nil {
			t.Fatal(err)
		}
		cell := func(column string) float64 {
			x, err := strconv.ParseFloat(row[column], 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		simulated, se := cell("Wq_simulated_s"), cell("Wq_simulated_se_s")
		if got, want := values["Wq_allen_cunneen_s"]/simulated-1, cell("approx_relative_error"); math.Abs(got-want) > 1e-4 {
			t.Errorf("%s: relative error %.5f, want %.4f", row["case"], got, want)
		}
		if !(se > 0 && se < 0.01*simulated) {
			t.Errorf("%s: standard error %v of %v", row["case"], se, simulated)
		}
		exact := row["arrival_dist"] == "exponential" && (row["c"] == "1" || row["service_dist"] == "exponential")
		if exact && math.Abs(values["Wq_allen_cunneen_s"]-simulated) > 4*se {
			t.Errorf("%s: exact value %v is not within 4 standard errors of %v", row["case"], values["Wq_allen_cunneen_s"], simulated)
		}
	}
}

func TestSuiteTable(t *testing.T) {
	for _, m := range Suite {
		if m.Primary != "" && !slices.Contains(m.Out, m.Primary) && !slices.Contains(m.Data, m.Primary) {
			t.Errorf("%s: primary metric %s is no column", m.File, m.Primary)
		}
		all := slices.Concat(m.In, m.Out, m.Data)
		slices.Sort(all)
		if len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%s: a column is listed twice: %v", m.File, all)
		}
		if _, err := m.Eval(map[string]string{}); err == nil {
			t.Errorf("%s: an empty row is accepted", m.File)
		} else {
			for _, column := range m.In {
				if optional := column == "cv" || strings.HasSuffix(column, "_cv") || strings.HasPrefix(column, "max_instances"); !optional && !strings.Contains(err.Error(), column) {
					t.Errorf("%s: the error does not name the blank column %s: %v", m.File, column, err)
				}
			}
		}
	}
}

func TestHeaderErrorsNameEveryColumn(t *testing.T) {
	m, _ := Find("mm1.csv")
	err := m.CheckHeader([]string{"case", "lambda_per_s", "speed", "W_s", "W_s", "colour"})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"unknown column speed, colour", "repeated column W_s", "missing column mu_per_s"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if err := m.CheckHeader([]string{"case", "lambda_per_s", "mu_per_s"}); err != nil {
		t.Errorf("outputs must be optional: %v", err)
	}
}

func TestCompareCanFail(t *testing.T) {
	m, _ := Find("mm1.csv")
	row := map[string]string{"case": "x", "lambda_per_s": "0.5", "mu_per_s": "1", "W_s": "2.00000001", "L": "1", "Lq": ""}
	got, err := m.Compare(row)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Column != "L" || !got[0].OK || got[1].Column != "W_s" {
		t.Fatalf("comparisons %+v", got)
	}
	row["W_s"] = "2.0001"
	if got, _ := m.Compare(row); got[1].OK {
		t.Errorf("2.0001 for 2 passes: %+v", got[1])
	}
	row["W_s"] = "two"
	if _, err := m.Compare(row); err == nil || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("error %v", err)
	}
	row["lambda_per_s"] = "1.2"
	if _, err := m.Compare(row); err == nil || !strings.Contains(err.Error(), "unstable: offered load 1.2 >= 1 server") {
		t.Errorf("error %v", err)
	}
}

func TestParseReference(t *testing.T) {
	for _, c := range []struct {
		printed          string
		value, tolerance float64
	}{
		{"0.333333333333", 0.333333333333, 0.333333333333e-9},
		{"0.333333", 0.333333, 1e-6},
		{"0.5", 0.5, 0.5e-9},
		{"1.97039577325e-21", 1.97039577325e-21, 1.97039577325e-30},
		{"1.970395e-21", 1.970395e-21, 1e-27},
		{"15629697.5721", 15629697.5721, 0.0156296975721},
		{"0", 0, 1e-12},
		{"-12", -12, 12e-9},
	} {
		value, tolerance, err := ParseReference(c.printed)
		if err != nil || value != c.value || math.Abs(tolerance-c.tolerance) > 1e-12*c.tolerance {
			t.Errorf("%s: %v, %v, %v; want %v, %v", c.printed, value, tolerance, err, c.value, c.tolerance)
		}
	}
	for _, bad := range []string{"", "x", "NaN", "0x1p-2", "1_000", "1,5"} {
		if _, _, err := ParseReference(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"1", "-0.50", "1e9", "1.5E-300", "inf", "00012.3400", ".5", "+7."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		value, tolerance, err := ParseReference(s)
		if err == nil && (math.IsNaN(value) || math.IsNaN(tolerance) || tolerance < 0) {
			t.Errorf("%q: %v, %v", s, value, tolerance)
		}
	})
}

func TestReadCases(t *testing.T) {
	header, rows, err := ReadCases("x.csv", strings.NewReader("\ufeffcase,a , b\r\nr1, 1,2\r\n\r\nr2,3,\"4\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(header, []string{"case", "a", "b"}) || len(rows) != 2 || rows[0]["a"] != "1" || rows[1]["b"] != "4" {
		t.Errorf("%q %q", header, rows)
	}
	_, _, err = ReadCases("x.csv", strings.NewReader("case,a\nr1\nr2,1\nr3,1,2\n"))
	if err == nil || !strings.Contains(err.Error(), "x.csv:2:") || !strings.Contains(err.Error(), "x.csv:4:") {
		t.Errorf("error %v", err)
	}
	if _, _, err := ReadCases("x.csv", strings.NewReader("")); err == nil {
		t.Error("an empty file is accepted")
	}
}

func FuzzReadCases(f *testing.F) {
	f.Add("case,a\nr,1\n")
	f.Add("case,\"a\nb\",c\n1,2\n")
	f.Add("\ufeffcase\n\n\"x")
	f.Fuzz(func(t *testing.T, s string) {
		header, rows, err := ReadCases("f.csv", strings.NewReader(s))
		if err != nil {
			return
		}
		for _, row := range rows {
			for column := range row {
				if !slices.Contains(header, column) {
					t.Errorf("column %q is not in the header %q", column, header)
				}
			}
		}
	})
}

// Any cells whatever: an error or finite-or-infinite numbers, never a panic.
func FuzzEval(f *testing.F) {
	f.Add(uint8(0), "0.5", "1", "3", "exponential")
	f.Add(uint8(7), "1", "1", "86400", "lognormal")
	f.Fuzz(func(t *testing.T, which uint8, a, b, c, word string) {
		m := Suite[int(which)%len(Suite)]
		for _, x := range []string{a, b, c} { // keep sizes small enough for a fuzzer
			if v, err := strconv.ParseFloat(x, 64); err == nil && math.Abs(v) > 300 {
				return
			}
		}
		row := map[string]string{}
		for i, column := range m.In {
			row[column] = []string{a, b, c}[i%3]
			if column == "service" || strings.HasSuffix(column, "_dist") {
				row[column] = word
			}
		}
		values, err := m.Eval(row)
		for column, x := range values {
			if err != nil || math.IsNaN(x) {
				t.Errorf("%s %v: column %s = %v, error %v", m.File, row, column, x, err)
			}
		}
	})
}
