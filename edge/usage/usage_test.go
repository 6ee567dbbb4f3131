package usage

import (
	"sync"
	"testing"
)

func TestEveryAnswerIsCountedOnce(t *testing.T) {
	m := NewMeter()
	var one, two Counter
	var requests sync.WaitGroup
	for range 8 {
		requests.Go(func() {
			for _, status := range []int{200, 204, 308, 404, 502, 101, 0} {
				m.Count(&one, status)
			}
		})
	}
	requests.Wait()
	want := [6]uint64{8, 8, 16, 8, 8, 8}
	if got := one.ByClass(); got != want {
		t.Errorf("%v (expected: %v)", got, want)
	}
	m.Count(&two, 200)
	want[2]++
	if got := m.Totals(); got != want {
		t.Errorf("totals %v (expected: %v)", got, want)
	}
	if got := two.ByClass(); got != [6]uint64{2: 1} {
		t.Errorf("%v (expected: one answer of class 2)", got)
	}
}
