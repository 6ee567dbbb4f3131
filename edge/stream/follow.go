package stream

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/replica"
)

const (
	pollWait = 25 * time.Second
	ackEvery = 20 * time.Second
	// resyncAtMostEvery keeps a difference that a snapshot does not heal from becoming a load.
	resyncAtMostEvery = time.Minute
	revokedPause      = 30 * time.Second
	// A control plane that answers long polls at once and with nothing must not be asked in a circle.
	restlessBelow = time.Second
	restlessPause = 250 * time.Millisecond
)

// Contact is what a node knows of its control plane.
type Contact struct {
	Synced   bool      // the node has been at the cluster's position since it started
	Tried    bool      // an attempt has ended, either way
	Offline  bool      // the newest attempt failed
	Revoked  bool      // the control plane does not want this node any more
	LastSeen time.Time // the newest reply; zero if there was none
}

// Follower keeps a replica at its cluster's position.
type Follower struct {
	Client  *Client
	Replica *replica.Replica
	Log     *slog.Logger
	Clock   func() time.Time
	// About fills in what the follower does not know of an ack.
	About func(ack *protocol.Ack)
	// Changed is called after each change of the contact or of the replica.
	Changed func()

	contact   atomic.Pointer[Contact]
	mu        sync.Mutex // for writing contact
	resync    atomic.Bool
	cutShort  atomic.Pointer[context.CancelFunc]
	lastSync  atomic.Int64 // when the newest snapshot was begun, unix seconds
	reading   atomic.Bool  // a snapshot is being read
	hasRead   atomic.Bool  // a snapshot has been read since the node started
	ackWanted chan struct{}
}

// Contact returns the newest state.
func (f *Follower) Contact() Contact {
	if c := f.contact.Load(); c != nil {
		return *c
	}
	return Contact{}
}

func (f *Follower) note(change func(c *Contact)) {
	f.mu.Lock()
	c := f.Contact()
	change(&c)
	f.contact.Store(&c)
	f.mu.Unlock()
	f.Changed()
}

// Run follows until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	f.ackWanted = make(chan struct{}, 1)
	var acks sync.WaitGroup
	acks.Go(func() { f.acknowledge(ctx) })
	defer acks.Wait()
	pause := backoff{}
	wait := time.Duration(0) // the first answer tells whether the node is at the cluster's position
	for ctx.Err() == nil {
		err := f.once(ctx, wait)
		switch {
		case err == nil:
			pause.reset()
			wait = pollWait
			continue
		case ctx.Err() != nil:
			return
		case errors.Is(err, errCutShort):
			continue
		}
		wait = 0
		f.failed(err)
		length := pause.next()
		if f.Contact().Revoked {
			length = revokedPause
		}
		sleep(ctx, length)
	}
}

var (
	errCutShort = errors.New("stream: poll cut short for a snapshot")
	errCircle   = errors.New("stream: the control plane has more without going on")
)

// once polls one time, or reads one snapshot if one is due.
func (f *Follower) once(ctx context.Context, wait time.Duration) error {
	if f.resync.Swap(false) || !f.positioned() {
		if err := f.snapshot(ctx); err != nil {
			f.resync.Store(true)
			return err
		}
		f.wantAck()
		return nil
	}
	poll, cancel := context.WithCancel(ctx)
	defer cancel()
	f.cutShort.Store(&cancel)
	if f.resync.Load() {
		cancel()
	}
	asked := f.Clock()
	changes, err := f.Client.Changes(poll, f.Replica.Position(), wait)
	if err != nil {
		if poll.Err() != nil && ctx.Err() == nil {
			return errCutShort
		}
		return err
	}
	if changes.More && !f.Replica.Position().Before(changes.Position()) {
		return errCircle
	}
	if err := f.Replica.Apply(changes); err != nil {
		return err
	}
	f.seen(!changes.More)
	news := len(changes.Entries)+len(changes.Answers) > 0
	if news || wait == 0 {
		f.wantAck()
	}
	if !news && wait > 0 && f.Clock().Sub(asked) < restlessBelow {
		sleep(ctx, restlessPause)
	}
	return nil
}

func (f *Follower) positioned() bool {
	return f.hasRead.Load() || f.Replica.Position() != protocol.Position{}
}

