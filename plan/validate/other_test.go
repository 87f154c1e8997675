package validate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"berth/models/theory"
)

// draw makes the input cells of one random row.
type draw struct{ *rand.Rand }

func (d draw) between(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// scale is spread evenly over the powers of ten from lo to hi.
func (d draw) scale(lo, hi float64) float64 {
	return math.Exp(d.between(math.Log(lo), math.Log(hi)))
}

func (d draw) law() (kind string, cv float64) {
	switch d.IntN(6) {
	case 0:
		return "deterministic", 0
	case 1:
		return "exponential", 1
	case 2:
		return "lognormal", d.between(0.3, 2)
	case 3:
		return "hyperexp", d.between(1.2, 2.5)
	case 4:
		return "uniform0", 1 / math.Sqrt(3)
	}
	return "erlang3", 1 / math.Sqrt(3)
}

func cellsOf(pairs ...any) map[string]string {
	row := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		if x, ok := pairs[i+1].(float64); ok {
			row[pairs[i].(string)] = fmt.Sprintf("%.12g", x)
			continue
		}
		row[pairs[i].(string)] = fmt.Sprint(pairs[i+1])
	}
	return row
}

// otherRows draw a row of each file with a simulated counterpart.
var otherRows = map[string]func(d draw) map[string]string{
	"mm1": func(d draw) map[string]string {
		mu := d.scale(0.01, 200)
		return cellsOf("lambda_per_s", mu*d.between(0.1, 0.96), "mu_per_s", mu)
	},
	"mmc": func(d draw) map[string]string {
		mu, c := d.scale(0.05, 20), 1+d.IntN(40)
		return cellsOf("lambda_per_s", mu*float64(c)*d.between(0.5, 0.95), "mu_per_s", mu, "c", c)
	},
	"erlang_b": func(d draw) map[string]string {
		c := 1 + d.IntN(60)
		return cellsOf("offered_erlangs", float64(c)*d.between(0.6, 1.5), "c_max_instances", c)
	},
	"mmck": func(d draw) map[string]string {
		mu, c := d.scale(0.1, 10), 1+d.IntN(12)
		return cellsOf("lambda_per_s", mu*float64(c)*d.between(0.7, 1.3), "mu_per_s", mu, "c", c, "K_total_in_system", c+d.IntN(10))
	},
	"mg1": func(d draw) map[string]string {
		kind, cv := d.law()
		mean := d.scale(0.01, 20)
		return cellsOf("lambda_per_s", d.between(0.2, 0.9)/mean, "service", kind, "mean_s", mean, "cv", cv)
	},
	"mg1_ps": func(d draw) map[string]string {
		vcpu, cpu := d.between(0.05, 4), d.scale(0.01, 2)
		vcpu = math.Round(vcpu*1024) / 1024
		return cellsOf("lambda_per_s", d.between(0.2, 0.9)*vcpu/cpu, "cpu_seconds_per_request", cpu, "vcpu_of_instance", vcpu)
	},
	"mginf": func(d draw) map[string]string {
		kind, cv := d.law()
		mean := d.scale(0.1, 500)
		return cellsOf("lambda_per_s", d.between(0.5, 20)/mean, "service", kind, "mean_s", mean, "cv", cv, "t_s", mean*d.between(0.3, 3))
	},
	"mtginf": func(d draw) map[string]string {
		kind := []string{"exponential", "deterministic"}[d.IntN(2)]
		mean := d.scale(1, 2000)
		rate, period := d.between(3, 50)/mean, mean*d.between(1, 40)
		return cellsOf("lambda_mean_per_s", rate, "lambda_amplitude_per_s", rate*d.between(0.1, 1), "period_s", period, "service", kind,
			"mean_s", mean, "t_s", period*d.Float64())
	},
	"keepalive_concurrent": func(d draw) map[string]string {
		rate := d.scale(0.0005, 1)
		return cellsOf("lambda_per_s", rate, "service_s", d.between(0, 1)/rate, "idle_timeout_s", d.between(0, 2.5)/rate, "startup_s", d.between(0, 1)/rate)
	},
	"keepalive_fifo": func(d draw) map[string]string {
		kind, cv := d.law()
		mean := d.scale(0.1, 20)
		rate := d.between(0.05, 0.85) / mean
		return cellsOf("lambda_per_s", rate, "service", kind, "mean_s", mean, "cv", cv, "idle_timeout_s", d.between(0, 2)/rate,
			"startup_dist", []string{"deterministic", "exponential"}[d.IntN(2)], "startup_mean_s", d.between(0.1, 5)*mean)
	},
	"session_instances": func(d draw) map[string]string {
		length, timeout := d.scale(1, 1000), d.scale(5, 900)
		load := d.between(1, 25)
		limit := []string{"", fmt.Sprint(int(load*d.between(0.8, 1.6)) + 1)}[d.IntN(2)]
		return cellsOf("sessions_per_s", load/(length+timeout), "mean_session_s", length, "idle_timeout_s", timeout, "max_instances", limit)
	},
	"engset": func(d draw) map[string]string {
		n, up := 5+d.IntN(100), d.scale(5, 2000)
		share := d.between(0.1, 0.6)
		return cellsOf("n_sessions", n, "off_to_on_rate_per_s", share/(1-share)/up, "mean_up_s", up, "max_instances", int(float64(n)*share)+1)
	},
	"mm1_setup": func(d draw) map[string]string {
		mu := d.scale(0.05, 20)
		return cellsOf("lambda_per_s", mu*d.between(0.1, 0.9), "mu_per_s", mu, "setup_rate_per_s", mu*d.scale(0.05, 5))
	},
	"mmk_setup": func(d draw) map[string]string {
		mu, k := d.scale(0.1, 10), 1+d.IntN(12)
		return cellsOf("lambda_per_s", mu*float64(k)*d.between(0.2, 0.8), "mu_per_s", mu, "setup_rate_per_s", mu*d.scale(0.1, 3), "k", k)
	},
	"pool_keepalive": func(d draw) map[string]string {
		mu := d.scale(0.1, 5)
		load, limit := d.between(0.3, 6), 0
		if d.IntN(2) == 0 {
			limit = int(load) + 1 + d.IntN(4)
		}
		return cellsOf("lambda_per_s", load*mu, "mu_per_s", mu, "idle_timeout_s", d.between(0.3, 4)/mu, "max_instances_0_is_none", limit)
	},
	"renewal_cost": func(d draw) map[string]string {
		rate := d.scale(0.0002, 0.1)
		return cellsOf("n_sessions", 1+d.IntN(300), "lambda_per_session_per_s", rate, "service_s", d.between(0, 0.5)/rate,
			"sleep_after_s", d.between(0, 2)/rate, "startup_s", d.between(0, 5), "vcpu", 0.5, "mem_gib", 3.0, "disk_gb", 6.0, "days", 28+d.IntN(4))
	},
	"ttl_cache": func(d draw) map[string]string {
		rate := d.scale(0.0001, 10)
		return cellsOf("lambda_per_s", rate, "ttl_s", d.between(0.1, 3)/rate)
	},
	"lru_exact": func(d draw) map[string]string {
		n := 3 + d.IntN(7)
		return cellsOf("catalogue", n, "zipf_alpha", d.between(0, 1.5), "cache_slots", 1+d.IntN(n-1))
	},
	"ggc_allen_cunneen": func(d draw) map[string]string { // exact with Poisson gaps and one server
		kind, cv := d.law()
		mean := d.scale(0.1, 10)
		return cellsOf("arrival_dist", "exponential", "arrival_cv", 1, "arrival_mean_s", mean/d.between(0.3, 0.85),
			"service_dist", kind, "service_cv", cv, "service_mean_s", mean, "c", 1)
	},
}

