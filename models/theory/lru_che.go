package theory

import "math"

// ImageCache is a cache of Slots equal images out of a catalogue of Catalogue
// ones with Zipf(Alpha) popularity, independent requests, everything fetched on
// a miss.
type ImageCache struct {
	Catalogue int     // N >= 1, at most 1e7
	Alpha     float64 // Zipf exponent, >= 0
	Slots     int     // C >= 1; N or more holds everything
}

// CheResult holds the characteristic-time approximation of an ImageCache.
type CheResult struct {
	CharacteristicRequests float64 // requests until an unused image is evicted (LRU); +Inf if all fit
	HitLRU                 float64
	HitLRURank1            float64 // hit ratio of the most popular image
	HitFIFO                float64 // FIFO and random replacement alike
	HitBestStatic          float64 // the Slots most popular images kept for ever (exact)
}

// Che solves sum(1 - e^{-p t}) = C for LRU and sum(p t/(1 + p t)) = C for FIFO
// and random replacement; hit ratios follow with the same terms weighted by p.
// The approximation is within some thousandths for large catalogues and up to
// 0.015 off for a handful of images.
//
// Source: Che, Tung, Wang 2002; Fricker, Robert, Roberts 2012.
func (c ImageCache) Che() (CheResult, error) {
	shares, err := c.shares()
	if err != nil {
		return CheResult{}, err
	}
	if c.Slots >= c.Catalogue {
		return CheResult{CharacteristicRequests: math.Inf(1), HitLRU: 1, HitLRURank1: 1, HitFIFO: 1, HitBestStatic: 1}, nil
	}
	t := characteristicTime(shares, c.Slots, lruPresence)
	u := characteristicTime(shares, c.Slots, fifoPresence)
	r := CheResult{CharacteristicRequests: t, HitLRURank1: -math.Expm1(-shares[0] * t)}
	for i, p := range shares {
		lru, _ := lruPresence(p, t)
		fifo, _ := fifoPresence(p, u)
		r.HitLRU += p * lru
		r.HitFIFO += p * fifo
		if i < c.Slots {
			r.HitBestStatic += p
		}
	}
	return r, nil
}

func (c ImageCache) shares() ([]float64, error) {
	p := problems{model: "image cache"}
	p.atLeast("slots", c.Slots, 1)
	if err := p.err(); err != nil {
		return nil, err
	}
	return Zipf(c.Catalogue, c.Alpha)
}

// lruPresence returns the probability that an image of share p is present, and
// its derivative in t.
func lruPresence(p, t float64) (value, slope float64) {
	return -math.Expm1(-p * t), p * math.Exp(-p*t)
}

// fifoPresence is the same for FIFO and random replacement.
func fifoPresence(p, t float64) (value, slope float64) {
	d := 1 + p*t
	return p * t / d, p / (d * d)
}

// characteristicTime solves sum presence(p, t) = slots for 1 <= slots < len(shares).
// The sum is increasing, concave and at most t, so Newton from t = slots rises
// to the root without passing it.
func characteristicTime(shares []float64, slots int, presence func(p, t float64) (value, slope float64)) float64 {
	target := float64(slots)
	t := target
	for range 10_000 {
		var sum, slope float64
		for i := len(shares) - 1; i >= 0; i-- {
			v, s := presence(shares[i], t)
			sum += v
			slope += s
		}
		step := (target - sum) / slope
		if !(step > 1e-15*t) {
			break
		}
		t += step
	}
	return t
}
