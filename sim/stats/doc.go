// Package stats holds the tallies of a run and the judgements made from them:
// exact counters and histograms that merge in any order, and the interval
// estimates of simulation output analysis.
package stats
