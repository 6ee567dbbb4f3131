package table

import (
	"hash/maphash"
	"iter"
	"sync"
	"sync/atomic"

	"nameplate.io/edge/protocol"
)

// Table is an open-addressed hash table of pointers to immutable entries. A reader loads the slots,
// probes, and has an entry that is whole; a writer replaces one pointer, or all slots when they grow.
type Table struct {
	slots atomic.Pointer[slots]
	stats atomic.Pointer[Stats]
	seed  maphash.Seed

	mu   sync.Mutex // one writer at a time
	used int        // slots taken, tombstones included
}

type slots struct {
	mask uint64
	at   []atomic.Pointer[Entry]
}

// Stats sums up the table as of one write.
type Stats struct {
	Names        int // not removed; names whose removal is held back count as removed
	Certificates int
	Tombstones   int
	HeldRemovals int
	Refused      int
	Digest       protocol.Digest
}

// New makes an empty table.
func New() *Table { return &Table{seed: maphash.MakeSeed()} }

func (t *Table) hash(name string) uint64 { return maphash.String(t.seed, name) }

// Lookup returns the entry of a normalised name, or nil. Tombstones are entries too.
func (t *Table) Lookup(name string) *Entry {
	s := t.slots.Load()
	if s == nil {
		return nil
	}
	_, e := s.find(t.hash(name), name)
	return e
}

// Stats returns the sums of the newest write.
func (t *Table) Stats() Stats {
	if stats := t.stats.Load(); stats != nil {
		return *stats
	}
	return Stats{}
}

// find returns the slot that holds the name with its entry, or the free one where it belongs with nil. A reader takes
// the entry, which was compared: loading a free slot again could find another name that a writer has just put there.
func (s *slots) find(hash uint64, name string) (uint64, *Entry) {
	for i := hash & s.mask; ; i = (i + 1) & s.mask {
		if e := s.at[i].Load(); e == nil || e.Name == name {
			return i, e
		}
	}
}

// Install puts entries in the place of those that held their names.
func (t *Table) Install(entries []*Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stats := t.Stats()
	for _, e := range entries {
		t.put(e, &stats)
	}
	t.stats.Store(&stats)
}

func (t *Table) put(e *Entry, stats *Stats) {
	s := t.slots.Load()
	if s == nil || uint64(t.used+1)*4 > uint64(len(s.at))*3 {
		s = t.grow(s)
	}
	i, old := s.find(t.hash(e.Name), e.Name)
	if old != nil {
		if old.after(e) {
			return // whatever the order of writes, a name never goes back
		}
		stats.count(old, -1)
	} else {
		t.used++
	}
	stats.count(e, 1)
	s.at[i].Store(e)
}

// grow makes room for twice the entries and lets readers have the new slots at once.
func (t *Table) grow(old *slots) *slots {
	size := 1024
	if old != nil {
		size = 2 * len(old.at)
	}
	return t.rebuild(old, size, func(*Entry) bool { return true })
}

func (t *Table) rebuild(old *slots, size int, keep func(*Entry) bool) *slots {
	s := &slots{mask: uint64(size - 1), at: make([]atomic.Pointer[Entry], size)}
	t.used = 0
	if old != nil {
		for i := range old.at {
			if e := old.at[i].Load(); e != nil && keep(e) {
				free, _ := s.find(t.hash(e.Name), e.Name)
				s.at[free].Store(e)
				t.used++
			}
		}
	}
	t.slots.Store(s)
	return s
}

// Prune forgets the tombstones for which old is true, if there are any.
func (t *Table) Prune(old func(*Entry) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slots.Load()
	if s == nil {
		return
	}
	stats, found := t.Stats(), false
	forget := func(e *Entry) bool { return e.State == Removed && old(e) }
	for i := range s.at {
		if e := s.at[i].Load(); e != nil && forget(e) {
			stats.count(e, -1)
			found = true
		}
	}
	if found {
		t.rebuild(s, len(s.at), func(e *Entry) bool { return !forget(e) })
		t.stats.Store(&stats)
	}
}

func (s *Stats) count(e *Entry, by int) {
	if e.Refused != "" {
		s.Refused += by
	}
	if e.State == Removed {
		s.Tombstones += by
		return
	}
	if e.Certificate != nil {
		s.Certificates += by
	}
	if e.Held {
		s.HeldRemovals += by
		return
	}
	s.Names += by
	s.Digest ^= protocol.DigestOf(e.Name, e.Revision)
}

// All yields the entries, tombstones included, in no order. Writes meanwhile may or may not be seen.
func (t *Table) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		s := t.slots.Load()
		if s == nil {
			return
		}
		for i := range s.at {
			if e := s.at[i].Load(); e != nil && !yield(e) {
				return
			}
		}
	}
}
