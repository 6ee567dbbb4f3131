package protocol

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in a cluster's stream of changes. The zero value is before everything.
type Position struct {
	Epoch    int64
	Revision int64
}

// ParsePosition reads the form of String.
func ParsePosition(text string) (Position, error) {
	epoch, revision, ok := strings.Cut(text, ".")
	if ok {
		e, errE := strconv.ParseInt(epoch, 10, 64)
		r, errR := strconv.ParseInt(revision, 10, 64)
		if errE == nil && errR == nil && e >= 0 && r >= 0 {
			return Position{e, r}, nil
		}
	}
	return Position{}, fmt.Errorf("position: %q (expected: EPOCH.REVISION)", text)
}

// String is EPOCH.REVISION.
func (p Position) String() string {
	return strconv.FormatInt(p.Epoch, 10) + "." + strconv.FormatInt(p.Revision, 10)
}

// Before reports whether p lies before q. Epochs only grow, so a later epoch is later whatever its revision.
func (p Position) Before(q Position) bool {
	if p.Epoch != q.Epoch {
		return p.Epoch < q.Epoch
	}
	return p.Revision < q.Revision
}

// Digest is the XOR of all names' hashes; adding a name twice takes it out again.
type Digest uint64

// DigestOf is what one name adds to the digest.
func DigestOf(hostname string, revision int64) Digest {
	var text [280]byte // the longest name, a newline, the longest revision
	line := append(text[:0], hostname...)
	line = append(line, '\n')
	line = strconv.AppendInt(line, revision, 10)
	sum := sha256.Sum256(line)
	return Digest(binary.BigEndian.Uint64(sum[:8]))
}

// String is 16 lower-case hex digits.
func (d Digest) String() string { return fmt.Sprintf("%016x", uint64(d)) }
