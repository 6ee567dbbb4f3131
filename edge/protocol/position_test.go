package protocol

import (
	"fmt"
	"testing"
)

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

// FuzzLines reads what comes as text of its own form: positions, and lines of outlines.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"0.0", "1.4711", "9.1152921504606846976", "-1.1", "a.example 7", "a.example 7 removed", "a.example 7 dancing", " 1", "a 0", "a 1 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParsePosition(text); err == nil {
			if again, err := ParsePosition(p.String()); err != nil || again != p || p.Epoch < 0 || p.Revision < 0 {
				t.Fatalf("%q is %v, which is %v, %v", text, p, again, err)
			}
		}
		if name, revision, removed, err := Outlined(text); err == nil {
			line := fmt.Sprint(name, " ", revision)
			if removed {
				line += " removed"
			}
			n, r, gone, err := Outlined(line)
			if err != nil || n != name || r != revision || gone != removed || name == "" || revision < 1 {
				t.Fatalf("%q is %q, which is %q %d %v, %v", text, line, n, r, gone, err)
			}
		}
	})
}
