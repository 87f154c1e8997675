package stats

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reference reads a table of independently computed values as one map of
// columns per row, or skips the test where the tables are not at hand.
func reference(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir := os.Getenv("BERTH_REFERENCE")
	if dir == "" {
		t.Skip("BERTH_REFERENCE is not set: the directory with validation/" + name)
	}
	f, err := os.Open(filepath.Join(dir, "validation", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, column := range rows[0] {
			m[column] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, row map[string]string, column string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		t.Fatalf("column %s: %v", column, err)
	}
	return v
}

func numbers(t *testing.T, text string) []float64 {
	t.Helper()
	var xs []float64
	for _, f := range strings.Fields(text) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		xs = append(xs, x)
	}
	return xs
}

// near holds a value against a reference printed to 12 significant digits.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)+1e-11) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestTQuantilesReference(t *testing.T) {
	for _, row := range reference(t, "t_quantiles.csv") {
		n := number(t, row, "n_replications")
		q := TQuantile(number(t, row, "confidence"), n-1)
		near(t, row["case"], q, number(t, row, "t_quantile"))
		near(t, row["case"]+" half width", q/math.Sqrt(n), number(t, row, "half_width_per_unit_sd"))
	}
}

func TestReplicationsReference(t *testing.T) {
	for _, row := range reference(t, "replications.csv") {
		a, b := numbers(t, row["values_a"]), numbers(t, row["values_b"])
		iv := MeanInterval(a, 0.95)
		near(t, row["set"]+" mean", iv.Mean, number(t, row, "mean_a"))
		near(t, row["set"]+" half 95", iv.Half, number(t, row, "half_width_95_a"))
		near(t, row["set"]+" half 99", MeanInterval(a, 0.99).Half, number(t, row, "half_width_99_a"))
		paired := PairedDifference(a, b, 0.95)
		near(t, row["set"]+" difference", paired.Mean, number(t, row, "mean_diff_a_minus_b"))
		near(t, row["set"]+" paired", paired.Half, number(t, row, "paired_half_width_95"))
		near(t, row["set"]+" welch", Welch(a, b, 0.95).Half, number(t, row, "welch_half_width_95"))
		var w Welford
		for _, x := range a {
			w.Add(x)
		}
		near(t, row["set"]+" sd", w.StdDev(), number(t, row, "sd_a"))
	}
}

func TestOutputSeriesReference(t *testing.T) {
	series := map[string][]float64{}
	for _, row := range reference(t, "output_series.csv") {
		series[row["series"]] = append(series[row["series"]], number(t, row, "value"))
	}
	for _, row := range reference(t, "output_series_expected.csv") {
		name := row["series"]
		xs := series[name]
		near(t, name+" n", float64(len(xs)), number(t, row, "n"))
		cut := MSER5(xs)
		near(t, name+" truncation", float64(cut.Batches), number(t, row, "mser5_truncate_batches"))
		near(t, name+" observations", float64(cut.Observations), number(t, row, "mser5_truncate_observations"))
		near(t, name+" statistic", cut.Statistic, number(t, row, "mser5_statistic"))
		near(t, name+" mean after", cut.Mean, number(t, row, "mser5_mean_after_truncation"))
		b := BatchMeans(xs, int(number(t, row, "batches")), 0.95)
		near(t, name+" batch mean", b.Mean, number(t, row, "batch_mean"))
		near(t, name+" batch variance", b.Variance, number(t, row, "batch_variance"))
		near(t, name+" batch half", b.Half, number(t, row, "batch_half_width_95"))
		near(t, name+" lag 1", b.Lag1, number(t, row, "batch_lag1_autocorrelation"))
		sorted := slices.Sorted(slices.Values(xs))
		for column, p := range map[string]float64{"p50_type7": 0.5, "p95_type7": 0.95, "p99_type7": 0.99} {
			near(t, name+" "+column, QuantileType7(sorted, p), number(t, row, column))
		}
	}
}

func TestCoverageBandReference(t *testing.T) {
	for _, row := range reference(t, "coverage_band.csv") {
		lo, hi := BinomialBand(int(number(t, row, "macro_replications")), number(t, row, "confidence"), number(t, row, "two_sided_alpha"))
		near(t, row["case"]+" min", float64(lo), number(t, row, "min_covering"))
		near(t, row["case"]+" max", float64(hi), number(t, row, "max_covering"))
	}
}

// The batch means of an AR(1) process have a variance that is known exactly.
// 400 runs of each short case have to reproduce it.
func TestBatchMeansReference(t *testing.T) {
	for _, row := range reference(t, "batch_means_ar1.csv") {
		n := int(number(t, row, "n"))
		if n > 10_000 {
			continue
		}
		phi, batches := number(t, row, "phi"), int(number(t, row, "batches"))
		want := number(t, row, "expected_batch_means_estimate")
		checkBatchMeans(t, row["case"], phi, n, batches, want)
	}
}

// The time average of the number in an M/M/1 system over a long run has a known
// variance; the interval's relative half width follows from it.
func TestAsymptoticVarianceReference(t *testing.T) {
	for _, row := range reference(t, "mm1_asymptotic_variance.csv") {
		sd := math.Sqrt(number(t, row, "asymptotic_variance_of_time_avg_L") / number(t, row, "run_length_s"))
		near(t, row["case"]+" sd", sd, number(t, row, "sd_of_time_avg_L"))
		// The table's intervals use the normal quantile, the limit of Student's t.
		near(t, row["case"]+" half", TQuantile(0.95, 1e12)*sd/number(t, row, "L"), number(t, row, "rel_half_width_95"))
	}
}
