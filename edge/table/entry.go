// Package table holds what a node serves: one entry per name, found by one hash probe, replaced one by
// one. Readers never wait: neither for a writer nor for one another.
package table

import (
	"sync/atomic"
	"time"
	"unique"

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

// Entry is what a node holds of one name. It is immutable but for its domain's counter. A node has a million of them:
// its size is pinned by a test, and its texts lie in a slab once it is in a table.
type Entry struct {
	Name     string
	Domain   string
	Team     unique.Handle[string] // teams have many names
	Epoch    int64
	Revision int64 // the newest seen of this name, also when it was refused or held back

	Origin      *origin.Origin           // nil while Unserved or Removed
	Certificate *certificate.Certificate // nil while none has been issued

	// RemovedUnix is when this node learned of the removal, in seconds since 1970; zero if it did not.
	RemovedUnix uint32
	State       State
	// Refused says why the newest revision is not what is served.
	Refused protocol.RefusalReason
	// Held means that the newest revision removes the name and the guard waits for a person's word.
	Held bool

	slab  *slab // holds the texts of the entry and of its certificate; nil while they lie anywhere
	usage atomic.Pointer[usage.Counter]
}

// successor is a copy for a change. It goes on counting where the entry does.
func (e *Entry) successor() *Entry {
	next := &Entry{
		Name: e.Name, Domain: e.Domain, Team: e.Team, Epoch: e.Epoch, Revision: e.Revision,
		Origin: e.Origin, Certificate: e.Certificate,
		RemovedUnix: e.RemovedUnix, State: e.State, Refused: e.Refused, Held: e.Held, slab: e.slab,
	}
	next.usage.Store(e.usage.Load())
	return next
}

// Gone reports whether the newest revision removes the name, held back or not.
func (e *Entry) Gone() bool { return e.State == Removed || e.Held }

// Count counts an answer for the domain.
func (e *Entry) Count(in *usage.Meter, status int) { in.Count(e.counter(), status) }

// Usage is what was counted for the domain.
func (e *Entry) Usage() *usage.Counter { return e.counter() }

// counter makes the counter when it is first needed: most of a million names are asked for rarely.
func (e *Entry) counter() *usage.Counter {
	if c := e.usage.Load(); c != nil {
		return c
	}
	e.usage.CompareAndSwap(nil, new(usage.Counter))
	return e.usage.Load()
}

// counts reports whether requests for the entry are counted.
func (e *Entry) counts() bool { return e.State == Serving || e.State == Suspended }

// seconds is a moment as entries keep it.
func seconds(at time.Time) uint32 { return uint32(at.Unix()) }

// digest is what the entry adds to the table's.
func (e *Entry) digest() protocol.Digest {
	if e.Gone() {
		return 0
	}
	return protocol.DigestOf(e.Name, e.Revision)
}

// olderThan reports whether a revision of an epoch is news to the entry.
func (e *Entry) olderThan(epoch, revision int64) bool {
	if e.Epoch != epoch {
		return e.Epoch < epoch
	}
	// What was refused may be sent again, to a node that has learned since.
	return e.Revision < revision || e.Revision == revision && e.Refused != protocol.NotRefused
}

// after reports whether the entry is newer than the other.
func (e *Entry) after(other *Entry) bool {
	if e.Epoch != other.Epoch {
		return e.Epoch > other.Epoch
	}
	return e.Revision > other.Revision
}
