package disk

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unique"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/challenge"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// large is a batch whose snapshot has several segments.
func large(t testing.TB) Batch {
	batch := Batch{Position: protocol.Position{Epoch: 1, Revision: 99}, Passed: []guard.Passed{{Unix: noon.Unix(), Count: 7}}}
	for i := range int64(600) {
		e := entry(t, fmt.Sprintf("n%d.example", i), i+1)
		leaf := strings.Repeat(fmt.Sprintf("leaf %d ", i), 1200)
		e.Certificate = certificate.New(fmt.Sprint("cer_", i), leaf+"sealed", len(leaf), unique.Make(fmt.Sprint("chain ", i%5)), noon.Unix())
		batch.Entries = append(batch.Entries, e)
	}
	batch.Entries = append(batch.Entries, tombstone("gone.example", 700))
	batch.Answers = []challenge.Held{{Epoch: 1, Answer: protocol.Answer{Hostname: "c.example", Token: "t", Value: "v", Revision: 3}}}
	return batch
}

func encoded(t testing.TB, batch Batch) []byte {
	var out bytes.Buffer
	size, err := encodeSnapshot(batch, func(part []byte) error {
		out.Write(part)
		return nil
	})
	if err != nil || size != int64(out.Len()) {
		t.Fatalf("%d bytes of %d, %v", out.Len(), size, err)
	}
	return out.Bytes()
}

func TestASnapshotReadInPartsIsTheOneReadFromItsBeginning(t *testing.T) {
	batch := large(t)
	data := encoded(t, batch)
	parts, err := parseSnapshot(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	of, _, err := findIndex(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(of.segments) < 3 || len(of.chains) != 5 {
		t.Fatalf("%d segments, %d chains, %v (expected: several, 5)", len(of.segments), len(of.chains), err)
	}
	whole, err := parseBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	for how, c := range map[string]*contents{"in parts": parts, "from its beginning": whole} {
		if !c.complete || !equal(state(c.entries), state(batch.Entries)) || len(c.entries) != len(batch.Entries) ||
			len(c.answers) != 1 || c.answers[0] != batch.Answers[0] || len(c.passed) != 1 || c.passed[0] != batch.Passed[0] || c.position != batch.Position {
			t.Errorf("%s: %d entries, %v, %v, %s, complete: %v", how, len(c.entries), c.answers, c.passed, c.position, c.complete)
		}
	}
}

func TestASnapshotWithoutAnIndexIsReadFromItsBeginning(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	var held []*table.Entry
	for i := range int64(mostIndexed + 1) {
		e := tombstone(fmt.Sprintf("n%d.example", i), i+1)
		e.Certificate = certificate.New("cer", "leaf", 4, unique.Make(fmt.Sprint("chain ", i)), 1)
		held = append(held, e)
	}
	compacted(t, s, int64(len(held)), held...)
	s.Close()
	if _, err := readSnapshot(s.path(snapshotPrefix, 1)); err == nil {
		t.Error("an index of more chains than a record should hold")
	}
	if _, loaded := open(t, dir); len(loaded.Entries) != len(held) || len(loaded.Damage) > 0 || loaded.Position.Revision != int64(len(held)) {
		t.Errorf("%d entries at %s, %v (expected: all)", len(loaded.Entries), loaded.Position, loaded.Damage)
	}
}

func TestDamageAnywhereInASnapshotIsFound(t *testing.T) {
	batch := large(t)
	data := encoded(t, batch)
	random := rand.New(rand.NewPCG(3, 27))
	at := []int{0, 4, 8, 9, len(data) - 1, len(data) - 8, len(data) - 16, len(data) - endRecord, len(data) - endRecord - 1}
	for range 60 {
		at = append(at, random.IntN(len(data)))
	}
	for _, i := range at {
		damaged := bytes.Clone(data)
		damaged[i] ^= 1 << random.IntN(8)
		if _, err := parseSnapshot(bytes.NewReader(damaged), int64(len(damaged))); err == nil {
			t.Errorf("a flipped bit of byte %d of %d is missed", i, len(data))
		}
		cut := data[:i]
		if _, err := parseSnapshot(bytes.NewReader(cut), int64(len(cut))); err == nil {
			t.Errorf("that byte %d of %d and what follows are gone is missed", i, len(data))
		}
	}
}

func TestWhatAnOlderReleaseWroteIsAskedForAnew(t *testing.T) {
	dir := t.TempDir()
	old := appendRecord(nil, []byte{byte(kindFormat), formatVersion - 1})
	if err := os.WriteFile(filepath.Join(dir, "log-0000000000000000"), appendRecord(old, []byte{byte(kindEntry), 1, 2, 3}), 0o600); err != nil {
		t.Fatal(err)
	}
	s, loaded := open(t, dir)
	if len(loaded.Entries) > 0 || loaded.Position != (protocol.Position{}) || len(loaded.Damage) != 1 {
		t.Errorf("%+v (expected: nothing, said so, at no position)", loaded)
	}
	add(t, s, 1, entry(t, "a.example", 1))
	s.Close()
	if _, loaded := open(t, dir); len(loaded.Entries) != 1 || len(loaded.Damage) > 0 {
		t.Errorf("%+v (expected: what was written after it)", loaded)
	}
}

// fullDisk takes so many bytes in all its files and then, like a real one, a part of what is written.
type fullDisk struct {
	file
	left *int64
}

func (f fullDisk) WriteAt(data []byte, at int64) (int, error) {
	fits := min(int64(len(data)), *f.left)
	n, err := f.file.WriteAt(data[:fits], at)
	*f.left -= int64(n)
	if err == nil && n < len(data) {
		err = syscall.ENOSPC
	}
	return n, err
}

// limited makes a store's files a disk of so many bytes.
func limited(s *Store, left *int64) {
	s.create = func(path string) (file, error) {
		f, err := createFile(path)
		return fullDisk{f, left}, err
	}
	s.log = fullDisk{s.log, left}
}

func TestAFullDiskKeepsTheLastGoodState(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	a, b := entry(t, "a.example", 1), entry(t, "b.example", 2)
	add(t, s, 1, a)
	room := int64(0)
	limited(s, &room)
	for left := int64(0); left < 120; left += 7 {
		room = left
		err := s.Append(Batch{Entries: []*table.Entry{b}, Position: protocol.Position{Epoch: 1, Revision: 2}})
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%v with %d bytes left (expected: %v)", err, left, syscall.ENOSPC)
		}
		if _, err := s.Rotate(); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("a new log: %v (expected: %v)", err, syscall.ENOSPC)
		}
		if _, err := s.WriteSnapshot(9, Batch{Entries: []*table.Entry{a, b}}); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("a snapshot: %v (expected: %v)", err, syscall.ENOSPC)
		}
		again, loaded := open(t, dir)
		again.Close()
		if !equal(state(loaded.Entries), state([]*table.Entry{a})) || loaded.Position.Revision != 1 || len(loaded.Damage) > 0 {
			t.Fatalf("%v at %s, %v (expected: what was there before)", state(loaded.Entries), loaded.Position, loaded.Damage)
		}
	}
	room = 1 << 20
	add(t, s, 2, b)
	s.Close()
	if _, loaded := open(t, dir); !equal(state(loaded.Entries), state([]*table.Entry{a, b})) || len(loaded.Damage) > 0 {
		t.Errorf("%v, %v (expected: both, once there is room)", state(loaded.Entries), loaded.Damage)
	}
}

