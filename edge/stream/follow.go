package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
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
	// Govern takes over what the cluster wants of the node, and reports whether that is new; nil: nothing is taken over.
	Govern func(policy *protocol.Policy) bool
	// Changed is called after each change of the contact or of the replica.
	Changed func()
	// Guard runs a loop for as long as ctx lasts, also when it breaks.
	Guard func(ctx context.Context, loop func(ctx context.Context))

	contact   atomic.Pointer[Contact]
	mu        sync.Mutex // for writing contact
	resync    atomic.Bool
	cutShort  atomic.Pointer[context.CancelFunc]
	lastSync  atomic.Int64 // when the newest snapshot was begun, unix seconds
	reading   atomic.Bool  // a snapshot is being read
	hasRead   atomic.Bool  // a snapshot has been read since the node started
	broken    *snapshotBroken
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

// Run follows until ctx ends. If it breaks, nothing of it is left running.
func (f *Follower) Run(ctx context.Context) {
	f.ackWanted = make(chan struct{}, 1)
	var acks sync.WaitGroup
	defer acks.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before the wait: a panic must not wait for acks that never end
	acks.Go(func() { f.Guard(ctx, f.acknowledge) })
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
	// Everything is compared again then.
	errEpochMoved = errors.New("stream: another epoch began while differences were read")
)

