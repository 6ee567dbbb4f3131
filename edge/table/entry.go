// Package table holds what a node serves: one entry per name, found by one hash probe, replaced one by
// one. Readers never wait: neither for a writer nor for one another.
package table

import (
	"time"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/usage"
)

// State says what a node does with a name.
type State uint8

// The states an entry can have.
const (
	Serving State = iota
	Suspended
	Unserved // the name is the cluster's, and nothing was sent for it that could be served
	Removed  // a tombstone, which keeps older writes from coming back
)

// Entry is what a node holds of one name. It is immutable.
type Entry struct {
	Name     string
	Domain   string
	Team     string
	Epoch    int64
	Revision int64 // the newest seen of this name, also when it was refused or held back
	State    State

	Origin      *origin.Origin           // nil while Unserved or Removed
	Certificate *certificate.Certificate // nil while none has been issued

	// Refused says why the newest revision is not what is served; empty if it is.
	Refused protocol.RefusalReason
	// Held means that the newest revision removes the name and the guard waits for a person's word.
	Held bool
	// RemovedAt is when this node learned of the removal; zero if it did not.
	RemovedAt time.Time

	// Usage is the domain's counter; nil while Unserved or Removed.
	Usage *usage.Counter
}

// Gone reports whether the newest revision removes the name, held back or not.
func (e *Entry) Gone() bool { return e.State == Removed || e.Held }

// olderThan reports whether a revision of an epoch is news to the entry.
func (e *Entry) olderThan(epoch, revision int64) bool {
	if e.Epoch != epoch {
		return e.Epoch < epoch
	}
	// What was refused may be sent again, to a node that has learned since.
	return e.Revision < revision || e.Revision == revision && e.Refused != ""
}

// after reports whether the entry is newer than the other.
func (e *Entry) after(other *Entry) bool {
	if e.Epoch != other.Epoch {
		return e.Epoch > other.Epoch
	}
	return e.Revision > other.Revision
}
