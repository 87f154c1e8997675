package trace

import (
	"io"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"
	"time"

	"berth/sim"
)

// FuzzReader holds every format to what the simulator relies on, whatever the
// bytes: instants from 0 on and in order, indices that exist, values of at least
// -1, and an end.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"calls.csv", "access.log", "azure2019_mini_invocations.csv", "azure2021_mini.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "", true)
	}
	f.Add([]byte("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n"), "azurellm_mod3", false)
	f.Add([]byte("timestamp_ms,session,input_tokens,output_tokens\n0,7,1,500\n"), "mooncake", false)
	f.Add([]byte("time,key\n2024-02-29T23:59:59.5Z,k\n\"1970-01-01 00:00:00\",k\n"), "", true)
	f.Add([]byte("\x1f\x8b\x08\x00"), "", false)
	f.Add([]byte("\x28\xb5\x2f\xfd\x00"), "", false)
	f.Fuzz(func(t *testing.T, data []byte, rule string, lenient bool) {
		opt := Options{Rule: rule}
		if lenient {
			opt.MaxBad = math.MaxInt
		}
		r, err := newReader(newLimited(data), "fuzz", opt)
		if err != nil {
			return
		}
		defer r.Close()
		last := sim.Time(0)
		for range 10_000 {
			c, err := r.Next()
			if err != nil {
				if lenient && err == io.EOF && r.Bad() == 0 && len(r.BadLines()) != 0 {
					t.Fatal("lines were lost without being counted")
				}
				return
			}
			if c.At < last || int(c.Key) >= len(r.Keys()) || c.Key < 0 || int(c.Place) >= len(r.Places()) || c.Place < -1 ||
				c.Service < -1 || c.CPU < -1 || c.Bytes < -1 {
				t.Fatalf("call %+v after %v, %d keys, %d places", c, last, len(r.Keys()), len(r.Places()))
			}
			last = c.At
		}
	})
}

// limited hands out a few bytes at a time, so that lines straddle reads.
type limited struct{ rest []byte }

func newLimited(data []byte) io.Reader { return &limited{data} }

func (l *limited) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 13)], l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// FuzzDecimal compares the exact reader of numbers with rational arithmetic.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "1.5", "-2.5", "0.07949090003967285", "12e3", "1e-30", "999999999999999999", "+.5"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, digits int) {
		if digits < 0 || digits > 9 || len(s) > 100 {
			return
		}
		got, ok := decimal([]byte(s), digits)
		if !ok {
			return
		}
		x, valid := new(big.Rat).SetString(s)
		if f, err := strconv.ParseFloat(s, 64); !valid && err == nil {
			x, valid = new(big.Rat), f == 0 // an exponent beyond what Rat takes
		}
		if !valid {
			t.Fatalf("decimal(%q) = %d, which is no number", s, got)
		}
		x.Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)))
		x.Sub(x, new(big.Rat).SetInt64(got))
		off, _ := x.Float64()
		if tolerance := 0.5 + math.Abs(float64(got))*1e-15; math.Abs(off) > tolerance {
			t.Fatalf("decimal(%q, %d) = %d is off by %v", s, digits, got, off)
		}
	})
}

// FuzzMoment compares the reader of calendar times with the standard library's.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2023-11-16 18:17:03.9799600", "2024-02-29T23:59:59Z", "1970-03-01 00:00:00+15:59", "2100-02-29 00:00:00", "2023-11-16T18:17:60Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := moment([]byte(s))
		if !ok || len(s) < 19 || s[17] == '6' {
			return
		}
		layout := "2006-01-02T15:04:05.999999999"
		text := s[:10] + "T" + s[11:]
		for _, zone := range []string{"", "Z07:00", "Z0700"} {
			if want, err := time.Parse(layout+zone, text); err == nil {
				if want.UnixNano() != int64(got) {
					t.Fatalf("moment(%q) = %d, want %d", s, got, want.UnixNano())
				}
				return
			}
		}
		t.Fatalf("moment(%q) = %d, which is no time", s, got)
	})
}

// FuzzRates reads any table of counts without a panic, and never more idle
// minutes than minutes.
func FuzzRates(f *testing.F) {
	f.Add([]byte("minute,requests\n1,2\n5,0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ratesFrom(newLimited(data), "fuzz")
		if err == nil && (s.ZeroMinutes > s.Minutes || s.LongestZeroRun > s.ZeroMinutes || s.Requests < s.PeakPerMinute) {
			t.Fatalf("%+v", s)
		}
	})
}
