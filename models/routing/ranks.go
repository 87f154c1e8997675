package routing

import "math/bits"

// Ranks is the idle members of a pool by their ranks: a bitmap with a summary
// above each 64 words. It gives what the ordered set of the same pick gives, if
// its owner takes out whoever leaves.
type Ranks struct {
	pick     rankPick
	levels   [][]uint64 // of bits; the last has one word
	numberAt []int32    // by rank; -1 = nobody
	rankOf   []int32    // by number; -1 = no member
	next     int32      // rank of the next to enter
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
	s := &Ranks{pick: p}
	s.resize(64)
	return s
}

// resize makes room for n ranks, a multiple of 64.
func (s *Ranks) resize(n int) {
	s.numberAt = append(s.numberAt, make([]int32, n-len(s.numberAt))...)
	old := s.levels
	s.levels = nil
	for words := n / 64; ; words = (words + 63) / 64 {
		level := make([]uint64, words)
		if len(s.levels) == 0 && old != nil {
			copy(level, old[0])
		} else if len(s.levels) > 0 {
			for w, x := range s.levels[len(s.levels)-1] {
				if x != 0 {
					level[w/64] |= 1 << (w % 64)
				}
			}
		}
		s.levels = append(s.levels, level)
		if words == 1 {
			return
		}
	}
}

// Enter makes a number a member that was started after all others; it is not
// idle yet.
func (s *Ranks) Enter(number int32) {
	for len(s.rankOf) <= int(number) {
		s.rankOf = append(s.rankOf, -1)
	}
	rank := number
	if s.pick != rankedLowest {
		if int(s.next) == len(s.numberAt) && s.members < len(s.numberAt)/2 {
			s.compact()
		}
		rank = s.next
		s.next++
	}
	if int(rank) >= len(s.numberAt) {
		s.resize(max(2*len(s.numberAt), (int(rank)/64+1)*64))
	}
	s.rankOf[number], s.numberAt[rank] = rank, number
	s.members++
}

// compact closes the gaps that members left; their order stays.
func (s *Ranks) compact() {
	var idle []int32
	to := int32(0)
	for rank := range s.next {
		number := s.numberAt[rank]
		if number < 0 {
			continue
		}
		if s.levels[0][rank/64]>>(rank%64)&1 != 0 {
			s.Remove(number)
			idle = append(idle, number)
		}
		s.numberAt[to], s.rankOf[number] = number, to
		to++
	}
	s.next = to
	for _, number := range idle {
		s.Add(number)
	}
}

// Leave ends a membership.
func (s *Ranks) Leave(number int32) {
	s.Remove(number)
	s.numberAt[s.rankOf[number]] = -1
	s.rankOf[number] = -1
	s.members--
}

// Add makes a member idle.
func (s *Ranks) Add(number int32) {
	i := uint(s.rankOf[number])
	for _, level := range s.levels {
		level[i/64] |= 1 << (i % 64)
		i /= 64
	}
}

// Remove makes a member busy.
func (s *Ranks) Remove(number int32) {
	i := uint(s.rankOf[number])
	for _, level := range s.levels {
		level[i/64] &^= 1 << (i % 64)
		if level[i/64] != 0 {
			return
		}
		i /= 64
	}
}

// Pick is the number of the idle member that takes the next request; it stays
// idle. False when nobody is.
func (s *Ranks) Pick() (int32, bool) {
	top := len(s.levels) - 1
	if s.levels[top][0] == 0 {
		return 0, false
	}
	i := 0
	for l := top; l >= 0; l-- {
		if s.pick == rankedNewest {
			i = i*64 + 63 - bits.LeadingZeros64(s.levels[l][i])
		} else {
			i = i*64 + bits.TrailingZeros64(s.levels[l][i])
		}
	}
	return s.numberAt[i], true
}
