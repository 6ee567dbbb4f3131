package replica

import (
	"fmt"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// BeginOutline starts reading only what differs from what is held, and returns the names to ask for. The
// pages that bring them follow as those of a snapshot do; the last one carries the outline's position.
func (r *Replica) BeginOutline(o *protocol.Outline) (wanted []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.Position()
	if o.Position().Before(at) {
		return nil, fmt.Errorf("%w: from %s to %s", ErrBackwards, at, o.Position())
	}
	s := &resync{epoch: o.Epoch, brought: make(map[string]struct{}, len(o.Names))}
	for _, line := range o.Names {
		name, revision, removed, err := protocol.Outlined(line)
		if err != nil {
			return nil, err
		}
		s.brought[name] = struct{}{}
		held := r.Table.Lookup(name)
		if removed {
			if held != nil && !held.Gone() {
				wanted = append(wanted, name)
			}
		} else if !listed(held, at, o, revision) {
			wanted = append(wanted, name)
		}
	}
	r.resync = s
	return wanted, nil
}

// listed reports whether what is held is what the outline lists with that revision. A revision means the
// same in the epoch before only up to where the epoch began; nothing is known of older epochs.
func listed(held *table.Entry, at protocol.Position, o *protocol.Outline, revision int64) bool {
	if held == nil || held.Gone() || held.Refused != protocol.NotRefused || held.Revision != revision {
		return false
	}
	switch {
	case held.Epoch == o.Epoch || at.Epoch == o.Epoch: // what was held before was compared when the epoch began
		return true
	case at.Epoch == o.Epoch-1:
		return revision <= o.EpochFrom
	default:
		return false
	}
}
