package table

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unique"
	"unsafe"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/usage"
)

// A million names are a million of each: the sizes are the allocator's classes, which a field more would leave.
func TestEntriesStaySmall(t *testing.T) {
	if size := unsafe.Sizeof(Entry{}); size > 96 {
		t.Errorf("an entry of %d bytes (expected: 96)", size)
	}
	if size := unsafe.Sizeof(certificate.Certificate{}); size > 64 {
		t.Errorf("a certificate of %d bytes (expected: 64)", size)
	}
}

// certified is an entry with a certificate of about a kilobyte that says its revision.
func certified(name string, revision int64) *Entry {
	leaf := strings.Repeat(fmt.Sprintf("%s at %d;", name, revision), 40)
	return &Entry{
		Name: name, Domain: "dom_" + name, Team: unique.Make("tea_1"), Epoch: 1, Revision: revision, State: Suspended,
		Certificate: certificate.New(fmt.Sprint("cer_", revision), leaf+"sealed", len(leaf), unique.Make(""), 1),
	}
}

func whole(e *Entry) bool {
	want := certified(e.Name, e.Revision)
	return e.Domain == want.Domain && e.Certificate.ID == want.Certificate.ID && e.Certificate.Body() == want.Certificate.Body()
}

// Entries are replaced and moved from slab to slab while readers read: every text that is found is whole, the slabs that
// become sparse are freed, and the digest and the counts are right at the end.
func TestSparseSlabsAreFreedUnderReaders(t *testing.T) {
	const names, rounds = 3_000, 30
	table, meter := New(), usage.NewMeter()
	table.slack = slabSize
	name := func(i int) string { return fmt.Sprintf("n%d.example", i) }
	revision := int64(0)
	random := rand.New(rand.NewPCG(1, 27))
	for i := range names {
		table.Install([]*Entry{certified(name(i), 0)})
	}
	stop := make(chan struct{})
	var counted [4]uint64
	var readers sync.WaitGroup
	for r := range counted {
		readers.Go(func() {
			for i := r; ; i = (i + 7) % names {
				select {
				case <-stop:
					return
				default:
				}
				e := table.Find(name(i))
				if e == nil || !whole(e) {
					t.Errorf("%s: %+v", name(i), e)
					return
				}
				e.Count(meter, 200)
				counted[r]++
			}
		})
	}
	moved := 0
	for range rounds {
		for range names / 4 {
			revision++
			table.Install([]*Entry{certified(name(random.IntN(names)), revision)})
		}
		moved += table.Sweep(runtime.Gosched).Moved
	}
	close(stop)
	readers.Wait()
	used, taken := table.Stats().TextBytes, table.SlabBytes()
	if taken > used+used/4+3*slabSize {
		t.Errorf("%d bytes of slabs for %d bytes of text", taken, used)
	}
	if moved == 0 {
		t.Error("nothing was moved (expected: sparse slabs to be cleared)")
	}
	var byName, inAll uint64
	for e := range table.All() {
		if !whole(e) {
			t.Fatalf("%+v", e)
		}
		byName += e.Usage().ByClass()[2]
	}
	for _, n := range counted {
		inAll += n
	}
	if total := meter.Totals()[2]; byName != inAll || total != inAll {
		t.Errorf("%d counted by name, %d in sum (expected: %d)", byName, total, inAll)
	}
}

