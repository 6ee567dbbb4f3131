package pace

import "testing"

func TestTheHeapMayGrowByWhatIsNotText(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live, text uint64
		want       int
	}{
		{8 * mb, 0, 400},           // a few names: bounded
		{64 * mb, 1 * mb, 250},     // by leastRoom
		{300 * mb, 220 * mb, 54},   // 200,000 names: by leastRoom too
		{1300 * mb, 1120 * mb, 14}, // 1,000,000 names: 180 MB
		{1500 * mb, 1120 * mb, 13}, // the same with an origin each: mostRoom
		{100 * mb, 200 * mb, 80},   // text came after the newest collection
		{0, 0, 400},                // no collection yet
	} {
		if got := Percent(c.live, c.text); got != c.want {
			t.Errorf("%d MB alive, %d MB of them text: %d (expected: %d)", c.live/mb, c.text/mb, got, c.want)
		}
	}
}
