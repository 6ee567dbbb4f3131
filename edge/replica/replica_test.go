package replica

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
	"nameplate.io/edge/table"
)

var noon = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, dir string) *Replica {
	t.Helper()
	key, err := seal.NewClusterKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir, key, slog.New(slog.DiscardHandler), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func serving(name, domain string, revision int64) protocol.Entry {
	return protocol.Entry{
		Hostname: name, Revision: revision, DomainID: domain, TeamID: "tea_1", State: protocol.Serving,
		Origin: &protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: protocol.HostOfVisitor},
	}
}

func removed(name, domain string, revision int64) protocol.Entry {
	return protocol.Entry{Hostname: name, Revision: revision, DomainID: domain, TeamID: "tea_1", State: protocol.Removed}
}

func changes(revision int64, entries ...protocol.Entry) *protocol.Changes {
	return &protocol.Changes{Epoch: 1, Revision: revision, Entries: entries}
}

func apply(t testing.TB, r *Replica, c *protocol.Changes) {
	t.Helper()
	if err := r.Apply(c); err != nil {
		t.Fatal(err)
	}
}

func TestLateWritesOfADeletedDomainChangeNothing(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, changes(1, serving("shop.example", "dom_old", 1)))
	apply(t, r, changes(5, removed("shop.example", "dom_old", 5)))
	apply(t, r, changes(6, serving("shop.example", "dom_old", 3))) // written before the removal, sent after it
	if e := r.Table.Lookup("shop.example"); e.State != table.Removed || e.Revision != 5 {
		t.Errorf("%+v (expected: removed at 5)", e)
	}
	apply(t, r, changes(8, serving("shop.example", "dom_new", 8)))
	apply(t, r, changes(9, removed("shop.example", "dom_old", 7), serving("shop.example", "dom_old", 4)))
	if e := r.Table.Lookup("shop.example"); e.State != table.Serving || e.Domain != "dom_new" {
		t.Errorf("%+v (expected: served for dom_new)", e)
	}
}

func TestThePositionNeverGoesBack(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, changes(9, serving("shop.example", "dom_1", 9)))
	for _, c := range []*protocol.Changes{changes(8), {Epoch: 0, Revision: 99}, {Epoch: 2, Revision: 99}} {
		if err := r.Apply(c); !errors.Is(err, ErrBackwards) {
			t.Errorf("to %s: %v (expected: %v)", c.Position(), err, ErrBackwards)
		}
	}
	if r.Position() != (protocol.Position{Epoch: 1, Revision: 9}) {
		t.Errorf("at %s (expected: 1.9)", r.Position())
	}
}

// Two writers' changes arrive late, twice and out of order. Whatever the order, each name ends with its
// newest revision, and no reader ever sees it go back.
func TestNoInterleavingOfWritersGoesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 1,000 states to disk")
	}
	for round := range uint64(1000) {
		random := rand.New(rand.NewPCG(round, 27))
		r := open(t, t.TempDir())
		newest := map[string]protocol.Entry{}
		var writes []protocol.Entry
		for revision := int64(1); revision <= 12; revision++ {
			name := fmt.Sprintf("n%d.example", random.IntN(3))
			e := serving(name, fmt.Sprintf("dom_%d", random.IntN(2)), revision)
			switch random.IntN(4) {
			case 0:
				e = removed(name, e.DomainID, revision)
			case 1:
				e.State = protocol.Suspended
			case 2:
				e.Requires = []string{"unknown"}
			}
			writes = append(writes, e)
			newest[name] = e
		}
		for _, i := range random.Perm(len(writes))[:4] {
			writes = append(writes, writes[i]) // sent twice
		}
		random.Shuffle(len(writes), func(i, j int) { writes[i], writes[j] = writes[j], writes[i] })

		stop := make(chan struct{})
		var reader sync.WaitGroup
		reader.Go(func() { neverBack(t, r, stop) })
		for position, rest := int64(1), writes; len(rest) > 0; position++ {
			n := min(1+random.IntN(5), len(rest))
			apply(t, r, changes(position, rest[:n]...))
			rest = rest[n:]
		}
		close(stop)
		reader.Wait()

		var want protocol.Digest
		for name, e := range newest {
			held := r.Table.Lookup(name)
			if held.Revision != e.Revision || (held.State == table.Removed) != (e.State == protocol.Removed) {
				t.Fatalf("round %d: %s is %+v (expected: %+v)", round, name, held, e)
			}
			if e.State != protocol.Removed {
				want ^= protocol.DigestOf(name, e.Revision)
			}
		}
		if got := r.Table.Stats().Digest; got != want {
			t.Fatalf("round %d: digest %s (expected: %s)", round, got, want)
		}
		r.Close()
	}
}

func neverBack(t *testing.T, r *Replica, stop chan struct{}) {
	seen := map[string]int64{}
	for {
		select {
		case <-stop:
			return
		default:
		}
		for i := range 3 {
			name := fmt.Sprintf("n%d.example", i)
			if e := r.Table.Lookup(name); e != nil {
				if e.Revision < seen[name] {
					t.Errorf("%s went back from %d to %d", name, seen[name], e.Revision)
				}
				seen[name] = e.Revision
			}
		}
	}
}

