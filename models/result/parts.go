package result

import "berth/sim"

// minPartCount is how many requests a split of a quantile rests on at least,
// where there are so many.
const minPartCount = 100

// Split is what the requests near a quantile of the latency spent their time
// on.
type Split struct {
	P     float64
	Total sim.Time           // mean latency of the requests
	Parts [NumParts]sim.Time // their mean parts, which add up to Total but for rounding
	Count int64              // requests behind it
}

// PartsAt splits the p-quantile of an app's latency into mean parts: those of
// the requests in its latency bucket (an eighth of an octave), widened to the
// sides until at least 100 requests are behind it. Without requests Count is 0.
func PartsAt(a *AppRun, p float64) Split {
	s := Split{P: p}
	total := int64(0)
	for i := range a.PartsBy {
		total += a.PartsBy[i].Count
	}
	if total == 0 {
		return s
	}
	lo := bucketAt(a.PartsBy, p, total)
	hi := lo
	count := a.PartsBy[lo].Count
	for count < min(minPartCount, total) {
		if lo > 0 {
			lo--
			count += a.PartsBy[lo].Count
		}
		if hi < len(a.PartsBy)-1 {
			hi++
			count += a.PartsBy[hi].Count
		}
	}
	s.Count = count
	for part := range s.Parts {
		sum := 0.0
		for i := lo; i <= hi; i++ {
			sum += float64(a.PartsBy[i].Sum[part])
		}
		s.Parts[part] = sim.Time(sum / float64(count))
		s.Total += s.Parts[part]
	}
	return s
}

// bucketAt is the bucket that holds the p-quantile (nearest rank) of total > 0
// requests.
func bucketAt(buckets []PartSums, p float64, total int64) int {
	rank := int64(p * float64(total))
	if float64(rank) < p*float64(total) {
		rank++
	}
	rank = min(max(rank, 1), total)
	seen := int64(0)
	for i := range buckets {
		if seen += buckets[i].Count; seen >= rank {
			return i
		}
	}
	return len(buckets) - 1
}
