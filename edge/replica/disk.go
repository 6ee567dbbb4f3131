package replica

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"nameplate.io/edge/disk"
	"nameplate.io/edge/protocol"
)

// ErrDisk means that changes could not be made durable and so were not taken over. What was held before is served, and
// the same changes may be tried again.
var ErrDisk = errors.New("the disk does not take changes")

// snapshotAgain is how long after a snapshot that could not be written the next one is tried.
const snapshotAgain = time.Minute

// Trouble is what is wrong with the disk. The zero value is nothing.
type Trouble struct {
	Since time.Time
	Err   error
}

// Word is how an ack and /readyz say it: protocol.DiskFull, protocol.DiskFailing, or empty.
func (t Trouble) Word() string {
	switch {
	case t.Err == nil:
		return ""
	case errors.Is(t.Err, syscall.ENOSPC) || errors.Is(t.Err, syscall.EDQUOT):
		return protocol.DiskFull
	default:
		return protocol.DiskFailing
	}
}

// diskState remembers what failed last of each kind until it succeeds. It has one writer.
type diskState struct {
	log, snapshot atomic.Pointer[Trouble]
	failures      atomic.Uint64
	tried         time.Time // when a snapshot could not be written last
}

func (d *diskState) failed(what *atomic.Pointer[Trouble], err error, now time.Time) {
	d.failures.Add(1)
	next := Trouble{now, err}
	if before := what.Load(); before != nil {
		next.Since = before.Since
	}
	what.Store(&next)
}

func (d *diskState) snapshotFailed(err error, now time.Time) {
	d.failed(&d.snapshot, err, now)
	d.tried = now
}

func (d *diskState) snapshotWritten() { d.snapshot.Store(nil) }

// snapshotDue reports whether a snapshot that could not be written should be tried again.
func (d *diskState) snapshotDue(now time.Time) bool {
	return d.snapshot.Load() != nil && now.Sub(d.tried) >= snapshotAgain
}

// Disk is what is wrong with the disk now.
func (r *Replica) Disk() Trouble {
	for _, t := range []*Trouble{r.disk.log.Load(), r.disk.snapshot.Load()} {
		if t != nil {
			return *t
		}
	}
	return Trouble{}
}

// DiskFailures is how often since its start the node could not write.
func (r *Replica) DiskFailures() uint64 { return r.disk.failures.Load() }

// append makes a batch durable, and knows when that has become impossible or possible again.
func (r *Replica) append(batch disk.Batch) error {
	before := r.disk.log.Load()
	if err := r.store.Append(batch); err != nil {
		r.disk.failed(&r.disk.log, err, r.clock())
		if before == nil {
			r.log.Error("the disk does not take changes; serving what is held", "error", err)
		}
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	if before != nil {
		r.disk.log.Store(nil)
		r.log.Info("the disk takes changes again", "position", batch.Position.String())
	}
	return nil
}
