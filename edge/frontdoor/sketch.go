package frontdoor

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
)

// sketchSize is the number of counters in each of a sketch's two rows: 512 KiB a sketch. Two sources
// share both of theirs once in four billion pairs.
const sketchSize = 1 << 16

// sketch counts by source without remembering sources (a count-min sketch of two rows): a count is
// never too low, and too high only for a source that shares both of its counters with busy ones.
type sketch struct {
	seeds [2]maphash.Seed
	rows  [2][sketchSize]atomic.Int32
}

// spots are where a source is counted.
type spots [2]uint16

func (s *sketch) seed() {
	for i := range s.seeds {
		s.seeds[i] = maphash.MakeSeed()
	}
}

func (s *sketch) spotsOf(source netip.Prefix) spots {
	return spots{
		uint16(maphash.Comparable(s.seeds[0], source)),
		uint16(maphash.Comparable(s.seeds[1], source)),
	}
}

func (s *sketch) add(at spots, n int32) {
	for row, i := range at {
		s.rows[row][i].Add(n)
	}
}

func (s *sketch) least(at spots) int32 {
	return min(s.rows[0][at[0]].Load(), s.rows[1][at[1]].Load())
}

func (s *sketch) halve() {
	for row := range s.rows {
		for i := range s.rows[row] {
			if n := s.rows[row][i].Load(); n > 0 {
				s.rows[row][i].Add(-(n + 1) / 2)
			}
		}
	}
}
