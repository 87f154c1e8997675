package dist

import (
	"math"

	"berth/sim/rng"
)

// maxDraw is where Sampler.Int64 saturates.
const maxDraw = 1 << 62

// Sampler draws max(0, round(scale x sample)) of a distribution as an integer,
// without an interface call for the laws named in the package comment. Its
// draws follow the same law as Dist.Sample (quantile tables within the error
// stated at Compile). It holds no random state: one Sampler serves any number
// of streams and goroutines.
type Sampler struct {
	kind  samplerKind
	fixed int64   // the constant, or the threshold on a word between two branches
	a, b  float64 // parameters, already scaled
	table *quantileTable
	more  *samplerParts
}

// samplerParts is what the common laws do not need on every draw.
type samplerParts struct {
	dist   Dist
	scale  float64
	mean   float64
	alias  *Alias
	parts  []Sampler
	points *pointTable
}

type samplerKind uint8

const (
	constantKind samplerKind = iota
	uniformKind
	exponentialKind
	tableKind
	geometricKind
	hyperKind
	pairKind
	mixtureKind
	rankKind
	pointKind
	distKind
)

// maxRanks is the number of ranks up to which a Zipf law gets an alias table
// (512 KiB); beyond it draws by rejection.
const maxRanks = 1 << 16

// Compile makes a sampler of scale x d, for instance with scale 1e9 for
// nanoseconds of a law in seconds. A scale that is not above 0 gives the
// constant 0.
//
// Lognormal, gamma, Weibull and Pareto laws become tables of their quantile
// function with straight lines between 1,024 points on each side of the
// median, placed evenly within each halving of the tail probability: values
// are within 3e-4 relative of the exact quantile of their word (or 1e-5 of the
// mean, whichever is more), and exact beyond probabilities of 2^-17 in either
// tail. A law too steep for that (a shape far below 1) is drawn by its Sample.
func Compile(d Dist, scale float64) *Sampler {
	s := &Sampler{more: &samplerParts{dist: d, scale: scale, mean: scale * d.Mean()}}
	if !(scale > 0) {
		s.more.mean = 0
		return s
	}
	switch d := d.(type) {
	case Constant:
		s.fixed = toInt64(scale*d.value + 0.5)
		s.more.mean = float64(s.fixed)
	case Uniform:
		s.kind, s.a, s.b = uniformKind, scale*(d.max-d.min), scale*d.min+0.5
	case Exponential:
		s.kind, s.a = exponentialKind, scale*d.mean
	case Geometric:
		s.compileGeometric(d)
	case Hyperexponential:
		s.kind, s.fixed = hyperKind, wordBelow(d.p)
		s.a, s.b = scale*d.mean1, scale*d.mean2
	case Lognormal, Gamma, Weibull, Pareto:
		s.kind = distKind
		if t := newQuantileTable(d, scale); t != nil {
			s.kind, s.table = tableKind, t
		}
	case Zipf:
		s.compileZipf(d)
	case *Empirical:
		s.kind, s.more.points = pointKind, newPointTable(d, scale)
	case *Mixture:
		s.compileMixture(d)
	default:
		s.kind = distKind
	}
	return s
}

func (s *Sampler) compileGeometric(d Geometric) {
	if d.p == 1 {
		s.fixed = toInt64(s.more.scale + 0.5)
		return
	}
	s.kind, s.a, s.b = geometricKind, -1/d.logMiss, s.more.scale
}

func (s *Sampler) compileZipf(d Zipf) {
	s.kind = distKind
	if d.n > maxRanks {
		return
	}
	// A Zipf law's weights are finite and its first is 1, so there is no error.
	if alias, err := NewAlias(ZipfWeights(int(d.n), d.alpha)); err == nil {
		s.kind, s.b, s.more.alias = rankKind, s.more.scale, alias
	}
}

func (s *Sampler) compileMixture(d *Mixture) {
	for _, part := range d.parts {
		s.more.parts = append(s.more.parts, *Compile(part, s.more.scale))
	}
	if len(d.parts) == 2 {
		s.kind, s.fixed = pairKind, wordBelow(d.weights[0])
		return
	}
	alias, err := NewAlias(d.weights)
	if err != nil {
		s.kind = distKind
		return
	}
	s.kind, s.more.alias = mixtureKind, alias
}

// wordBelow is the 63-bit threshold t for which word>>1 < t has probability p.
func wordBelow(p float64) int64 {
	if p >= 1 {
		return math.MaxInt64
	}
	return int64(p * 0x1p63)
}

// Int64 draws one value: max(0, round(scale x sample)), halves up, saturating
// at 2^62.
func (s *Sampler) Int64(r *rng.Stream) int64 {
	switch s.kind {
	case constantKind:
		return s.fixed
	case exponentialKind:
		return toInt64(s.a*r.Exp() + 0.5)
	case tableKind:
		return s.fromTable(r.Uint64())
	case uniformKind:
		return toInt64(s.a*r.Float64() + s.b)
	case pairKind:
		branch := 0
		if int64(r.Uint64()>>1) >= s.fixed {
			branch = 1
		}
		return s.more.parts[branch].Int64(r)
	case hyperKind:
		mean := s.a
		if int64(r.Uint64()>>1) >= s.fixed {
			mean = s.b
		}
		return toInt64(mean*r.Exp() + 0.5)
	case geometricKind:
		return toInt64((1+math.Floor(r.Exp()*s.a))*s.b + 0.5)
	}
	return s.rare(r)
}

// rare draws for the laws whose own work hides one more call.
func (s *Sampler) rare(r *rng.Stream) int64 {
	switch s.kind {
	case rankKind:
		return toInt64(float64(s.more.alias.Draw(r.Uint64())+1)*s.b + 0.5)
	case pointKind:
		return toInt64(s.more.points.at(r.Float64()) + 0.5)
	case mixtureKind:
		return s.more.parts[s.more.alias.Draw(r.Uint64())].Int64(r)
	}
	return toInt64(s.more.scale*s.more.dist.Sample(r) + 0.5)
}

// IsConstant reports whether every draw is the same value, and which. Such a
// sampler takes no random word.
func (s *Sampler) IsConstant() (int64, bool) {
	return s.fixed, s.kind == constantKind
}

// Mean is the expectation in scaled units before rounding (for a constant
// after it); +Inf where it does not exist.
func (s *Sampler) Mean() float64 {
	return s.more.mean
}

// toInt64 cuts v, to which one half was added, down to [0, maxDraw].
func toInt64(v float64) int64 {
	if !(v >= 1) {
		return 0
	}
	if v >= maxDraw {
		return maxDraw
	}
	return int64(v)
}

// fromTable maps a word to its quantile.
func (s *Sampler) fromTable(word uint64) int64 {
	if inTail(word) {
		return s.fromTail(word)
	}
	cell, within := cellOf(word)
	pair := (*[2]float64)(s.table.knots[cell : cell+2])
	return int64(pair[0] + (pair[1]-pair[0])*within)
}

// fromTail computes the quantile itself, in 1 of 65,536 draws.
func (s *Sampler) fromTail(word uint64) int64 {
	q := word &^ (1 << 63)
	p := (float64(q) + 0.5) * 0x1p-64
	if word>>63 == 0 {
		return toInt64(s.more.scale*s.more.dist.Quantile(p) + 0.5)
	}
	return toInt64(s.more.scale*upperQuantile(s.more.dist, p) + 0.5)
}
