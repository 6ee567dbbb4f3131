package guard

import (
	"testing"
	"time"
)

var noon = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

// passing asks n times and returns how many passed.
func passing(g *Guard, n, names int, at time.Time) int {
	passed := 0
	for range n {
		if g.Allow(names-passed, at) {
			passed++
		}
	}
	return passed
}

func TestAHundredRemovalsPassInASmallCluster(t *testing.T) {
	if got := passing(&Guard{}, 150, 150, noon); got != 100 {
		t.Errorf("%d removals passed (expected: 100)", got)
	}
}

func TestFivePercentPassInALargeCluster(t *testing.T) {
	if got := passing(&Guard{}, 20_000, 100_000, noon); got != 5_000 {
		t.Errorf("%d removals passed (expected: 5000)", got)
	}
}

func TestRemovalsPassAgainTenMinutesLater(t *testing.T) {
	var g Guard
	passing(&g, 60, 1_000, noon)
	passing(&g, 60, 940, noon.Add(5*time.Minute))
	if got := passing(&g, 200, 900, noon.Add(10*time.Minute-time.Second)); got != 0 {
		t.Errorf("%d removals passed within the window (expected: 0)", got)
	}
	if got := passing(&g, 200, 900, noon.Add(10*time.Minute)); got != 60 {
		t.Errorf("%d removals passed once the first 60 were ten minutes old (expected: 60)", got)
	}
}

func TestWhatPassedBeforeARestartStillCounts(t *testing.T) {
	var before, after Guard
	passing(&before, 40, 1_000, noon)
	passing(&before, 30, 960, noon.Add(5*time.Minute))
	after.Restore(before.Passed(), noon.Add(6*time.Minute))
	if got := passing(&after, 200, 930, noon.Add(6*time.Minute)); got != 30 {
		t.Errorf("%d removals passed after 70 before the restart (expected: 30)", got)
	}
	var late Guard
	late.Restore(before.Passed(), noon.Add(11*time.Minute))
	if got := passing(&late, 200, 930, noon.Add(11*time.Minute)); got != 70 {
		t.Errorf("%d removals passed once only 30 were in the window (expected: 70)", got)
	}
}
