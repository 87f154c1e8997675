package validate

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"berth/data"
	"berth/models/billing"
	"berth/models/geo"
	"berth/models/platform"
	"berth/models/theory"
	"berth/sim/stats"
)

// seriesFile holds the values that output_series_expected.csv is about.
const seriesFile = "output_series.csv"

var seriesColumns = []string{"series", "i", "value"}

// exactFiles lists the reference files whose values come without chance.
var exactFiles = []exactFile{
	{name: "bills.csv", check: checkBill,
		columns: []string{"case", "description", "days_in_month", "runs_count_x_ms_at_vcpu_gib_gb", "cpu_vcpu_s", "memory_gib_s", "disk_gb_s",
			"egress_na_eu_gb", "egress_oceania_kr_tw_gb", "egress_other_gb", "cpu_usd", "memory_usd", "disk_usd", "egress_na_eu_usd",
			"egress_oceania_kr_tw_usd", "egress_other_usd", "usage_usd", "base_usd", "total_usd_exact", "total_usd_cents_half_up"},
		inputs: []string{"description"}},
	{name: "geo_distance.csv", check: checkDistance,
		columns: []string{"case", "from", "from_lat", "from_lon", "to", "to_lat", "to_lon", "haversine_km_R6371.0088", "wgs84_km",
			"sphere_vs_wgs84_rel", "fibre_rtt_floor_ms"},
		inputs: []string{"from", "to"}},
	{name: "nearest_pop.csv", check: checkNearest,
		columns: []string{"case", "client", "client_lat", "client_lon", "candidates", "nearest", "nearest_km", "order_nearest_first"},
		inputs:  []string{"client"}},
	{name: "output_series_expected.csv", check: checkOutput, needs: seriesFile,
		columns: []string{"series", "n", "mser5_truncate_batches", "mser5_truncate_observations", "mser5_statistic", "mser5_mean_after_truncation",
			"batches", "batch_mean", "batch_variance", "batch_half_width_95", "batch_lag1_autocorrelation", "p50_type7", "p95_type7", "p99_type7"},
		inputs: []string{"n", "batches"}},
	{name: "replications.csv", check: checkReplications,
		columns: []string{"set", "values_a", "values_b", "n", "mean_a", "sd_a", "half_width_95_a", "half_width_99_a", "mean_diff_a_minus_b",
			"paired_half_width_95", "welch_half_width_95"},
		inputs: []string{"n"}},
	{name: "trace_replay.csv", check: checkReplay,
		columns: []string{"trace", "rule", "idle_timeout_ms", "startup_ms", "max_instances", "requests", "keys", "instance_starts",
			"requests_waiting_for_start", "busy_ms", "up_ms", "billed_ms_10ms", "peak_instances", "rejected"},
		inputs: []string{"rule", "idle_timeout_ms", "startup_ms", "max_instances"}},
	{name: "trace_stats.csv", check: checkTraceStats,
		columns: []string{"trace", "rule", "requests", "keys", "span_s", "mean_interarrival_s", "cv_interarrival", "peak_per_minute",
			"index_of_dispersion_60s", "top_key_share", "mean_service_ms", "service_p50_ms", "service_p95_ms", "service_p99_ms", "service_max_ms"},
		inputs: []string{"rule"}},
	{name: "trace_rate_stats.csv", check: checkTraceRates,
		columns: []string{"trace", "minutes", "requests", "mean_per_minute", "peak_per_minute", "zero_minutes", "longest_zero_run_minutes",
			"index_of_dispersion_60s"}},
}

// billsAsOf is the day whose prices and CPU meter (as provisioned) the bills
// are computed with.
var billsAsOf = data.Date{Year: 2025, Month: 11, Day: 1}

