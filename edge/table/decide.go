package table

import (
	"slices"
	"time"
	"unique"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/hostname"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// Features are the words of Entry.Requires that this build honours.
var Features = []string{"h3", "websocket"}

// Decide says what becomes of a name when an entry arrives: the entry to hold from now on, or nil if
// nothing changes. An entry that is not good is refused alone; what was served before stays.
func Decide(held *Entry, epoch int64, in *protocol.Entry, key *seal.ClusterKey, now time.Time) *Entry {
	if held != nil && !held.olderThan(epoch, in.Revision) {
		return nil
	}
	next := &Entry{
		Name:     in.Hostname,
		Domain:   in.DomainID,
		Team:     unique.Make(in.TeamID),
		Epoch:    epoch,
		Revision: in.Revision,
	}
	if in.State == protocol.Removed {
		next.State, next.RemovedUnix = Removed, seconds(now)
		return next
	}
	reason := protocol.FeatureUnknown
	if !slices.ContainsFunc(in.Requires, unknownFeature) {
		reason = next.fill(held, in, key, now)
	}
	if reason != protocol.NotRefused {
		return refused(held, next, reason)
	}
	return next
}

func unknownFeature(feature string) bool { return !slices.Contains(Features, feature) }

// tooLong reports whether an entry has parts of a size that no control plane sends. It keeps records on disk small.
func tooLong(in *protocol.Entry) bool {
	const id, path, leaf, chain = 255, 16 << 10, 64 << 10, 512 << 10
	long := len(in.DomainID) > id || len(in.TeamID) > id || len(in.Origin.Path) > path
	if c := in.Certificate; c != nil {
		above := 0
		for _, der := range c.Above {
			above += len(der)
		}
		long = long || len(c.ID) > id || len(c.SealedKey) > path || len(c.Chain) > chain || len(c.Leaf) > leaf || above > chain
	}
	return long
}

// fill reads the rest of the entry. A bad certificate is left out, and the one of the held entry of
// the same domain kept, so that a new origin is not lost over it.
func (e *Entry) fill(held *Entry, in *protocol.Entry, key *seal.ClusterKey, now time.Time) protocol.RefusalReason {
	name, ok := hostname.Normalize(in.Hostname)
	if !ok || name != in.Hostname || in.Origin == nil || in.DomainID == "" || in.TeamID == "" || tooLong(in) {
		return protocol.EntryInvalid
	}
	switch in.State {
	case protocol.Serving:
		e.State = Serving
	case protocol.Suspended:
		e.State = Suspended
	default:
		return protocol.EntryInvalid
	}
	to, err := origin.New(in.Origin)
	if err != nil {
		return protocol.EntryInvalid
	}
	e.Origin = to
	same := held != nil && held.State != Removed && held.Domain == in.DomainID
	var before *certificate.Certificate
	if same {
		before = held.Certificate
	}
	if held != nil && held.Origin != nil && *held.Origin == *e.Origin {
		e.Origin = held.Origin
	}
	if in.Certificate != nil {
		e.certify(before, in, key, now)
	}
	if same && e.Certificate == before {
		e.share(held)
	}
	return protocol.NotRefused
}

// certify takes the certificate that came, or the one before it if that is better.
func (e *Entry) certify(before *certificate.Certificate, in *protocol.Entry, key *seal.ClusterKey, now time.Time) {
	read, reason := certificate.Read(in.Certificate, in.Hostname, before, key, now)
	switch {
	case reason == protocol.NotRefused:
		e.Certificate = read
	case reason == protocol.CertificateExpired && (before == nil || before.Expired(now)):
		e.Certificate = read // nothing better is at hand
	default:
		e.Certificate, e.Refused = before, reason
	}
}

// refused is the held entry once it has seen a revision that it does not take. A name of another
// domain is not served any more.
func refused(held, in *Entry, reason protocol.RefusalReason) *Entry {
	if held == nil || held.State == Removed || held.Domain != in.Domain {
		return &Entry{
			Name: in.Name, Domain: in.Domain, Team: in.Team, Epoch: in.Epoch, Revision: in.Revision,
			State: Unserved, Refused: reason,
		}
	}
	next := held.successor()
	next.Epoch, next.Revision, next.Refused, next.Held = in.Epoch, in.Revision, reason, false
	return next
}

// Hold is the held entry once its removal has been seen and the guard does not let it through.
func Hold(held, tombstone *Entry) *Entry {
	next := held.successor()
	next.Epoch, next.Revision, next.RemovedUnix = tombstone.Epoch, tombstone.Revision, tombstone.RemovedUnix
	next.Held, next.Refused = true, protocol.NotRefused
	return next
}

// Tombstone is what is left of an entry whose removal is now let through, or which the cluster no
// longer has.
func Tombstone(e *Entry, epoch, revision int64, now time.Time) *Entry {
	return &Entry{Name: e.Name, Domain: e.Domain, Team: e.Team, Epoch: epoch, Revision: revision, State: Removed, RemovedUnix: seconds(now)}
}
