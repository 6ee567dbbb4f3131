package table

import "nameplate.io/edge/protocol"

// sweep is a walk over all slots while writers go on. Guarded by the table's mu.
type sweep struct {
	slots *slots
	next  uint64          // slots before it have been looked at
	sum   protocol.Digest // of their entries
}

// note keeps the sum right when a writer changes a slot that has been looked at.
func (w *sweep) note(s *slots, i uint64, old, e *Entry) {
	if w.slots != s || i >= w.next {
		return
	}
	if old != nil {
		w.sum ^= old.digest()
	}
	w.sum ^= e.digest()
}

// Swept is what a sweep found.
type Swept struct {
	Running protocol.Digest // what the table had said
	Counted protocol.Digest // what it holds; says so from now on
	Moved   int             // entries that were moved out of sparse slabs
}

// Sweep computes the digest anew from what the table holds, and moves entries out of slabs that have become sparse so
// that these can be freed. It calls pause between two looks at a few slots; writers wait for one look at most. One
// sweep at a time.
func (t *Table) Sweep(pause func()) Swept {
	t.mu.Lock()
	t.sweep = &sweep{}
	t.mu.Unlock()
	moved := 0
	for {
		if swept, done := t.look(&moved); done {
			return swept
		}
		pause()
	}
}

func (t *Table) look(moved *int) (swept Swept, done bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, s := t.sweep, t.slots.Load()
	if s == nil {
		t.sweep = nil
		return Swept{}, true
	}
	if w.slots != s { // the table has grown
		*w = sweep{slots: s}
	}
	stats := t.Stats()
	wasteful := t.slabs > stats.TextBytes+stats.TextBytes/4+t.slack
	for end := min(w.next+atOnce, uint64(len(s.at))); w.next < end; w.next++ {
		e := s.at[w.next].Load()
		if e == nil || e == forgotten {
			continue
		}
		if wasteful && e.slab != t.packer.at && e.slab.live*2 < e.slab.text.Cap() {
			e = t.move(s, w.next, e, &stats)
			*moved++
		}
		w.sum ^= e.digest()
	}
	swept = Swept{Running: stats.Digest, Counted: w.sum, Moved: *moved}
	if done = w.next == uint64(len(s.at)); done {
		stats.Digest = w.sum
		t.sweep = nil
	}
	t.stats.Store(&stats)
	return swept, done
}

// move packs an entry's texts anew. Readers find the one or the other, which are equal.
func (t *Table) move(s *slots, i uint64, e *Entry, stats *Stats) *Entry {
	next := e.successor()
	if e.counts() {
		next.usage.Store(e.counter())
	}
	t.packer.Pack(next)
	t.replace(s, i, e, next, stats)
	return next
}

// Doubt makes the entries for which wrong is true older than any revision, so that the next one for their names is
// taken. They are served meanwhile. It returns how many they were.
func (t *Table) Doubt(wrong func(*Entry) bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slots.Load()
	if s == nil {
		return 0
	}
	stats, found := t.Stats(), 0
	for i := range s.at {
		if e := s.at[i].Load(); e != nil && e != forgotten && wrong(e) {
			next := e.successor()
			next.Epoch, next.Revision = 0, 0
			if e.counts() {
				next.usage.Store(e.counter())
			}
			t.replace(s, uint64(i), e, next, &stats)
			found++
		}
	}
	t.stats.Store(&stats)
	return found
}
