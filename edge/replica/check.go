package replica

import (
	"context"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

const (
	checkEvery = time.Minute
	// checkPause lies between two looks at a few hundred slots: a million names take seven seconds at a hundredth of
	// a processor.
	checkPause = time.Millisecond
)

// Check computes the digest anew from the table every minute until ctx ends, and calls differs when it is not the
// running one. From then on the digest is what the table really holds; a snapshot repairs what that is not.
func (r *Replica) Check(ctx context.Context, differs func()) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if r.check(func() { rest(ctx) }) {
			differs()
		}
		r.tend()
	}
}

// rest waits a little, and not at all once ctx has ended: a sweep is finished then, at full speed.
func rest(ctx context.Context) {
	pause := time.NewTimer(checkPause)
	defer pause.Stop()
	select {
	case <-ctx.Done():
	case <-pause.C:
	}
}

// check reports whether the table differs from its running digest.
func (r *Replica) check(pause func()) (differs bool) {
	swept := r.Table.Sweep(pause)
	if swept.Moved > 0 {
		r.log.Info("moved entries together", "names", swept.Moved)
	}
	if swept.Counted == swept.Running {
		return false
	}
	r.differences.Add(1)
	r.doubt()
	r.log.Error("the table is not what its digest says; asking for a snapshot", "counted", swept.Counted.String(), "running", swept.Running.String())
	return true
}

// doubt makes what cannot be, a revision that lies beyond the node's position, older than anything that a snapshot
// brings. Other differences are older or missing already.
func (r *Replica) doubt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.resync != nil {
		return // until its last page, a snapshot's entries lie beyond the position
	}
	at := r.Position()
	n := r.Table.Doubt(func(e *table.Entry) bool { return at.Before(protocol.Position{Epoch: e.Epoch, Revision: e.Revision}) })
	if n > 0 {
		r.log.Error("entries claim revisions that do not exist yet", "names", n)
	}
}

// tend tries again what waits for a change of state otherwise: a snapshot that could not be written.
func (r *Replica) tend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.disk.snapshotDue(r.clock()) {
		r.compactIfWanted()
	}
}

// Differences is how often since its start the node found that its table is not what its digest said.
func (r *Replica) Differences() uint64 { return r.differences.Load() }
