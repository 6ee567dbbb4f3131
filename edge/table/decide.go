package table

import (
	"slices"
	"strings"
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
		Name:     strings.Clone(in.Hostname),
		Domain:   in.DomainID,
		Team:     unique.Make(in.TeamID).Value(), // teams have many names
		Epoch:    epoch,
		Revision: in.Revision,
	}
	if in.State == protocol.Removed {
		next.State, next.RemovedAt = Removed, now
		return next
	}
	if !slices.ContainsFunc(in.Requires, unknownFeature) {
		if reason := next.fill(held, in, key, now); reason != "" {
			return refused(held, next, reason)
		}
		return next
	}
	return refused(held, next, protocol.FeatureUnknown)
}

func unknownFeature(feature string) bool { return !slices.Contains(Features, feature) }

// fill reads the rest of the entry. A bad certificate is left out, and the one of the held entry of
// the same domain kept, so that a new origin is not lost over it.
func (e *Entry) fill(held *Entry, in *protocol.Entry, key *seal.ClusterKey, now time.Time) protocol.RefusalReason {
	name, ok := hostname.Normalize(in.Hostname)
	if !ok || name != in.Hostname || in.Origin == nil || in.DomainID == "" || in.TeamID == "" {
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
	var before *certificate.Certificate
	if held != nil && held.State != Removed && held.Domain == in.DomainID {
		before = held.Certificate
	}
	if held != nil && held.Origin != nil && *held.Origin == *e.Origin {
		e.Origin = held.Origin
	}
	if in.Certificate == nil {
		return ""
	}
	read, reason := certificate.Read(in.Certificate, in.Hostname, key, now)
	switch {
	case reason == "" && read.Same(before):
		e.Certificate = before // it may be parsed already
	case reason == "":
		e.Certificate = read
	case reason == protocol.CertificateExpired && (before == nil || !now.Before(before.NotAfter)):
		e.Certificate = read // nothing better is at hand
	default:
		e.Certificate, e.Refused = before, reason
	}
	return ""
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
	next := *held
	next.Epoch, next.Revision, next.Refused, next.Held = in.Epoch, in.Revision, reason, false
	return &next
}

// Hold is the held entry once its removal has been seen and the guard does not let it through.
func Hold(held, tombstone *Entry) *Entry {
	next := *held
	next.Epoch, next.Revision, next.RemovedAt = tombstone.Epoch, tombstone.Revision, tombstone.RemovedAt
	next.Held, next.Refused = true, ""
	return &next
}

// Tombstone is what is left of an entry whose removal is now let through, or which the cluster no
// longer has.
func Tombstone(e *Entry, epoch, revision int64, now time.Time) *Entry {
	return &Entry{Name: e.Name, Domain: e.Domain, Team: e.Team, Epoch: epoch, Revision: revision, State: Removed, RemovedAt: now}
}
