package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Seconds(1.2443), "1.24 s"}, {Seconds(0.087), "87 ms"}, {Seconds(0.00002), "20 µs"}, {Seconds(0), "0 s"}, {Seconds(600), "10 min"}, {Seconds(10800), "3 h"},
		{Seconds(2592000), "30 d"}, {Seconds(0.99999), "1 s"}, {Seconds(119.4), "119 s"}, {Seconds(None), "-"},
		{USD(412.345), "$412.35"}, {USD(1204), "$1,204.00"}, {USD(41_234.6), "$41,235"}, {USD(0.0027143), "$0.00271"}, {USD(0), "$0"}, {USD(-3.5), "-$3.50"}, {USD(None), "-"},
		{RoundUSD(412.3), "$412"}, {RoundUSD(34.65), "$35"}, {RoundUSD(1_234_567), "$1.23 M"}, {RoundUSD(5), "$5.00"},
		{Count(842), "842"}, {Count(12345), "12,345"}, {Count(1_002_545), "1.00 M"}, {Count(3.4e9), "3.40 G"}, {Count(2.5), "2.5"}, {Count(None), "-"},
		{Share(0.71), "71 %"}, {Share(0.0031), "0.31 %"}, {Share(0), "0 %"}, {Share(1), "100 %"}, {Share(0.99991), "99.991 %"}, {Share(0.999999), "99.999 %"}, {Share(0.00001), "<0.01 %"},
		{Share(0.054), "5.4 %"}, {Share(None), "-"},
		{Size(350_000), "350 kB"}, {Size(1.2e9), "1.2 GB"}, {Size(12), "12 B"}, {MiB(256), "256 MiB"}, {MiB(4096), "4 GiB"}, {MiB(6 << 20), "6 TiB"},
		{Quantity(3, "s"), "3 s"}, {Quantity(0.03, "1"), "3.0 %"}, {Quantity(38, "vCPU"), "38 vCPU"}, {Quantity(1, "requests"), "1 request"}, {Quantity(1, "requests/s"), "1 requests/s"}, {Quantity(50_000, "MB"), "50 GB"}, {Quantity(7, ""), "7"},
		{PlusMinus(None, "s"), ""}, {PlusMinus(0.3, "s"), "± 300 ms"},
		{grouped(-0.001, 2), "0.00"}, {grouped(1234567.891, 2), "1,234,567.89"}, {significant(9.996, 3), "10.0"}, {rate(1e-80), "<0.000001"}, {significant(1234.5, 3), "1234"}, {significant(0.00099996, 3), "0.00100"},
		{plural(1, "run", "runs"), "1 run"}, {plural(1200, "run", "runs"), "1,200 runs"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestFormatsNeverPrintAnExponentOrNaN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Number(rapid.Float64().Draw(t, "n"))
		if n > 1e30 || n < -1e30 {
			n = None
		}
		for _, s := range []string{Seconds(n), USD(n), Count(n), Share(n), Size(n), MiB(n)} {
			if strings.Contains(s, "e+") || strings.Contains(s, "e-") || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || s == "" {
				t.Fatalf("%v is written %q", float64(n), s)
			}
		}
	})
}
