package edge

import "berth/sim/stats"

// column is a histogram whose latest numbers wait to be recorded together.
type column struct {
	n       int
	numbers [2 * leftAhead]int64
	before  stats.Histogram
}

// put adds a number to a column that has room.
func (c *column) put(v int64) {
	c.numbers[c.n&(2*leftAhead-1)] = v
	c.n++
}

// add adds a number.
func (c *column) add(v int64) {
	if c.n == len(c.numbers) {
		c.record()
	}
	c.put(v)
}

// record makes room.
func (c *column) record() {
	stats.RecordAll(&c.before, c.numbers[:c.n])
	c.n = 0
}

// moveTo adds all numbers to a histogram.
func (c *column) moveTo(h *stats.Histogram) {
	c.record()
	h.Merge(&c.before)
	c.before = stats.Histogram{}
}
