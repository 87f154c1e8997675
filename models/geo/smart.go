package geo

// SmartWorker returns the PoP, among those that take client traffic, with the lowest sum of the round trips client to Worker
// and Worker to object, for a Worker that makes calls round trips to the object per request. Ties go to the lower index.
func (w *World) SmartWorker(client Origin, doPop int, calls float64) int {
	best, bestMs := int(w.operating[0]), float32(0)
	for k, p := range w.operating {
		ms := w.ClientRTT(client.Point, client.Net, int(p)) + float32(calls)*w.RTT(int(p), doPop)
		if k == 0 || ms < bestMs {
			best, bestMs = int(p), ms
		}
	}
	return best
}

// SmartWorkerFor returns the one PoP with the lowest demand-weighted sum of round trips for a whole market, given by weights
// over Cities and the objects' places by weights over PoPs.
func (w *World) SmartWorkerFor(cityWeights, doWeights []float64, calls float64) int {
	best, bestMs := int(w.operating[0]), 0.0
	for k, p := range w.operating {
		ms := weightedMean(cityWeights, func(i int) float64 { return float64(w.CityRTT(i, int(p))) })
		ms += calls * weightedMean(doWeights, func(i int) float64 { return float64(w.RTT(int(p), i)) })
		if k == 0 || ms < bestMs {
			best, bestMs = int(p), ms
		}
	}
	return best
}

// weightedMean skips zero weights; it is 0 when all are.
func weightedMean(weights []float64, value func(i int) float64) float64 {
	sum, total := 0.0, 0.0
	for i, x := range weights {
		if x > 0 {
			sum += x * value(i)
			total += x
		}
	}
	if total == 0 {
		return 0
	}
	return sum / total
}

// SmartWorkers returns, for each city, SmartWorker's choice with one call. The first request for an object PoP computes its
// row; later ones look it up. It must not be changed.
func (w *World) SmartWorkers(doPop int) []int16 { return w.smart[doPop]() }

// smartByCity computes a row behind SmartWorkers.
func (w *World) smartByCity(doPop int) []int16 {
	out := make([]int16, len(w.Cities()))
	toDO := w.RTTRow(doPop)
	n := len(w.PoPs)
	table := w.cityMs()
	for i := range out {
		row := table[i*n : (i+1)*n]
		best := w.operating[0]
		for _, p := range w.operating[1:] {
			if row[p]+toDO[p] < row[best]+toDO[best] {
				best = p
			}
		}
		out[i] = int16(best)
	}
	return out
}
