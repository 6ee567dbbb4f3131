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

	mu      sync.Mutex // one writer at a time
	used    int        // slots taken, those of tombstones and forgotten names included
	gone    int        // slots of forgotten names
	packer  Packer
	slabs   int // bytes of the slabs that entries lie in
	refused map[string]*Entry
	held    map[string]*Entry
	sweep   *sweep // nil while none is under way
	loading bool   // nobody reads or counts yet
	slack   int    // bytes of slabs beyond those in use, and a quarter of them, that are left alone
}

type slots struct {
	mask uint64
	at   []atomic.Pointer[Entry]
}

// forgotten takes the place of a tombstone that was pruned, so that a reader who probes past it finds what lies
// behind. No name is empty.
var forgotten = &Entry{State: Removed}

// Stats sums up the table as of one write.
type Stats struct {
	Names        int // not removed; names whose removal is held back count as removed
	Certificates int
	Tombstones   int
	HeldRemovals int
	Refused      int
	Digest       protocol.Digest
	TextBytes    int // of names, certificates and sealed keys
}

// New makes an empty table.
func New() *Table {
	return &Table{seed: maphash.MakeSeed(), refused: map[string]*Entry{}, held: map[string]*Entry{}}
}

func (t *Table) hash(name string) uint64 { return maphash.String(t.seed, name) }

// Find returns the entry that a request or a handshake for the normalised name is answered from, or nil. That is the
// name's own; once there are wildcards, what stands for a name that has none of its own is decided here and nowhere else.
func (t *Table) Find(name string) *Entry { return t.Lookup(name) }

// Lookup returns the entry of exactly this normalised name, or nil. Tombstones are entries too.
func (t *Table) Lookup(name string) *Entry {
	s := t.slots.Load()
	if s == nil || name == "" { // which is what forgotten is called
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

// Install puts entries in the place of those that held their names. It moves their texts, so that nobody else may
// be reading them.
func (t *Table) Install(entries []*Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stats := t.Stats()
	for _, e := range entries {
		t.put(e, &stats)
	}
	t.stats.Store(&stats)
}

// Load is Install for a table that nobody reads yet, which is to hold so many entries.
func (t *Table) Load(entries []*Entry) {
	t.mu.Lock()
	size := smallest
	for len(entries)*4 > size*3 {
		size *= 2
	}
	t.rebuild(t.slots.Load(), size)
	t.loading = true
	t.mu.Unlock()
	t.Install(entries)
	t.mu.Lock()
	t.loading = false
	t.mu.Unlock()
}

const smallest = 1024

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
		if !t.loading && old.Domain == e.Domain && old.counts() && e.counts() {
			e.usage.Store(old.counter()) // whoever still answers from the old entry counts for the new one too
		}
	} else {
		t.used++
	}
	if e.slab == nil {
		t.packer.Pack(e)
	}
	t.replace(s, i, old, e, stats)
}

// replace puts an entry into a slot and keeps all sums. Old may be nil.
func (t *Table) replace(s *slots, i uint64, old, e *Entry, stats *Stats) {
	if old != nil {
		t.count(old, -1, stats)
	}
	t.count(e, 1, stats)
	if t.sweep != nil {
		t.sweep.note(s, i, old, e)
	}
	s.at[i].Store(e)
}

// grow makes room and lets readers have the new slots at once: twice as many, or as many as there were if a quarter
// of them is taken by names that were forgotten.
func (t *Table) grow(old *slots) *slots {
	size := smallest
	if old != nil {
		size = len(old.at)
		if t.gone*4 < size {
			size *= 2
		}
	}
	return t.rebuild(old, size)
}

func (t *Table) rebuild(old *slots, size int) *slots {
	s := &slots{mask: uint64(size - 1), at: make([]atomic.Pointer[Entry], size)}
	t.used, t.gone = 0, 0
	if old != nil {
		for i := range old.at {
			if e := old.at[i].Load(); e != nil && e != forgotten {
				free, _ := s.find(t.hash(e.Name), e.Name)
				s.at[free].Store(e)
				t.used++
			}
		}
	}
	t.slots.Store(s)
	return s
}

// atOnce is how many slots a walk looks at before it lets writers pass: about 50 µs.
const atOnce = 256

// Prune forgets the tombstones for which old is true. Writers wait for a few slots of it at most, readers never.
func (t *Table) Prune(old func(*Entry) bool) {
	for from := uint64(0); t.pruneFrom(&from, old); {
	}
}

func (t *Table) pruneFrom(from *uint64, old func(*Entry) bool) (more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slots.Load()
	if s == nil {
		return false
	}
	stats, found := t.Stats(), false
	end := min(*from+atOnce, uint64(len(s.at)))
	for i := *from; i < end; i++ {
		if e := s.at[i].Load(); e != nil && e != forgotten && e.State == Removed && old(e) {
			t.count(e, -1, &stats)
			s.at[i].Store(forgotten)
			t.gone++
			found = true
		}
	}
	if found {
		t.stats.Store(&stats)
	}
	*from = end // should the table grow meanwhile, what is missed now is found the next time
	return end < uint64(len(s.at))
}

func (t *Table) count(e *Entry, by int, stats *Stats) {
	if e.Refused != protocol.NotRefused {
		stats.Refused += by
		if by > 0 {
			t.refused[e.Name] = e
		} else {
			delete(t.refused, e.Name)
		}
	}
	if size := e.size(); e.slab != nil {
		before := e.slab.live
		e.slab.live += by * size
		stats.TextBytes += by * size
		switch {
		case before == 0 && e.slab.live > 0:
			t.slabs += e.slab.text.Cap()
		case before > 0 && e.slab.live == 0:
			t.slabs -= e.slab.text.Cap()
		}
	}
	if e.State == Removed {
		stats.Tombstones += by
		return
	}
	if e.Certificate != nil {
		stats.Certificates += by
	}
	if e.Held {
		stats.HeldRemovals += by
		if by > 0 {
			t.held[e.Name] = e
		} else {
			delete(t.held, e.Name)
		}
		return
	}
	stats.Names += by
	stats.Digest ^= e.digest()
}

// Held returns entries whose removal the guard holds back, so many at most.
func (t *Table) Held(most int) []*Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*Entry, 0, min(most, len(t.held)))
	for _, e := range t.held {
		if len(out) == most {
			break
		}
		out = append(out, e)
	}
	return out
}

// Refused returns entries whose newest revision is not what is served, so many at most.
func (t *Table) Refused(most int) []*Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*Entry, 0, min(most, len(t.refused)))
	for _, e := range t.refused {
		if len(out) == most {
			break
		}
		out = append(out, e)
	}
	return out
}

// SlabBytes is how much memory is taken for texts.
func (t *Table) SlabBytes() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.slabs
}

// All yields the entries, tombstones included, in no order. Writes meanwhile may or may not be seen.
func (t *Table) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		s := t.slots.Load()
		if s == nil {
			return
		}
		for i := range s.at {
			if e := s.at[i].Load(); e != nil && e != forgotten && !yield(e) {
				return
			}
		}
	}
}
