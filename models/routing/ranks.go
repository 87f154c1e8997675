package routing

import "berth/sim"

// Ranks is the members of a pool by their ranks, each with the time from which on
// it is idle: the present or the past for one that is, the future for one that
// will be. It picks what the ordered set of the same pick picks, if its owner
// takes out whoever leaves.
type Ranks struct {
	pick     rankPick
	from     *sim.Earliest // by rank
	numberAt []int32       // by rank; -1 = nobody
	rankOf   []int32       // by number; -1 = no member
	next     int32         // rank of the next to enter
	members  int
}

type rankPick uint8

const (
	rankedNewest rankPick = iota
	rankedOldest
	rankedLowest
)

var rankedPicks = map[string]rankPick{"newest": rankedNewest, "oldest": rankedOldest, "lowest-idle": rankedLowest}

// NewRanks returns an empty pool for a pick, or nil where the order of a pick is
// not that of ranks.
func NewRanks(pick string) *Ranks {
	p, ok := rankedPicks[pick]
	if !ok {
		return nil
	}
	return &Ranks{pick: p, from: sim.NewEarliest()}
}

// Enter makes a number a member that was started after all others; it is not
// idle yet.
func (s *Ranks) Enter(number int32) {
	for len(s.rankOf) <= int(number) {
		s.rankOf = append(s.rankOf, -1)
	}
	rank := number
	if s.pick != rankedLowest {
		// The fewer ranks, the shorter the way through the tree; it doubles at powers
		// of two. A quarter of the ranks has to be gone, so that it pays.
		if n := int(s.next); n >= 16 && n&(n-1) == 0 && s.members <= n/4*3 {
			s.compact()
		}
		rank = s.next
		s.next++
	}
	for len(s.numberAt) <= int(rank) {
		s.numberAt = append(s.numberAt, -1)
	}
	s.rankOf[number], s.numberAt[rank] = rank, number
	s.members++
}

// compact closes the gaps that members left; their order stays.
func (s *Ranks) compact() {
	to := int32(0)
	for rank := range s.next {
		number, from := s.numberAt[rank], s.from.Get(int(rank))
		if number < 0 {
			continue
		}
		if to != rank {
			s.numberAt[rank] = -1
			s.from.Set(int(rank), sim.Never)
			s.numberAt[to], s.rankOf[number] = number, to
			s.from.Set(int(to), from)
		}
		to++
	}
	s.next = to
}

// Leave ends a membership.
func (s *Ranks) Leave(number int32) {
	s.Remove(number)
	s.numberAt[s.rankOf[number]] = -1
	s.rankOf[number] = -1
	s.members--
}

// Add makes a member idle from a time on.
func (s *Ranks) Add(number int32, from sim.Time) { s.from.Set(int(s.rankOf[number]), from) }

// Remove makes a member busy until further notice.
func (s *Ranks) Remove(number int32) { s.from.Set(int(s.rankOf[number]), sim.Never) }

// Next is the earliest time from which on a member is idle, Never when there is
// none.
func (s *Ranks) Next() sim.Time { return s.from.At() }

// Pick is the number of the member, of those idle by now, that takes the next
// request; it stays idle. False when nobody is.
func (s *Ranks) Pick(now sim.Time) (int32, bool) {
	rank, ok := 0, false
	if s.pick == rankedNewest {
		rank, ok = s.from.LastBy(now)
	} else {
		rank, ok = s.from.FirstBy(now)
	}
	if !ok {
		return 0, false
	}
	return s.numberAt[rank], true
}