func (f *Follower) snapshot(ctx context.Context) error {
	f.reading.Store(true)
	defer f.reading.Store(false)
	f.lastSync.Store(f.Clock().Unix())
	f.Replica.BeginSnapshot()
	for after := (protocol.Position{}); ; {
		page, err := f.Client.Changes(ctx, after, 0)
		if err != nil {
			return err
		}
		if page.More && !after.Before(page.Position()) {
			return errCircle
		}
		if err := f.Replica.ApplySnapshotPage(page); err != nil {
			return err
		}
		f.seen(!page.More)
		if !page.More {
			f.hasRead.Store(true)
			return nil
		}
		after = page.Position()
	}
}

func (f *Follower) seen(caughtUp bool) {
	f.note(func(c *Contact) {
		if c.Offline {
			f.Log.Info("the control plane is back", "position", f.Replica.Position().String())
		}
		c.Tried, c.Offline, c.Revoked, c.LastSeen = true, false, false, f.Clock()
		c.Synced = c.Synced || caughtUp
	})
}

func (f *Follower) failed(err error) {
	if errors.Is(err, replica.ErrDisk) {
		// The control plane answered; the replica says what is wrong, and the same changes are asked for again.
		f.note(func(c *Contact) { c.Tried, c.Offline, c.Revoked, c.LastSeen = true, false, false, f.Clock() })
		f.wantAck()
		return
	}
	problem := (*ProblemError)(nil)
	if errors.As(err, &problem) {
		switch {
		case problem.Status == http.StatusConflict || problem.Status == http.StatusGone:
			f.Log.Warn("a snapshot is needed", "problem", problem.Problem.Type, "position", f.Replica.Position().String())
			f.resync.Store(true)
			f.note(func(c *Contact) { c.Tried, c.LastSeen = true, f.Clock() })
			return
		case problem.Status == http.StatusForbidden && problem.is("node-revoked"):
			f.Log.Error("this node has been revoked")
			f.note(func(c *Contact) { c.Tried, c.Revoked = true, true })
			return
		}
	}
	if !f.Contact().Offline {
		f.Log.Warn("cannot follow the control plane; serving what is held", "error", err)
	}
	f.note(func(c *Contact) { c.Tried, c.Offline = true, true })
}

func (f *Follower) wantAck() {
	select {
	case f.ackWanted <- struct{}{}:
	default:
	}
}

// acknowledge reports after each change and every so often.
func (f *Follower) acknowledge(ctx context.Context) {
	tick := time.NewTicker(ackEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-f.ackWanted:
		}
		if f.reading.Load() || !f.positioned() {
			continue // half a snapshot has neither a position nor a digest
		}
		f.ack(ctx)
	}
}

func (f *Follower) ack(ctx context.Context) {
	ack := f.Replica.Ack()
	if seen := f.Contact().LastSeen; !seen.IsZero() {
		ack.StaleSeconds = max(0, int64((f.Clock().Sub(seen) - pollWait).Seconds()))
	}
	f.About(ack)
	reply, err := f.Client.Ack(ctx, ack)
	if err != nil {
		return // the poll meets the same trouble and says so; the next ack carries everything again
	}
	if reply.ConfirmRemovals && ack.HeldRemovals > 0 {
		if err := f.Replica.ConfirmRemovals(); err != nil {
			f.Log.Error("could not carry out confirmed removals", "error", err)
			return
		}
		f.wantAck()
	}
	if reply.DigestMatches != nil && !*reply.DigestMatches {
		f.differs(ack)
	}
}

// differs asks for a snapshot, not too often.
func (f *Follower) differs(ack *protocol.Ack) {
	if f.Clock().Unix()-f.lastSync.Load() < int64(resyncAtMostEvery.Seconds()) || f.Replica.Position().Revision != ack.Revision {
		return
	}
	f.Log.Warn("the control plane holds something else; reading a snapshot", "digest", ack.Digest)
	f.Resync()
}

// Resync makes the follower read a snapshot next, and soon.
func (f *Follower) Resync() {
	f.resync.Store(true)
	if cancel := f.cutShort.Load(); cancel != nil {
		(*cancel)()
	}
}
