package trace

import (
	"cmp"
	"io"
	"math"
	"math/big"
	"slices"

	"berth/sim"
)

// TraceStats describes a trace of calls.
type TraceStats struct {
	Requests          int64
	Keys              int     // distinct keys that were called
	SpanS             float64 // from the first to the last arrival, s
	MeanInterarrivalS float64 // s; NaN below two calls
	CVInterarrival    float64 // population standard deviation / mean of the gaps; NaN where that is 0 or missing
	PeakPerMinute     int64   // calls in the fullest of the 60 s bins from the first arrival
	IndexOfDispersion float64 // population variance / mean of the calls in those bins, the last one included
	TopKeyShare       float64 // of the key that is called most
	// Services are those of the calls that have one; NaN where none has.
	Services                                        int64
	MeanServiceMs                                   float64
	ServiceP50Ms, ServiceP95Ms, ServiceP99Ms, MaxMs float64 // nearest rank
}

// statsBin is the width of the bins of PeakPerMinute and IndexOfDispersion.
const statsBin = 60 * sim.Second

// Stats reads a trace to its end. Sums are kept in integers, so the result is
// exact but for the last divisions; memory grows with the distinct service times
// and the keys.
func Stats(r *Reader) (TraceStats, error) {
	g := gatherer{services: map[sim.Time]int64{}}
	for {
		c, err := r.Next()
		if err == io.EOF {
			return g.result(), nil
		}
		if err != nil {
			return TraceStats{}, err
		}
		g.add(&c)
	}
}

// gatherer holds the tallies of Stats.
type gatherer struct {
	n           int64
	first, last sim.Time
	gapSquares  wide // ns^2
	bins        binTally
	keys        []int64
	services    map[sim.Time]int64
}

func (g *gatherer) add(c *Call) {
	if g.n == 0 {
		g.first, g.last = c.At, c.At
	}
	g.gapSquares.addSquare(uint64(c.At - g.last))
	g.last = c.At
	g.n++
	g.bins.at(int64((c.At-g.first)/statsBin), 1)
	for int(c.Key) >= len(g.keys) {
		g.keys = append(g.keys, 0)
	}
	g.keys[c.Key]++
	if c.Service >= 0 {
		g.services[c.Service]++
	}
}

func (g *gatherer) result() TraceStats {
	s := TraceStats{Requests: g.n, SpanS: (g.last - g.first).Seconds(), MeanInterarrivalS: math.NaN(), CVInterarrival: math.NaN(),
		IndexOfDispersion: math.NaN(), TopKeyShare: math.NaN()}
	for _, n := range g.keys {
		if n > 0 {
			s.Keys++
		}
	}
	if g.n > 0 {
		s.PeakPerMinute, s.IndexOfDispersion = g.bins.result()
		s.TopKeyShare = float64(slices.Max(g.keys)) / float64(g.n)
	}
	if g.n > 1 {
		gaps := float64(g.n - 1)
		s.MeanInterarrivalS = s.SpanS / gaps
		// n sum x^2 - (sum x)^2 cancels: it is taken in whole numbers.
		spread := new(big.Int).Mul(g.gapSquares.big(), big.NewInt(g.n-1))
		span := big.NewInt(int64(g.last - g.first))
		spread.Sub(spread, span.Mul(span, span))
		f, _ := new(big.Float).SetInt(spread).Float64()
		s.CVInterarrival = math.Sqrt(f) / float64(g.last-g.first)
	}
	g.serve(&s)
	return s
}

// serve fills in the service times, exactly from the counts of each value.
func (g *gatherer) serve(s *TraceStats) {
	values := make([]sim.Time, 0, len(g.services))
	sum := new(big.Int)
	for v, n := range g.services { // the order does not matter: integers are summed
		values = append(values, v)
		s.Services += n
		sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(v)), big.NewInt(n)))
	}
	slices.SortFunc(values, cmp.Compare)
	total, _ := new(big.Float).SetInt(sum).Float64()
	s.MeanServiceMs = total / float64(s.Services) / 1e6
	s.ServiceP50Ms = g.percentile(values, s.Services, 50)
	s.ServiceP95Ms = g.percentile(values, s.Services, 95)
	s.ServiceP99Ms = g.percentile(values, s.Services, 99)
	s.MaxMs = g.percentile(values, s.Services, 100)
}

// percentile is the nearest-rank percentile in ms: the smallest value with at
// least ceil(percent n / 100) values up to it.
func (g *gatherer) percentile(values []sim.Time, n, percent int64) float64 {
	rank := (n*percent + 99) / 100
	for _, v := range values {
		if rank -= g.services[v]; rank <= 0 {
			return float64(v) / 1e6
		}
	}
	return math.NaN()
}

// binTally sums counts that come in order of their bins.
type binTally struct {
	bin     int64 // in hand, from 0
	count   int64 // in it
	sum     int64
	squares wide
	peak    int64
}

func (b *binTally) at(bin, n int64) {
	if bin != b.bin {
		b.close()
		b.bin = bin
	}
	b.count += n
}

func (b *binTally) close() {
	b.sum += b.count
	b.squares.addSquare(uint64(b.count))
	b.peak = max(b.peak, b.count)
	b.count = 0
}

// result is the fullest bin, and the population variance over the mean of all
// bins from 0 to the last.
func (b *binTally) result() (peak int64, dispersion float64) {
	b.close()
	bins := big.NewInt(b.bin + 1)
	sum := big.NewInt(b.sum)
	spread := new(big.Int).Mul(b.squares.big(), bins)
	spread.Sub(spread, new(big.Int).Mul(sum, sum))
	if b.sum == 0 {
		return 0, math.NaN()
	}
	f, _ := new(big.Rat).SetFrac(spread, new(big.Int).Mul(sum, bins)).Float64()
	return b.peak, f
}