func TestASweepFindsWhatTheDigestDoesNotSay(t *testing.T) {
	table := New()
	var want protocol.Digest
	for i := range 2_000 {
		table.Install([]*Entry{named(fmt.Sprintf("n%d.example", i), 1)})
		want ^= protocol.DigestOf(fmt.Sprintf("n%d.example", i), 1)
	}
	// Writers go on during the sweep, before and behind where it is.
	i := 0
	swept := table.Sweep(func() {
		for range 50 {
			name := fmt.Sprintf("n%d.example", i*37%2_000)
			e := table.Lookup(name)
			next := named(name, e.Revision+1)
			want ^= protocol.DigestOf(name, e.Revision)
			if i%5 == 0 {
				next.State = Removed
			}
			if e.State == Removed {
				want ^= protocol.DigestOf(name, e.Revision)
			}
			if next.State != Removed {
				want ^= protocol.DigestOf(name, next.Revision)
			}
			table.Install([]*Entry{next})
			i++
		}
	})
	if i == 0 || swept.Counted != want || swept.Running != want {
		t.Errorf("%+v after %d writes meanwhile (expected: %s twice)", swept, i, want)
	}
	// A bit of the table flips.
	table.Lookup("n1.example").Revision ^= 1 << 40
	swept = table.Sweep(func() {})
	if swept.Counted == swept.Running || table.Stats().Digest != swept.Counted {
		t.Errorf("%+v, and then %s (expected: a difference, and what was counted from then on)", swept, table.Stats().Digest)
	}
}

func TestASweepGoesOnWhereTheTableGrows(t *testing.T) {
	table := New()
	n := 0
	add := func() {
		table.Install([]*Entry{named(fmt.Sprintf("n%d.example", n), 1)})
		n++
	}
	for range 700 {
		add()
	}
	swept := table.Sweep(func() {
		for range 400 {
			if n < 5_000 {
				add()
			}
		}
	})
	if swept.Counted != swept.Running || n != 5_000 {
		t.Errorf("%+v with %d names (expected: no difference)", swept, n)
	}
}

// Names come and go for long. Forgotten ones leave no slots behind for good, and what is held stays in reach.
func TestForgottenNamesDoNotFillTheTable(t *testing.T) {
	table := New()
	for i := range 50 {
		table.Install([]*Entry{named(fmt.Sprintf("kept%d.example", i), 1)})
	}
	for round := range 100 {
		var gone []*Entry
		for i := range 300 {
			e := named(fmt.Sprintf("n%d-%d.example", round, i), 1)
			e.State = Removed
			gone = append(gone, e)
		}
		table.Install(gone)
		table.Prune(func(*Entry) bool { return true })
	}
	for i := range 50 {
		if table.Lookup(fmt.Sprintf("kept%d.example", i)) == nil {
			t.Errorf("kept%d.example is lost", i)
		}
	}
	if slots := len(table.slots.Load().at); slots > 1024 || table.Stats().Tombstones != 0 {
		t.Errorf("%d slots, %+v (expected: 1,024, no tombstones)", slots, table.Stats())
	}
	if table.Lookup("") != nil {
		t.Error("the empty name is found")
	}
}

func TestRefusedNamesAreASet(t *testing.T) {
	table := New()
	for i := range 10 {
		e := named(fmt.Sprintf("n%d.example", i), 1)
		e.Refused = protocol.EntryInvalid
		table.Install([]*Entry{e})
	}
	table.Install([]*Entry{named("n3.example", 2)})
	if got := len(table.Refused(100)); got != 9 || table.Stats().Refused != 9 {
		t.Errorf("%d refused, %+v (expected: 9)", got, table.Stats())
	}
	if got := len(table.Refused(4)); got != 4 {
		t.Errorf("%d refused (expected: 4, as many as were asked for)", got)
	}
}

// BenchmarkSweepOf200k says what a look costs writers and what a sweep costs the processor.
func BenchmarkSweepOf200k(b *testing.B) {
	table := New()
	for i := range 200_000 {
		table.Install([]*Entry{named(fmt.Sprintf("shop-%d.customer.example", i), 1)})
	}
	for b.Loop() {
		longest, last := time.Duration(0), time.Now()
		table.Sweep(func() {
			now := time.Now()
			longest, last = max(longest, now.Sub(last)), now
		})
		b.ReportMetric(float64(longest.Microseconds()), "longest-look-us")
	}
}
