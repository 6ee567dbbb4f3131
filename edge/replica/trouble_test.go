package replica

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// A limit on the size of files is a disk that is full, without needing a file system of its own.
func withFullDisk(t *testing.T, most uint64, do func()) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

func TestADiskThatTakesNoChangesIsAStateOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	apply(t, r, changes(2, serving("a.example", "dom_a", 1), serving("b.example", "dom_b", 2)))
	info, err := os.Stat(filepath.Join(dir, "log-0000000000000000"))
	if err != nil {
		t.Fatal(err)
	}
	next := changes(4, serving("c.example", "dom_c", 3), removed("a.example", "dom_a", 4))
	withFullDisk(t, uint64(info.Size())+20, func() {
		if err := r.Apply(next); !errors.Is(err, ErrDisk) {
			t.Errorf("%v (expected: %v)", err, ErrDisk)
		}
	})
	if ack := r.Ack(); ack.Disk != protocol.DiskFailing || ack.Revision != 2 || ack.Names != 2 || r.DiskFailures() != 1 {
		t.Errorf("%+v (expected: the state before, and that the disk fails)", ack)
	}
	if e := r.Table.Lookup("a.example"); e.State != table.Serving {
		t.Errorf("%+v (expected: still served, since nothing of the batch is durable)", e)
	}
	if got := r.guard.Passed(); got != nil {
		t.Errorf("%v passed the guard (expected: none, since none took place)", got)
	}
	apply(t, r, next) // the same changes, asked for again
	if ack := r.Ack(); ack.Disk != "" || ack.Revision != 4 || ack.Names != 2 {
		t.Errorf("%+v (expected: at 4, no trouble)", ack)
	}
	r.Close()
	if ack := open(t, dir).Ack(); ack.Revision != 4 || ack.Names != 2 {
		t.Errorf("%+v after a restart (expected: the same)", ack)
	}
}

func TestAFullDiskIsCalledFull(t *testing.T) {
	for want, err := range map[string]error{
		protocol.DiskFull:    &os.PathError{Op: "write", Err: syscall.ENOSPC},
		protocol.DiskFailing: &os.PathError{Op: "write", Err: syscall.EIO},
		"":                   nil,
	} {
		if got := (Trouble{Err: err}).Word(); got != want {
			t.Errorf("%v: %q (expected: %q)", err, got, want)
		}
	}
}

func TestASnapshotThatCouldNotBeWrittenIsTriedAgainLater(t *testing.T) {
	now := noon
	r, err := Open(t.TempDir(), nil, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	apply(t, r, changes(1, serving("a.example", "dom_a", 1)))
	r.disk.snapshotFailed(syscall.ENOSPC, now)
	r.tend()
	r.done.Wait()
	if r.Disk().Word() != protocol.DiskFull {
		t.Errorf("%+v (expected: full, and no new attempt yet)", r.Disk())
	}
	now = noon.Add(snapshotAgain)
	r.tend()
	r.done.Wait()
	if r.Disk().Err != nil {
		t.Errorf("%+v (expected: written)", r.Disk())
	}
}

func TestTheGuardsTenMinutesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	var put []protocol.Entry
	for i := range int64(300) {
		put = append(put, serving(fmt.Sprintf("n%d.example", i), "dom_1", i+1))
	}
	apply(t, r, changes(300, put...))
	remove := func(r *Replica, from, to int64) {
		var gone []protocol.Entry
		for i := from; i < to; i++ {
			gone = append(gone, removed(fmt.Sprintf("n%d.example", i), "dom_1", 300+i+1))
		}
		apply(t, r, changes(300+to, gone...))
	}
	remove(r, 0, 60)
	// Through a snapshot and through the log.
	r.mu.Lock()
	r.disk.snapshotFailed(syscall.ENOSPC, noon.Add(-time.Hour))
	r.compactIfWanted()
	r.mu.Unlock()
	r.done.Wait()
	remove(r, 60, 80)
	r.Close()
	r = open(t, dir)
	remove(r, 80, 200)
	if s := r.Table.Stats(); s.HeldRemovals != 100 || s.Names != 100 {
		t.Errorf("%+v (expected: 20 more removed and 100 held, as without the restart)", s)
	}
}

func TestADifferenceFromTheDigestIsFoundSaidAndRepaired(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, changes(2, serving("a.example", "dom_a", 1), serving("b.example", "dom_b", 2)))
	if r.check(func() {}) || r.Differences() != 0 {
		t.Error("a difference was found in a table that is whole")
	}
	before := r.Ack().Digest
	r.Table.Lookup("a.example").Revision = 99 // a bit that flipped in memory
	if !r.check(func() {}) {
		t.Error("the difference was not found")
	}
	ack := r.Ack()
	if ack.DigestDifferences != 1 || ack.Digest == before {
		t.Errorf("%+v (expected: one difference, and the digest of what is held)", ack)
	}
	r.BeginSnapshot()
	if err := r.ApplySnapshotPage(changes(2, serving("a.example", "dom_a", 1), serving("b.example", "dom_b", 2))); err != nil {
		t.Fatal(err)
	}
	if got := r.Ack().Digest; got != before || r.check(func() {}) {
		t.Errorf("%s after a snapshot (expected: %s)", got, before)
	}
}

func TestWhatIsHeldAlreadyIsNotUnsealedAgain(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	made := newIssuer(t, r.key)
	first := made.entry(t, 1, 1)
	apply(t, r, changes(1, first))
	held := r.Table.Lookup(sizedName(1)).Certificate
	r.SetKey(nil) // from now on nothing can be unsealed
	moved := made.entry(t, 1, 2)
	moved.Certificate = first.Certificate
	moved.Origin.Host = "other.backend.example"
	apply(t, r, changes(2, moved))
	e := r.Table.Lookup(sizedName(1))
	if e.Refused != protocol.NotRefused || e.Certificate != held || e.Origin.Host != "other.backend.example" {
		t.Errorf("%+v (expected: the same certificate, and the new origin)", e)
	}
}
