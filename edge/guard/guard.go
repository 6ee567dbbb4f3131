// Package guard keeps a control plane that has gone wrong from emptying a node: it counts removals
// over ten minutes and holds back those beyond a share of all names.
package guard

import "time"

const (
	window = 10 * time.Minute
	slice  = time.Second

	// AlwaysAllowed removals pass in a window whatever the share, so that small clusters can shrink.
	AlwaysAllowed = 100
	// share of the names, as a divisor: 5 %.
	share = 20
)

// Guard counts removals. The zero value has seen none. It is not safe for concurrent use.
type Guard struct {
	passed [window / slice]int
	at     [window / slice]int64 // the slice's number since 1970
	total  int
}

// Allow reports whether one more removal may pass, and counts it if so. Names is how many there are now.
func (g *Guard) Allow(names int, now time.Time) bool {
	number := now.UnixNano() / int64(slice)
	g.forget(number)
	// Those that passed were names at the start of the window.
	if limit := max(AlwaysAllowed, (names+g.total)/share); g.total >= limit {
		return false
	}
	i := number % int64(len(g.passed))
	g.at[i] = number
	g.passed[i]++
	g.total++
	return true
}

func (g *Guard) forget(number int64) {
	for i, at := range g.at {
		if g.passed[i] > 0 && number-at >= int64(len(g.passed)) {
			g.total -= g.passed[i]
			g.passed[i] = 0
		}
	}
}
