package usage

import (
	"sync"
	"testing"
)

func TestEveryAnswerIsCountedOnce(t *testing.T) {
	m := NewMeter()
	var requests sync.WaitGroup
	for range 8 {
		requests.Go(func() {
			for _, status := range []int{200, 204, 308, 404, 502, 101, 0} {
				m.Of("dom_1").Count(status)
			}
		})
	}
	requests.Wait()
	want := [6]uint64{8, 8, 16, 8, 8, 8}
	if got := m.Of("dom_1").ByClass(); got != want {
		t.Errorf("%v (expected: %v)", got, want)
	}
	m.Of("dom_2").Count(200)
	m.Forget("dom_1")
	want[2]++
	if got := m.Totals(); got != want {
		t.Errorf("totals %v (expected: %v)", got, want)
	}
	if got := m.Of("dom_1").ByClass(); got != [6]uint64{} {
		t.Errorf("%v after it was forgotten (expected: zeros)", got)
	}
}
