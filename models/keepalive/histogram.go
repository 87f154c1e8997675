package keepalive

import (
	"math"

	"berth/sim"
)

// HybridHistogram is the policy of Shahrad et al., "Serverless in the Wild",
// USENIX ATC 2020, section 4: each object has a histogram of its idle times in
// bins of one minute. Its head says when the next request can come at the
// earliest, its tail when at the latest. An object whose head is above zero
// sleeps at once and is started again before the head; otherwise it stays up. In
// both cases it stays until the tail. Where the histogram does not say enough,
// because the counts of its bins hardly vary or most idle times are beyond its
// range, the standard time holds.
//
// Two things differ from the publication. It foretells idle times beyond the
// range by a time series model (ARIMA), which is left out: such objects get the
// standard time. And its standard time is the whole range; here it is the app's
// sleep_after, so that the publication's is sleep_after: 4h.
type HybridHistogram struct{}

// BinWidth is the width of a bin of the histogram.
const BinWidth = sim.Minute

// mostBeyond is the share of idle times beyond the range above which the
// histogram is not asked. The publication gives no number.
const mostBeyond = 0.5

// New implements Policy.
func (HybridHistogram) New(s Settings) Memory { return &histogram{settings: s} }

// histogram counts idle times; bins is made at the first one. squares is the
// sum of the squared counts, from which the coefficient of variation follows in
// one step for each observation.
type histogram struct {
	settings        Settings
	bins            []uint32
	inside, squares uint64
	beyond          uint64
}

// Observe implements Memory.
func (h *histogram) Observe(idle sim.Time) {
	if h.bins == nil {
		h.bins = make([]uint32, max(1, (h.settings.Range+BinWidth-1)/BinWidth))
	}
	k := idle / BinWidth
	if k >= sim.Time(len(h.bins)) {
		h.beyond++
		return
	}
	h.squares += 2*uint64(h.bins[k]) + 1
	h.bins[k]++
	h.inside++
}

// Plan implements Memory.
func (h *histogram) Plan() Plan {
	s := &h.settings
	if h.inside == 0 || float64(h.beyond) > mostBeyond*float64(h.inside+h.beyond) || h.variation() < s.MinCV {
		return Stay(s.Standard)
	}
	// The head is rounded down to the begin of its bin, the tail up to the end.
	head := sim.Time(float64(h.binOf(s.Head)) * float64(BinWidth) * (1 - s.Margin))
	tail := sim.Time(float64(h.binOf(s.Tail)+1) * float64(BinWidth) * (1 + s.Margin))
	if head == 0 {
		return Stay(tail)
	}
	return Plan{Stay: 0, Prewarm: head, Until: tail}
}

// variation is the coefficient of variation of the counts of the bins.
func (h *histogram) variation() float64 {
	n := float64(len(h.bins))
	mean := float64(h.inside) / n
	return math.Sqrt(max(0, float64(h.squares)/n-mean*mean)) / mean
}

// binOf is the bin that holds a percentile of the idle times within the range.
func (h *histogram) binOf(share float64) int {
	rank := max(1, uint64(math.Ceil(share*float64(h.inside))))
	seen := uint64(0)
	for k, c := range h.bins {
		if seen += uint64(c); seen >= rank {
			return k
		}
	}
	return len(h.bins) - 1
}