// once polls one time, or reads one snapshot if one is due.
func (f *Follower) once(ctx context.Context, wait time.Duration) error {
	if f.resync.Swap(false) || !f.positioned() {
		if err := f.renew(ctx); err != nil {
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

// snapshotBroken is a snapshot whose reading failed, to be gone on with.
type snapshotBroken struct {
	after protocol.Position
	news  protocol.Position // up to where changes were taken over that came since; zero: none is
	begun time.Time
	first bool // nothing is served yet
}

// resumeWithin is far shorter than tombstones live: no removal can be missed between two pages.
const resumeWithin = time.Hour

// renew brings everything to where the control plane is. A node that holds names asks only for what differs.
func (f *Follower) renew(ctx context.Context) error {
	f.reading.Store(true)
	defer f.reading.Store(false)
	f.lastSync.Store(f.Clock().Unix())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // of what is read ahead
	var news protocol.Position
	if names := f.Replica.Table.Stats().Names; names > 0 && f.broken == nil {
		read, err := f.Client.Outline(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		outline, err := read()
		if err != nil {
			return err
		}
		wanted, err := f.Replica.BeginOutline(outline)
		if err != nil {
			return err
		}
		rest(ctx, time.Since(began))
		if len(wanted) <= max(protocol.MostHostnames, len(outline.Names)/2) {
			f.Log.Info("asking for what differs", "names", len(outline.Names), "different", len(wanted), "position", outline.Position().String())
			return f.differences(ctx, outline, wanted)
		}
		// So much is new that reading everything in order costs less.
		news = outline.Position()
	}
	return f.snapshot(ctx, news)
}

// differences reads the wanted names, each page while the one before is applied.
func (f *Follower) differences(ctx context.Context, outline *protocol.Outline, wanted []string) error {
	var parts [][]string
	for part := range slices.Chunk(wanted, protocol.MostHostnames) {
		parts = append(parts, part)
	}
	read := func(number int) <-chan Page {
		return ahead(false, func() (Page, error) { return f.Client.Entries(ctx, parts[number]) })
	}
	var next <-chan Page
	if len(parts) > 0 {
		next = read(0)
	}
	news := outline.Position()
	for number := range parts {
		page := <-next
		began := time.Now()
		changes, err := page()
		if err != nil {
			return err
		}
		if changes.Epoch != outline.Epoch {
			return errEpochMoved
		}
		if number+1 < len(parts) {
			next = read(number + 1)
		}
		changes.Revision, changes.More = outline.Revision, true
		if err := f.Replica.ApplySnapshotPage(changes); err != nil {
			return err
		}
		f.seen(false)
		rest(ctx, time.Since(began))
		if err := f.meanwhile(ctx, &news); err != nil {
			return err
		}
	}
	last := &protocol.Changes{Epoch: outline.Epoch, Revision: outline.Revision, Answers: outline.Answers}
	if err := f.Replica.ApplySnapshotPage(last); err != nil {
		return err
	}
	f.seen(true)
	f.hasRead.Store(true)
	return nil
}

// snapshot reads everything, each page while the one before is applied. It goes on where it broke off, if
// that was not long ago. News are what changes are asked for meanwhile, if something is served.
func (f *Follower) snapshot(ctx context.Context, news protocol.Position) error {
	from := f.broken
	f.broken = nil
	if from == nil || f.Clock().Sub(from.begun) > resumeWithin {
		from = &snapshotBroken{begun: f.Clock(), news: news, first: f.Replica.BeginSnapshot()}
	}
	read := func(after protocol.Position) <-chan Page {
		return ahead(from.first, func() (Page, error) { return f.Client.SnapshotPage(ctx, after) })
	}
	for next := read(from.after); ; {
		page := <-next
		began := time.Now()
		changes, err := page()
		if err != nil {
			return f.brokeOff(from, err)
		}
		if changes.More {
			if !from.after.Before(changes.Position()) {
				return errCircle
			}
			next = read(changes.Position())
		}
		if err := f.Replica.ApplySnapshotPage(changes); err != nil {
			return err
		}
		f.seen(!changes.More)
		if !changes.More {
			f.hasRead.Store(true)
			return nil
		}
		from.after = changes.Position()
		if !from.first {
			rest(ctx, time.Since(began))
		}
		if err := f.meanwhile(ctx, &from.news); err != nil {
			return f.brokeOff(from, err)
		}
	}
}

// brokeOff notes that a snapshot can be gone on with, unless the control plane has said that it cannot or the replica has
// given it up.
func (f *Follower) brokeOff(from *snapshotBroken, err error) error {
	problem := (*ProblemError)(nil)
	said := errors.As(err, &problem) && problem.Status < 500
	if from.after != (protocol.Position{}) && !said && !errors.Is(err, replica.ErrBackwards) {
		f.broken = from
	}
	return err
}

// meanwhile takes over what changed since a position while everything is compared: nobody waits for the end of that.
// The same changes come again after it, or with one of its pages. The zero position asks for nothing.
func (f *Follower) meanwhile(ctx context.Context, since *protocol.Position) error {
	if *since == (protocol.Position{}) {
		return nil
	}
	changes, err := f.Client.Changes(ctx, *since, 0)
	if err != nil || len(changes.Entries)+len(changes.Answers) == 0 {
		return err
	}
	next := changes.Position()
	changes.More = true // in the sense of a snapshot: this is not its end
	if err := f.Replica.ApplySnapshotPage(changes); err != nil {
		return err
	}
	*since = next
	return nil
}

// rest leaves the processor to visitors for twice as long as a page has taken it, so that most requests find it free.
// Meanwhile the next page is on its way.
func rest(ctx context.Context, busy time.Duration) { sleep(ctx, min(2*busy, time.Second)) }

// ahead reads a page while the caller does something else. It decodes it, too, if the node is in a hurry; while it serves,
// one processor is enough to be taken from visitors.
func ahead(hurry bool, read func() (Page, error)) <-chan Page {
	to := make(chan Page, 1)
	failed := func(err error) Page {
		return func() (*protocol.Changes, error) { return nil, err }
	}
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				to <- failed(fmt.Errorf("stream: reading ahead broke: %v", cause))
			}
		}()
		page, err := read()
		if err != nil {
			page = failed(err)
		}
		if hurry {
			_, _ = page() // whoever takes the page sees what came of it
		}
		to <- page
	}()
	return to
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
			f.Log.Warn("everything has to be compared", "problem", problem.Problem.Type, "position", f.Replica.Position().String())
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

// acknowledge reports after each change and every so often. What did not arrive is reported again soon.
func (f *Follower) acknowledge(ctx context.Context) {
	tick := time.NewTicker(ackEvery)
	defer tick.Stop()
	again := time.NewTimer(0)
	again.Stop()
	pause := backoff{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-again.C:
		case <-f.ackWanted:
		}
		if f.reading.Load() || !f.positioned() {
			continue // half a snapshot has neither a position nor a digest
		}
		switch err := f.ack(ctx); {
		case err == nil:
			pause.reset()
			again.Stop()
		case !f.Contact().Revoked:
			// The poll meets the same trouble and says so.
			again.Reset(pause.next())
		}
	}
}

// ack reports once; each report carries everything.
func (f *Follower) ack(ctx context.Context) error {
	ack := f.Replica.Ack()
	if seen := f.Contact().LastSeen; !seen.IsZero() {
		ack.StaleSeconds = max(0, int64((f.Clock().Sub(seen) - pollWait).Seconds()))
	}
	f.About(ack)
	reply, err := f.Client.Ack(ctx, ack)
	if err != nil {
		return err
	}
	if f.Govern != nil && reply.Policy != nil && f.Govern(reply.Policy) {
		f.wantAck() // the control plane waits to hear of it
	}
	if reply.ConfirmRemovals && ack.HeldRemovals > 0 {
		f.confirm(ack)
	}
	if reply.DigestMatches != nil && !*reply.DigestMatches {
		f.differs(ack)
	}
	return nil
}

// confirm carries out the removals that were reported as held. If more are held by now, the report of
// them comes first: nobody has said a word about those.
func (f *Follower) confirm(ack *protocol.Ack) {
	f.wantAck()
	if f.Replica.Table.Stats().HeldRemovals > ack.HeldRemovals {
		return
	}
	if err := f.Replica.ConfirmRemovals(); err != nil {
		f.Log.Error("could not carry out confirmed removals", "error", err)
	}
}

// differs has everything compared, not too often.
func (f *Follower) differs(ack *protocol.Ack) {
	if f.Clock().Unix()-f.lastSync.Load() < int64(resyncAtMostEvery.Seconds()) || f.Replica.Position().Revision != ack.Revision {
		return
	}
	f.Log.Warn("the control plane holds something else; comparing everything", "digest", ack.Digest)
	f.Resync()
}

// Resync makes the follower compare everything it holds with the control plane next, and soon.
func (f *Follower) Resync() {
	f.resync.Store(true)
	if cancel := f.cutShort.Load(); cancel != nil {
		(*cancel)()
	}
}