// checkBill prices a row exactly, line by line.
func checkBill(_ *suite, row map[string]string, c *checks) error {
	catalogue, err := platform.Load()
	if err != nil {
		return err
	}
	book, err := billing.NewBook(catalogue.AsOf(billsAsOf), billing.Account{}, "provisioned")
	if err != nil {
		return err
	}
	usage, err := billedUsage(row)
	if err != nil {
		return err
	}
	for column, meter := range map[string]billing.Meter{"cpu_vcpu_s": billing.CPUProvisioned, "memory_gib_s": billing.Memory, "disk_gb_s": billing.Disk} {
		c.equal(column, usage.Total(meter).Rat())
	}
	bill := billing.Price(usage, book, billing.Options{})
	base := new(big.Rat)
	for sku, column := range map[string]string{"container.cpu": "cpu_usd", "container.memory": "memory_usd", "container.disk": "disk_usd",
		"egress.na_eu": "egress_na_eu_usd", "egress.oceania_kr_tw": "egress_oceania_kr_tw_usd", "egress.other": "egress_other_usd", billing.BaseSKU: "base_usd"} {
		line, _ := bill.Line(sku)
		c.equal(column, line.Amount.Rat())
		if sku == billing.BaseSKU {
			base = line.Amount.Rat()
		}
	}
	c.equal("usage_usd", new(big.Rat).Sub(bill.Total.Rat(), base))
	c.equal("total_usd_exact", bill.Total.Rat())
	c.same("total_usd_cents_half_up", strings.ReplaceAll(billing.USD(bill.TotalCents), ",", ""))
	slices.SortFunc(c.wrong, func(a, b Column) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// billedUsage is the usage of a row: runs, each rounded up to 10 ms, or meters
// given directly; egress beside either.
func billedUsage(row map[string]string) (billing.Usage, error) {
	var u billing.Usage
	var errs []error
	exact := func(column string) billing.Exact {
		x, ok := new(big.Rat).SetString(strings.TrimSpace(row[column]))
		if !ok || x.Sign() < 0 {
			errs = append(errs, fmt.Errorf("column %s: %q is not an amount", column, row[column]))
			return billing.Exact{}
		}
		return billing.ExactRat(x)
	}
	runs := strings.TrimSpace(row["runs_count_x_ms_at_vcpu_gib_gb"])
	if runs == "" {
		var q billing.Quantities
		q[billing.Memory], q[billing.CPUProvisioned], q[billing.Disk] = exact("memory_gib_s"), exact("cpu_vcpu_s"), exact("disk_gb_s")
		u.Apps = append(u.Apps, billing.AppUsage{App: billing.DefaultApp, Quantities: q})
	} else {
		for i, part := range strings.Split(runs, ";") {
			m, err := runMeters(strings.TrimSpace(part))
			errs = append(errs, err)
			u.Apps = append(u.Apps, m.Usage(fmt.Sprint("app", i)))
		}
	}
	q := &u.Apps[0].Quantities
	q[billing.EgressNAEU], q[billing.EgressOceaniaKRTW], q[billing.EgressOther] = exact("egress_na_eu_gb"), exact("egress_oceania_kr_tw_gb"), exact("egress_other_gb")
	return u, errors.Join(errs...)
}

// runMeters reads "COUNTxMSms@VCPU/GIB/GB" into readings.
func runMeters(text string) (billing.Meters, error) {
	bad := fmt.Errorf("runs %q: want such as 10000x3000ms@0.25/1/4", text)
	count, rest, _ := strings.Cut(text, "x")
	length, size, _ := strings.Cut(rest, "ms@")
	n, err1 := strconv.ParseInt(strings.TrimSpace(count), 10, 64)
	ms, err2 := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	sizes := strings.Split(size, "/")
	if err1 != nil || err2 != nil || n < 0 || ms < 0 || len(sizes) != 3 {
		return billing.Meters{}, bad
	}
	billed := big.NewInt(billing.BilledRun(time.Duration(ms)*time.Millisecond, 10*time.Millisecond).Milliseconds())
	billed.Mul(billed, big.NewInt(n))
	var readings [3]*big.Int
	for i, unit := range []int64{1024, 1024, 1000} {
		x, ok := new(big.Rat).SetString(strings.TrimSpace(sizes[i]))
		if !ok {
			return billing.Meters{}, bad
		}
		if x.Mul(x, big.NewRat(unit, 1)); !x.IsInt() || x.Sign() < 0 {
			return billing.Meters{}, bad
		}
		readings[i] = new(big.Int).Mul(x.Num(), billed)
	}
	return billing.Meters{CPUProvisioned1024ms: readings[0], MemoryMiBms: readings[1], DiskMBms: readings[2]}, nil
}

// sphereError is how far the sphere may be from the ellipsoid.
const sphereError = 0.006

func checkDistance(_ *suite, _ map[string]string, c *checks) error {
	km := geo.DistanceKm(geo.Point{Lat: c.number("from_lat"), Lon: c.number("from_lon")}, geo.Point{Lat: c.number("to_lat"), Lon: c.number("to_lon")})
	c.near("haversine_km_R6371.0088", km)
	c.near("fibre_rtt_floor_ms", geo.FibreFloorMs(km))
	c.n++
	if ellipsoid := c.number("wgs84_km"); math.Abs(km/ellipsoid-1) > sphereError {
		c.wrong = append(c.wrong, Column{"wgs84_km", c.row["wgs84_km"], fmt.Sprintf("%.6f (more than %g away)", km, sphereError)})
	}
	return c.err()
}

func checkNearest(_ *suite, row map[string]string, c *checks) error {
	client := geo.Point{Lat: c.number("client_lat"), Lon: c.number("client_lon")}
	type place struct {
		name string
		km   float64
	}
	var places []place
	for _, text := range strings.Split(row["candidates"], ";") {
		words := strings.Fields(text)
		if len(words) < 3 {
			return fmt.Errorf("candidate %q: want a name, a latitude and a longitude", text)
		}
		n := len(words)
		lat, err1 := strconv.ParseFloat(words[n-2], 64)
		lon, err2 := strconv.ParseFloat(words[n-1], 64)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		places = append(places, place{strings.Join(words[:n-2], " "), geo.DistanceKm(client, geo.Point{Lat: lat, Lon: lon})})
	}
	if err := c.err(); err != nil {
		return err
	}
	slices.SortStableFunc(places, func(a, b place) int {
		if a.km < b.km {
			return -1
		}
		return 1
	})
	var names []string
	for _, p := range places {
		names = append(names, p.name)
	}
	c.same("nearest", names[0])
	c.near("nearest_km", places[0].km)
	c.same("order_nearest_first", strings.Join(names, " < "))
	return nil
}

// checkSeries reads the columns of the series once, before any row.
func (s *suite) checkSeries() error {
	_, err := s.files.read(seriesFile, exactColumns(seriesFile, seriesColumns))
	return err
}

// series are the values of one series, in the order of the file.
func (s *suite) series(name string) ([]float64, error) {
	_, rows, err := theory.ReadCases(seriesFile, bytes.NewReader(s.files.file[seriesFile]))
	if err != nil {
		return nil, err
	}
	var xs []float64
	for _, row := range rows {
		if row["series"] != name {
			continue
		}
		x, err := strconv.ParseFloat(row["value"], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a number", seriesFile, row["value"])
		}
		xs = append(xs, x)
	}
	return xs, nil
}

// analysis are the reference files whose values the output analysis of the
// simulator gives too, beside the analytic module.
var analysis = map[string]func(c *checks){
	"t_quantiles": func(c *checks) {
		n := float64(c.whole("n_replications"))
		t := stats.TQuantile(c.number("confidence"), n-1)
		c.near("t_quantile", t)
		c.near("half_width_per_unit_sd", t/math.Sqrt(n))
	},
	"coverage_band": func(c *checks) {
		lo, hi := stats.BinomialBand(int(c.whole("macro_replications")), c.number("confidence"), c.number("two_sided_alpha"))
		c.near("min_covering", float64(lo))
		c.near("max_covering", float64(hi))
	},
}

func checkOutput(s *suite, row map[string]string, c *checks) error {
	xs, err := s.series(row["series"])
	if err != nil {
		return err
	}
	if len(xs) == 0 {
		return fmt.Errorf("%s has no series %q", seriesFile, row["series"])
	}
	batches := int(c.whole("batches"))
	if err := c.err(); err != nil {
		return err
	}
	cut, b := stats.MSER5(xs), stats.BatchMeans(xs, batches, confidence)
	c.count("n", int64(len(xs)))
	c.count("mser5_truncate_batches", int64(cut.Batches))
	c.count("mser5_truncate_observations", int64(cut.Observations))
	c.near("mser5_statistic", cut.Statistic)
	c.near("mser5_mean_after_truncation", cut.Mean)
	c.near("batch_mean", b.Mean)
	c.near("batch_variance", b.Variance)
	c.near("batch_half_width_95", b.Half)
	c.near("batch_lag1_autocorrelation", b.Lag1)
	sorted := slices.Sorted(slices.Values(xs))
	c.near("p50_type7", stats.QuantileType7(sorted, 0.5))
	c.near("p95_type7", stats.QuantileType7(sorted, 0.95))
	c.near("p99_type7", stats.QuantileType7(sorted, 0.99))
	return nil
}

func checkReplications(_ *suite, _ map[string]string, c *checks) error {
	a, b := c.numbers("values_a"), c.numbers("values_b")
	if err := c.err(); err != nil {
		return err
	}
	iv := stats.MeanInterval(a, 0.95)
	var w stats.Welford
	for _, x := range a {
		w.Add(x)
	}
	paired := stats.PairedDifference(a, b, 0.95)
	c.count("n", int64(len(a)))
	c.near("mean_a", iv.Mean)
	c.near("sd_a", w.StdDev())
	c.near("half_width_95_a", iv.Half)
	c.near("half_width_99_a", stats.MeanInterval(a, 0.99).Half)
	c.near("mean_diff_a_minus_b", paired.Mean)
	c.near("paired_half_width_95", paired.Half)
	c.near("welch_half_width_95", stats.Welch(a, b, 0.95).Half)
	return nil
}
