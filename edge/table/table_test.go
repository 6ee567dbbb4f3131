package table

import (
	"fmt"
	"sync"
	"testing"
	"unique"

	"nameplate.io/edge/protocol"
)

func named(name string, revision int64) *Entry {
	return &Entry{Name: name, Domain: "dom_1", Team: unique.Make("tea_1"), Epoch: 1, Revision: revision}
}

func TestReadersSeeEveryNameWhileTheTableGrows(t *testing.T) {
	table := New()
	const names = 20_000
	stop := make(chan struct{})
	var readers sync.WaitGroup
	table.Install([]*Entry{named("first.example", 1)})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if e := table.Lookup("first.example"); e == nil || e.Name != "first.example" {
					t.Error("a name was missing for a moment")
					return
				}
				if e := table.Lookup("never.example"); e != nil {
					t.Errorf("found %+v", e)
					return
				}
			}
		})
	}
	var want protocol.Digest = protocol.DigestOf("first.example", 1)
	for i := range names {
		name := fmt.Sprintf("n%d.example", i)
		table.Install([]*Entry{named(name, 1), named(name, 2)})
		want ^= protocol.DigestOf(name, 2)
	}
	close(stop)
	readers.Wait()
	for i := range names {
		if e := table.Lookup(fmt.Sprintf("n%d.example", i)); e == nil || e.Revision != 2 {
			t.Fatalf("n%d.example: %+v (expected: revision 2)", i, e)
		}
	}
	if s := table.Stats(); s.Names != names+1 || s.Digest != want {
		t.Errorf("%+v (expected: %d names, digest %s)", s, names+1, want)
	}
}

func TestInstallNeverGoesBack(t *testing.T) {
	table := New()
	table.Install([]*Entry{named("a.example", 5), named("a.example", 3)})
	if e := table.Lookup("a.example"); e.Revision != 5 {
		t.Errorf("revision %d (expected: 5)", e.Revision)
	}
}

func TestPruneForgetsOnlyOldTombstones(t *testing.T) {
	table := New()
	var entries []*Entry
	for i := range 100 {
		e := named(fmt.Sprintf("n%d.example", i), int64(i))
		if i%2 == 0 {
			e.State = Removed
		}
		entries = append(entries, e)
	}
	table.Install(entries)
	table.Prune(func(e *Entry) bool { return e.Revision < 50 })
	for i, e := range entries {
		held := table.Lookup(e.Name)
		if forgotten := i%2 == 0 && i < 50; (held == nil) != forgotten {
			t.Errorf("%s: %+v", e.Name, held)
		}
	}
	if s := table.Stats(); s.Names != 50 || s.Tombstones != 25 {
		t.Errorf("%+v (expected: 50 names, 25 tombstones)", s)
	}
}

func TestALookupAllocatesNothing(t *testing.T) {
	table := New()
	table.Install([]*Entry{named("a.example", 1)})
	if n := testing.AllocsPerRun(100, func() { table.Lookup("a.example"); table.Lookup("unknown.example") }); n != 0 {
		t.Errorf("%v allocations (expected: 0)", n)
	}
}

func BenchmarkLookupAmong200k(b *testing.B) {
	table := New()
	names := make([]string, 200_000)
	for i := range names {
		names[i] = fmt.Sprintf("shop-%d.customer.example", i)
		table.Install([]*Entry{named(names[i], 1)})
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i = (i + 7919) % len(names) {
			if table.Lookup(names[i]) == nil {
				b.Error("missing")
			}
		}
	})
}
