package protocol

import "testing"

func TestPositionsAreReadAsWritten(t *testing.T) {
	for _, p := range []Position{{}, {1, 4711}, {9, 1 << 60}} {
		if got, err := ParsePosition(p.String()); err != nil || got != p {
			t.Errorf("%v, %v (expected: %v)", got, err, p)
		}
	}
	for _, text := range []string{"", "1", "1.", ".1", "a.1", "-1.1", "1.-1", "1.1.1"} {
		if got, err := ParsePosition(text); err == nil {
			t.Errorf("%q: %v (expected: refused)", text, got)
		}
	}
}

func TestALaterEpochIsLaterWhateverItsRevision(t *testing.T) {
	if !(Position{1, 99}).Before(Position{2, 1}) || (Position{2, 1}).Before(Position{1, 99}) || (Position{1, 1}).Before(Position{1, 1}) {
		t.Error("positions are out of order")
	}
}

func TestANameAddedTwiceIsTakenOutOfTheDigest(t *testing.T) {
	a, b := DigestOf("a.example", 1), DigestOf("b.example", 1)
	if a^b^a != b || a == DigestOf("a.example", 2) {
		t.Error("the digest does not cancel out, or ignores revisions")
	}
}