// writeOther writes files of the reference form with drawn numbers, whose
// reference values are the analytic module's.
func writeOther(t *testing.T, dir string, seed uint64, rowsPerFile int) {
	t.Helper()
	d := draw{rand.New(rand.NewPCG(seed, 1))}
	for _, m := range theory.Suite {
		one, ok := otherRows[m.Name()]
		if !ok {
			continue
		}
		header := slices.Concat([]string{"case"}, m.In, m.Out, m.Data)
		text := strings.Join(header, ",") + "\n"
		for k := range rowsPerFile {
			row := one(d)
			values, err := m.Eval(row)
			if err != nil {
				t.Fatalf("%s %v: %v", m.File, row, err)
			}
			row["case"] = fmt.Sprintf("%s-%02d", m.Name(), k+1)
			for column, x := range values {
				row[column] = fmt.Sprintf("%.12g", x)
			}
			if m.Name() == "ggc_allen_cunneen" {
				row["Wq_simulated_s"], row["Wq_simulated_se_s"] = row["Wq_allen_cunneen_s"], "0"
			}
			var line []string
			for _, h := range header {
				line = append(line, row[h])
			}
			text += strings.Join(line, ",") + "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, m.File), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Another directory of the same form with other numbers passes as it is.
func TestOtherNumbers(t *testing.T) {
	if os.Getenv("BERTH_LONG") == "" {
		t.Skip("BERTH_LONG is not set: some hundred other cases take a minute")
	}
	dir := t.TempDir()
	writeOther(t, dir, 11, 6)
	r, err := Run(context.Background(), Options{Cases: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Rows {
		if row.Simulated != nil && row.Verdict != Covered && row.Model != "platform" {
			t.Logf("%s %s: reference %s, simulated %s: %s %s", row.Case, row.Parameters, row.Reference, row.simulatedText(), row.Verdict, row.Why)
		}
		if row.Verdict == Failed {
			t.Errorf("%s failed", row.Case)
		}
	}
	t.Log(strings.Join(r.Summary(), "\n"))
	if !r.OK() {
		t.Error("the suite failed")
	}
}