// With rights to mount one, the same on a real file system that is full.
func TestARealFullDiskKeepsTheLastGoodState(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		t.Logf("no file system of our own (%v): only TestAFullDiskKeepsTheLastGoodState says something here", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s, _ := open(t, dir)
	revision := int64(0)
	var held []*table.Entry
	var err error
	for err == nil {
		revision++
		e := entry(t, fmt.Sprintf("n%d.example", revision), revision)
		if err = s.Append(Batch{Entries: []*table.Entry{e}, Position: protocol.Position{Epoch: 1, Revision: revision}}); err == nil {
			held = append(held, e)
		}
	}
	if !errors.Is(err, syscall.ENOSPC) || len(held) < 10 {
		t.Fatalf("%v after %d names (expected: %v)", err, len(held), syscall.ENOSPC)
	}
	s.Close()
	s, loaded := open(t, dir) // a start on a full disk
	if !equal(state(loaded.Entries), state(held)) || loaded.Position.Revision != revision-1 || len(loaded.Damage) > 0 {
		t.Fatalf("%d entries at %s, %v (expected: %d)", len(loaded.Entries), loaded.Position, loaded.Damage, len(held))
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=1m,mode=700"); err != nil {
		t.Fatal(err)
	}
	last := entry(t, "last.example", revision)
	add(t, s, revision, last)
	s.Close()
	if _, loaded = open(t, dir); !equal(state(loaded.Entries), state(append(held, last))) {
		t.Errorf("%d entries (expected: %d)", len(loaded.Entries), len(held)+1)
	}
}

func TestAStoreThatCannotBeginItsLogTriesAgain(t *testing.T) {
	dir := t.TempDir()
	room := int64(0)
	full := func(path string) (file, error) {
		f, err := createFile(path)
		return fullDisk{f, &room}, err
	}
	s, loaded, err := openWith(dir, full)
	if err != nil || len(loaded.Damage) != 1 {
		t.Fatalf("%+v, %v (expected: a store that says what failed)", loaded, err)
	}
	a := entry(t, "a.example", 1)
	batch := Batch{Entries: []*table.Entry{a}, Position: protocol.Position{Epoch: 1, Revision: 1}}
	if err := s.Append(batch); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v (expected: %v)", err, syscall.ENOSPC)
	}
	room = 1 << 20
	if err := s.Append(batch); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, loaded := open(t, dir); !equal(state(loaded.Entries), state([]*table.Entry{a})) || len(loaded.Damage) > 0 {
		t.Errorf("%+v (expected: a.example)", loaded)
	}
}

func FuzzParseSnapshot(f *testing.F) {
	batch := Batch{Position: protocol.Position{Epoch: 1, Revision: 3}, Entries: []*table.Entry{entry(f, "a.example", 1), tombstone("b.example", 2)}}
	f.Add(encoded(f, batch))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := parseSnapshot(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		whole, err := parseBytes(data)
		if err != nil || !whole.complete || !equal(state(parts.entries), state(whole.entries)) {
			t.Fatalf("in parts %v, from the beginning %v, %v", state(parts.entries), state(whole.entries), err)
		}
	})
}