func TestARestartFindsTheSameDigest(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	var batch []protocol.Entry
	for i := range int64(300) {
		batch = append(batch, serving(fmt.Sprintf("n%d.example", i), "dom_1", i+1))
	}
	batch[7].Requires = []string{"unknown"}
	apply(t, r, changes(300, batch...))
	apply(t, r, changes(302, removed("n1.example", "dom_1", 301), serving("n2.example", "dom_2", 302)))
	before := *r.Ack()
	r.Close()
	after := *open(t, dir).Ack()
	if fmt.Sprintf("%+v", before) != fmt.Sprintf("%+v", after) {
		t.Errorf("%+v (expected: %+v)", after, before)
	}
}

func TestCompactionKeepsTheState(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	revision := int64(0)
	for range 30 { // past the size from which a snapshot is written, several times
		var batch []protocol.Entry
		for i := range 2000 {
			revision++
			e := serving(fmt.Sprintf("n%d.example", i), "dom_1", revision)
			e.Origin.Path = "/a-path-that-makes-records-longer/" + fmt.Sprint(revision)
			batch = append(batch, e)
		}
		apply(t, r, changes(revision, batch...))
	}
	before := *r.Ack()
	r.Close()
	after := *open(t, dir).Ack()
	if before.Digest != after.Digest || before.Names != after.Names || before.Revision != after.Revision {
		t.Errorf("%+v (expected: %+v)", after, before)
	}
}

func TestRemovalsBeyondTheGuardAreHeldUntilConfirmed(t *testing.T) {
	r := open(t, t.TempDir())
	var put, gone []protocol.Entry
	for i := range int64(200) {
		name := fmt.Sprintf("n%d.example", i)
		put = append(put, serving(name, "dom_1", i+1))
		gone = append(gone, removed(name, "dom_1", 200+i+1))
	}
	apply(t, r, changes(200, put...))
	apply(t, r, changes(400, gone...))
	if s := r.Table.Stats(); s.HeldRemovals != 100 || s.Names != 0 || s.Digest != 0 {
		t.Errorf("%+v (expected: 100 held, digest of none)", s)
	}
	if e := r.Table.Lookup("n199.example"); e.State != table.Serving {
		t.Errorf("%+v (expected: still served)", e)
	}
	if held := r.Ack().Held; len(held) != 100 || !slices.Contains(held, "n199.example") || slices.Contains(held, "n0.example") {
		t.Errorf("%q reported as held (expected: those that are still served)", held)
	}
	apply(t, r, changes(401, serving("n199.example", "dom_2", 401)))
	if ack := r.Ack(); len(ack.Held) != 99 || slices.Contains(ack.Held, "n199.example") {
		t.Errorf("%q reported as held (expected: not a name that is another domain's now)", ack.Held)
	}
	if err := r.ConfirmRemovals(); err != nil {
		t.Fatal(err)
	}
	if held := r.Ack().Held; len(held) != 0 {
		t.Errorf("%q reported as held (expected: none)", held)
	}
	if s := r.Table.Stats(); s.HeldRemovals != 0 || s.Tombstones != 199 {
		t.Errorf("%+v (expected: 199 tombstones)", s)
	}
}

func TestASnapshotDropsWhatItDoesNotBring(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	apply(t, r, changes(2, serving("kept.example", "dom_1", 1), serving("dropped.example", "dom_2", 2)))
	r.BeginSnapshot()
	page := changes(1, serving("kept.example", "dom_1", 1))
	page.More = true
	if err := r.ApplySnapshotPage(page); err != nil {
		t.Fatal(err)
	}
	if e := r.Table.Lookup("dropped.example"); e.State != table.Serving {
		t.Errorf("%+v in mid-snapshot (expected: still served)", e)
	}
	if err := r.ApplySnapshotPage(changes(5, serving("new.example", "dom_3", 5))); err != nil {
		t.Fatal(err)
	}
	if e := r.Table.Lookup("dropped.example"); e.State != table.Removed {
		t.Errorf("%+v (expected: removed)", e)
	}
	if s := r.Table.Stats(); s.Names != 2 || r.Position().Revision != 5 {
		t.Errorf("%+v at %s (expected: 2 names at 1.5)", s, r.Position())
	}
}

func TestARefusedEntryIsJudgedAgain(t *testing.T) {
	r := open(t, t.TempDir())
	e := serving("shop.example", "dom_1", 1)
	e.Requires = []string{"unknown"}
	apply(t, r, changes(1, e))
	if got := r.Refused(); len(got) != 1 || got[0].Reason != protocol.FeatureUnknown {
		t.Fatalf("%+v (expected: feature-unknown)", got)
	}
	e.Requires = nil
	apply(t, r, changes(1, e)) // the same revision, to a node that has learned
	if held := r.Table.Lookup("shop.example"); held.State != table.Serving || len(r.Refused()) != 0 {
		t.Errorf("%+v (expected: served)", held)
	}
}

func TestWhatIsMalformedIsRefusedAlone(t *testing.T) {
	r := open(t, t.TempDir())
	good := serving("good.example", "dom_1", 1)
	spelled, noOrigin, scheme, state := serving("BAD.example", "dom_2", 2), serving("no-origin.example", "dom_3", 3), serving("scheme.example", "dom_4", 4), serving("state.example", "dom_5", 5)
	noOrigin.Origin = nil
	scheme.Origin.Scheme = "gopher"
	state.State = "dancing"
	apply(t, r, changes(5, good, spelled, noOrigin, scheme, state))
	if got := r.Refused(); len(got) != 4 {
		t.Errorf("%+v (expected: 4 refused)", got)
	}
	if e := r.Table.Lookup("good.example"); e.State != table.Serving {
		t.Errorf("%+v (expected: served)", e)
	}
}
