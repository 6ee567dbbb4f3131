// Package replica keeps a node's copy of its cluster's state: it decides what each change means, makes
// it durable, and only then shows it to requests.
package replica

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/disk"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
	"nameplate.io/edge/table"
	"nameplate.io/edge/usage"
)

// tombstonesKept is how long a removal is remembered: the control plane keeps its own for seven days,
// and a day more is in nobody's way.
const tombstonesKept = 8 * 24 * time.Hour

// ErrBackwards means that changes would lead to an older position.
var ErrBackwards = errors.New("replica: changes lead backwards")

// Replica is a node's state. Reading Table, Challenges and Report needs no lock; changes come one at a time.
type Replica struct {
	Table      *table.Table
	Challenges *challenge.Store

	meter *usage.Meter
	log   *slog.Logger
	clock func() time.Time

	mu         sync.Mutex
	store      *disk.Store
	guard      guard.Guard
	key        *seal.ClusterKey
	resync     *resync
	compacting bool
	done       sync.WaitGroup

	position atomic.Pointer[protocol.Position]
	restored bool
}

// resync is a snapshot being read from the control plane, page by page.
type resync struct {
	epoch   int64
	brought map[string]struct{}
	pages   int
}

// Open reads the state in dir. Key may be nil until SetKey.
func Open(dir string, key *seal.ClusterKey, meter *usage.Meter, log *slog.Logger, clock func() time.Time) (*Replica, error) {
	store, loaded, err := disk.Open(dir)
	if err != nil {
		return nil, err
	}
	for _, damage := range loaded.Damage {
		log.Warn("found damage on disk; what is missing will be asked for", "what", damage)
	}
	r := &Replica{
		Table: table.New(), Challenges: &challenge.Store{},
		meter: meter, log: log, clock: clock, store: store, key: key,
	}
	for _, e := range loaded.Entries {
		if e.State != table.Removed && e.State != table.Unserved {
			e.Usage = meter.Of(e.Domain)
		}
	}
	r.Table.Install(loaded.Entries)
	r.Challenges.Install(loaded.Answers)
	r.position.Store(&loaded.Position)
	r.restored = loaded.Position != protocol.Position{} || len(loaded.Entries) > 0
	return r, nil
}

// Restored reports whether the disk held a state that can be served from.
func (r *Replica) Restored() bool { return r.restored }

// SetKey gives the replica the cluster's key, without which no certificate is accepted.
func (r *Replica) SetKey(key *seal.ClusterKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key = key
}

// Position is where the node stands.
func (r *Replica) Position() protocol.Position { return *r.position.Load() }

// Apply takes over the changes after the node's position.
func (r *Replica) Apply(changes *protocol.Changes) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	to := changes.Position()
	if at := r.Position(); to.Before(at) || to.Epoch != at.Epoch && at != (protocol.Position{}) {
		return fmt.Errorf("%w: from %s to %s", ErrBackwards, at, to)
	}
	return r.apply(changes, to, nil)
}

// BeginSnapshot starts reading everything anew. What is held goes on being served.
func (r *Replica) BeginSnapshot() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resync = &resync{brought: map[string]struct{}{}}
}

// ApplySnapshotPage takes over one page of a snapshot. After the last one, names that no page brought
// are removed, through the guard; after a change of epoch all of them wait for a person's word.
func (r *Replica) ApplySnapshotPage(page *protocol.Changes) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.resync
	if s == nil {
		return errors.New("replica: snapshot page without a snapshot")
	}
	at := r.Position()
	if s.pages == 0 {
		s.epoch = page.Epoch
	}
	if page.Epoch < at.Epoch || page.Epoch != s.epoch {
		r.resync = nil
		return fmt.Errorf("%w: from %s to epoch %d", ErrBackwards, at, page.Epoch)
	}
	s.pages++
	for i := range page.Entries {
		s.brought[page.Entries[i].Hostname] = struct{}{}
	}
	if page.More {
		return r.apply(page, at, nil)
	}
	to := page.Position()
	if to.Before(at) {
		r.resync = nil
		return fmt.Errorf("%w: from %s to %s", ErrBackwards, at, to)
	}
	var missing []*table.Entry
	for e := range r.Table.All() {
		if _, ok := s.brought[e.Name]; !ok && !e.Gone() {
			missing = append(missing, e)
		}
	}
	if err := r.apply(page, to, missing); err != nil {
		return err
	}
	r.log.Info("read a snapshot", "position", to.String(), "names", len(s.brought), "missing", len(missing))
	r.resync = nil
	return nil
}

// apply decides, makes durable, and shows. The missing are names that the cluster no longer has.
func (r *Replica) apply(changes *protocol.Changes, to protocol.Position, missing []*table.Entry) error {
	now := r.clock()
	next := r.decide(changes, now)
	newEpoch := to.Epoch != r.Position().Epoch && r.Position() != (protocol.Position{})
	for _, e := range missing {
		tombstone := table.Tombstone(e, to.Epoch, to.Revision, now)
		if newEpoch || !r.guard.Allow(r.Table.Stats().Names, now) {
			tombstone = table.Hold(e, tombstone)
		}
		next = append(next, tombstone)
	}
	var answers []challenge.Held
	for _, a := range changes.Answers {
		if held := (challenge.Held{Answer: a, Epoch: changes.Epoch}); r.Challenges.Newer(held) {
			answers = append(answers, held)
		}
	}
	if len(next) > 0 || len(answers) > 0 || to != r.Position() {
		if err := r.store.Append(next, answers, to); err != nil {
			return fmt.Errorf("replica: writing changes: %w", err)
		}
	}
	r.show(next)
	r.Challenges.Install(answers)
	r.position.Store(&to)
	r.compactIfWanted()
	return nil
}

