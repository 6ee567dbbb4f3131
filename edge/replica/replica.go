// Package replica keeps a node's copy of its cluster's state: it decides what each change means, makes
// it durable, and only then shows it to requests.
package replica

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/disk"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
	"nameplate.io/edge/table"
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

	log   *slog.Logger
	clock func() time.Time

	mu         sync.Mutex
	store      *disk.Store
	guard      guard.Guard
	key        *seal.ClusterKey
	resync     *resync
	compacting bool
	lent       bool // another process has the disk
	done       sync.WaitGroup

	position    atomic.Pointer[protocol.Position]
	restored    bool
	disk        diskState
	differences atomic.Uint64
}

// resync is a snapshot being read from the control plane, page by page.
type resync struct {
	epoch   int64
	brought map[string]struct{}
	pages   int
	first   bool // nothing was held when it began
}

// Open reads the state in dir. Key may be nil until SetKey.
func Open(dir string, key *seal.ClusterKey, log *slog.Logger, clock func() time.Time) (*Replica, error) {
	store, loaded, err := disk.Open(dir)
	if err != nil {
		return nil, err
	}
	for _, damage := range loaded.Damage {
		log.Warn("found damage on disk; what is missing will be asked for", "what", damage)
	}
	r := &Replica{
		Table: table.New(), Challenges: &challenge.Store{},
		log: log, clock: clock, store: store, key: key,
	}
	r.Table.Load(loaded.Entries)
	r.guard.Restore(loaded.Passed, clock())
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

// BeginSnapshot starts reading everything anew, and reports whether it is the first time: whether nothing is held. What is
// held goes on being served.
func (r *Replica) BeginSnapshot() (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resync = &resync{brought: map[string]struct{}{}, first: r.Table.Stats().Names == 0}
	return r.resync.first
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
	r.compactIfWanted()
	return nil
}

// apply decides, makes durable, and shows. The missing are names that the cluster no longer has.
func (r *Replica) apply(changes *protocol.Changes, to protocol.Position, missing []*table.Entry) error {
	now := r.clock()
	before := r.guard
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
		if !a.Fits() {
			r.log.Warn("left out an answer that nobody can keep", "revision", a.Revision)
			continue
		}
		if held := (challenge.Held{Answer: a, Epoch: changes.Epoch}); r.Challenges.Newer(held) {
			answers = append(answers, held)
		}
	}
	if len(next) > 0 || len(answers) > 0 || to != r.Position() {
		batch := disk.Batch{Entries: next, Answers: answers, Passed: r.guard.Since(&before, now), Position: to}
		if err := r.append(batch); err != nil {
			r.guard = before // none of these removals took place
			return fmt.Errorf("replica: writing changes: %w", err)
		}
	}
	r.Table.Install(next)
	r.Challenges.Install(answers)
	r.position.Store(&to)
	r.compactIfWanted()
	return nil
}

// decide says what becomes of each name. Checking certificates is most of the work, so large batches
// are spread over processors: over all while nothing is served yet, else over half of them, so that no request waits for
// one. Removals then pass the guard one by one.
func (r *Replica) decide(changes *protocol.Changes, now time.Time) []*table.Entry {
	entries := changes.Entries
	decided := make([]*table.Entry, len(entries))
	decideAt := func(i int) {
		if !entries[i].Fits() {
			r.log.Warn("left out an entry that nobody can keep", "revision", entries[i].Revision)
			return
		}
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
		processors := runtime.GOMAXPROCS(0)
		if r.resync == nil || !r.resync.first {
			processors = max(1, processors/2)
		}
		for range processors {
			workers.Go(func() {
				for i := int(taken.Add(1)) - 1; i < len(entries); i = int(taken.Add(1)) - 1 {
					decideAt(i)
					if i%yieldEvery == 0 {
						runtime.Gosched() // a request that waits for this processor has it now, not in 10 ms
					}
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

// yieldEvery is how many entries, some 8 µs each, a processor decides about before it lets others have a turn.
const yieldEvery = 16

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
	if err := r.append(disk.Batch{Entries: next, Position: r.Position()}); err != nil {
		return fmt.Errorf("replica: writing confirmed removals: %w", err)
	}
	r.Table.Install(next)
	r.log.Warn("held removals were confirmed", "names", len(next))
	return nil
}

// mostRefused bounds an ack to what the control plane reads: 1 MB.
const mostRefused = 4_000

// mostHeld bounds an ack, too. What is not named is known to be held by their number alone.
const mostHeld = 1_000

// held lists the names whose removal the guard holds back, mostHeld of them at most.
func (r *Replica) held() []string {
	entries := r.Table.Held(mostHeld)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.Clone(e.Name)) // the table moves its texts
	}
	slices.Sort(names)
	return names
}

// Refused lists the names whose newest revision is not what is served, mostRefused of them at most.
func (r *Replica) Refused() []protocol.Refusal {
	entries := r.Table.Refused(mostRefused)
	refused := make([]protocol.Refusal, 0, len(entries))
	for _, e := range entries {
		refused = append(refused, protocol.Refusal{Hostname: e.Name, Revision: e.Revision, Reason: e.Refused})
	}
	return refused
}

// compactIfWanted writes a new snapshot in the background when the log has grown. A new log is begun at once; what is
// held is collected and written beside the changes that come meanwhile, which are in the new log.
func (r *Replica) compactIfWanted() {
	now := r.clock()
	wanted := r.store.WantsCompaction(r.resync != nil)
	if r.disk.snapshot.Load() != nil {
		wanted = r.disk.snapshotDue(now)
	}
	if r.compacting || r.lent || !wanted {
		return
	}
	number, err := r.store.Rotate()
	if err != nil {
		r.disk.snapshotFailed(err, now)
		r.log.Warn("could not start a new log", "error", err)
		return
	}
	batch := disk.Batch{Passed: r.guard.Passed(), Position: r.Position()}
	r.compacting = true
	r.done.Go(func() {
		size, err := r.compact(number, batch, now)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.compacting = false
		if err != nil {
			r.disk.snapshotFailed(err, r.clock())
			r.log.Warn("could not write a snapshot; the old one and the logs stand for it", "error", err)
			return
		}
		r.disk.snapshotWritten()
		r.store.SnapshotWritten(size)
	})
}

func (r *Replica) compact(number uint64, batch disk.Batch, now time.Time) (size int64, err error) {
	r.Table.Prune(func(e *table.Entry) bool {
		return e.RemovedUnix > 0 && now.Unix()-int64(e.RemovedUnix) > int64(tombstonesKept.Seconds())
	})
	r.Challenges.Expire(now.Add(-time.Hour))
	batch.Entries = make([]*table.Entry, 0, r.Table.Stats().Names)
	for e := range r.Table.All() {
		batch.Entries = append(batch.Entries, e)
	}
	batch.Answers = r.Challenges.All()
	return r.store.WriteSnapshot(number, batch)
}

// Close waits for a snapshot that is being written and closes the log.
func (r *Replica) Close() error {
	r.done.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lent {
		return nil
	}
	return r.store.Close()
}

// Ack is the replica's part of an ack, all as of one moment.
func (r *Replica) Ack() *protocol.Ack {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats, position := r.Table.Stats(), r.Position()
	return &protocol.Ack{
		Epoch: position.Epoch, Revision: position.Revision, Digest: stats.Digest.String(),
		Names: stats.Names, Certificates: stats.Certificates, HeldRemovals: stats.HeldRemovals, Held: r.held(),
		Refused: r.Refused(), Disk: r.Disk().Word(), DigestDifferences: r.Differences(),
	}
}
