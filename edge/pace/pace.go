// Package pace sets how often the garbage collector runs for a process that holds a large table. Most of such a heap is
// text in slabs, which costs nothing to mark, yet counts in GOGC's percentage; a percentage that suits a few names would
// let a million of them grow by more than a gigabyte between two collections.
package pace

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// leastRoom lets a node collect rarely under load, about once a second, and keeps 200,000 names within 500 MB.
	leastRoom = 160 << 20
	// mostRoom keeps a million names, whose origins may all differ, within 2 GB.
	mostRoom = 192 << 20
	// mostPercent bounds what that means for a heap of a few megabytes.
	mostPercent = 400
	every       = 2 * time.Second
)

// Percent is the GOGC for a heap of so many live bytes, of which so many are text: it may grow by as much as is not
// text, between leastRoom and mostRoom.
//
// What was alive is known as of the newest collection; text that came after it counts too.
func Percent(live, text uint64) int {
	live = max(live, text)
	room := min(max(live-text, leastRoom), mostRoom)
	return int(min(math.Ceil(100*float64(room)/float64(max(live, 1))), mostPercent))
}

// ByOperator reports whether GOGC is set in the environment, which then stays in force.
func ByOperator() bool { return os.Getenv("GOGC") != "" }

// Loading switches collections off until the function that it returns is called: what a start reads stays, and marking
// it over and over would be most of the work. A memory limit (GOMEMLIMIT) still brings them about.
func Loading() (loaded func(text uint64)) {
	if ByOperator() {
		return func(uint64) {}
	}
	debug.SetGCPercent(-1)
	return func(text uint64) { debug.SetGCPercent(Percent(alive(), text)) }
}

// Keep follows the size of the table until ctx ends.
func Keep(ctx context.Context, text func() uint64) {
	if ByOperator() {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	set := 0
	for {
		// Each change stops the world for a moment, so small ones are left.
		if next := Percent(alive(), text()); next > set+set/8 || next < set-set/8 {
			debug.SetGCPercent(next)
			set = next
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// alive is what the newest collection left.
func alive() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
