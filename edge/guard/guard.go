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

// Passed says how many removals passed in a second.
type Passed struct {
	Unix  int64 // seconds since 1970
	Count int
}

// Passed lists what is counted now.
func (g *Guard) Passed() []Passed {
	var out []Passed
	for i, at := range g.at {
		if g.passed[i] > 0 {
			out = append(out, Passed{at * int64(slice/time.Second), g.passed[i]})
		}
	}
	return out
}

// Since lists what passed at this moment beyond what had passed before.
func (g *Guard) Since(before *Guard, now time.Time) []Passed {
	number := now.UnixNano() / int64(slice)
	i := number % int64(len(g.passed))
	count := 0
	if g.at[i] == number {
		count = g.passed[i]
	}
	if before.at[i] == number {
		count -= before.passed[i]
	}
	if count == 0 {
		return nil
	}
	return []Passed{{number * int64(slice/time.Second), count}}
}

// Restore counts removals that passed before a restart. Those that are older than the window count for nothing.
func (g *Guard) Restore(passed []Passed, now time.Time) {
	newest := now.UnixNano() / int64(slice)
	g.forget(newest)
	for _, p := range passed {
		number := p.Unix / int64(slice/time.Second)
		if number > newest {
			number = newest // the clock was set back
		}
		if newest-number < int64(len(g.passed)) {
			g.add(number, p.Count)
		}
	}
}

// Allow reports whether one more removal may pass, and counts it if so. Names is how many there are now.
func (g *Guard) Allow(names int, now time.Time) bool {
	number := now.UnixNano() / int64(slice)
	g.forget(number)
	// Those that passed were names at the start of the window.
	if limit := max(AlwaysAllowed, (names+g.total)/share); g.total >= limit {
		return false
	}
	g.add(number, 1)
	return true
}

func (g *Guard) add(number int64, count int) {
	i := number % int64(len(g.passed))
	if g.at[i] != number {
		g.total -= g.passed[i] // none, unless the clock was set back
		g.at[i], g.passed[i] = number, 0
	}
	g.passed[i] += count
	g.total += count
}

func (g *Guard) forget(number int64) {
	for i, at := range g.at {
		if g.passed[i] > 0 && number-at >= int64(len(g.passed)) {
			g.total -= g.passed[i]
			g.passed[i] = 0
		}
	}
}