// decide says what becomes of each name. Checking certificates is most of the work, so large batches
// are spread over the processors; removals then pass the guard one by one.
func (r *Replica) decide(changes *protocol.Changes, now time.Time) []*table.Entry {
	entries := changes.Entries
	decided := make([]*table.Entry, len(entries))
	decideAt := func(i int) {
		held := r.Table.Lookup(entries[i].Hostname)
		decided[i] = table.Decide(held, changes.Epoch, &entries[i], r.key, now)
	}
	if len(entries) < 32 {
		for i := range entries {
			decideAt(i)
		}
	} else {
		var taken atomic.Int64
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				for i := int(taken.Add(1)) - 1; i < len(entries); i = int(taken.Add(1)) - 1 {
					decideAt(i)
				}
			})
		}
		workers.Wait()
	}
	next := decided[:0]
	names := r.Table.Stats().Names
	for _, e := range decided {
		if e == nil {
			continue
		}
		if held := r.Table.Lookup(e.Name); e.State == table.Removed && held != nil && held.State != table.Removed {
			if held.Held || !r.guard.Allow(names, now) {
				e = table.Hold(held, e)
			} else {
				names--
			}
		}
		next = append(next, e)
	}
	return next
}

// show puts entries where requests find them.
func (r *Replica) show(next []*table.Entry) {
	for _, e := range next {
		held := r.Table.Lookup(e.Name)
		if e.State == table.Serving || e.State == table.Suspended {
			e.Usage = r.meter.Of(e.Domain)
		}
		if held != nil && held.Usage != nil && held.Domain != e.Domain || e.State == table.Removed {
			if held != nil && held.Usage != nil {
				r.meter.Forget(held.Domain)
			}
		}
	}
	r.Table.Install(next)
}

// ConfirmRemovals lets the removals through that the guard holds.
func (r *Replica) ConfirmRemovals() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var next []*table.Entry
	now := r.clock()
	for e := range r.Table.All() {
		if e.Held {
			next = append(next, table.Tombstone(e, e.Epoch, e.Revision, now))
		}
	}
	if len(next) == 0 {
		return nil
	}
	if err := r.store.Append(next, nil, r.Position()); err != nil {
		return fmt.Errorf("replica: writing confirmed removals: %w", err)
	}
	r.show(next)
	r.log.Warn("held removals were confirmed", "names", len(next))
	return nil
}

// mostRefused bounds an ack to what the control plane reads: 1 MB.
const mostRefused = 4_000

// Refused lists the names whose newest revision is not what is served, mostRefused of them at most.
func (r *Replica) Refused() []protocol.Refusal {
	refused := []protocol.Refusal{}
	if r.Table.Stats().Refused == 0 {
		return refused
	}
	for e := range r.Table.All() {
		if e.Refused != "" {
			refused = append(refused, protocol.Refusal{Hostname: e.Name, Revision: e.Revision, Reason: e.Refused})
			if len(refused) == mostRefused {
				break
			}
		}
	}
	return refused
}

// compactIfWanted writes a new snapshot in the background when the log has grown.
func (r *Replica) compactIfWanted() {
	if r.compacting || !r.store.WantsCompaction() {
		return
	}
	now := r.clock()
	r.Table.Prune(func(e *table.Entry) bool {
		return !e.RemovedAt.IsZero() && now.Sub(e.RemovedAt) > tombstonesKept
	})
	r.Challenges.Expire(now.Add(-time.Hour))
	number, err := r.store.Rotate()
	if err != nil {
		r.log.Warn("could not start a new log", "error", err)
		return
	}
	var entries []*table.Entry
	for e := range r.Table.All() {
		entries = append(entries, e)
	}
	answers, position := r.Challenges.All(), r.Position()
	r.compacting = true
	r.done.Go(func() {
		size, err := r.store.WriteSnapshot(number, entries, answers, position)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.compacting = false
		if err != nil {
			r.log.Warn("could not write a snapshot; the old one and the logs stand for it", "error", err)
			return
		}
		r.store.SnapshotWritten(size)
	})
}

// Close waits for a snapshot that is being written and closes the log.
func (r *Replica) Close() error {
	r.done.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store.Close()
}

// Ack is the replica's part of an ack, all as of one moment.
func (r *Replica) Ack() *protocol.Ack {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats, position := r.Table.Stats(), r.Position()
	return &protocol.Ack{
		Epoch: position.Epoch, Revision: position.Revision, Digest: stats.Digest.String(),
		Names: stats.Names, Certificates: stats.Certificates, HeldRemovals: stats.HeldRemovals,
		Refused: r.Refused(),
	}
}
