package replica

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"nameplate.io/edge/protocol"
)

// FuzzAPageFromTheWire takes pages as a broken control plane could send them. Whatever the node takes over it finds
// again after a restart, undamaged and with the same digest.
func FuzzAPageFromTheWire(f *testing.F) {
	issued := newIssuer(f, open(f, f.TempDir()).key).entry(f, 1, 7)
	for _, page := range []*protocol.Changes{
		changes(3, serving("a.example", "dom_a", 1), removed("b.example", "dom_b", 2), serving("A.example", "", 3)),
		changes(7, issued),
		{Epoch: 1, Revision: 9, Entries: []protocol.Entry{serving("a.example", "dom_a", 9)}, Answers: []protocol.Answer{{Hostname: "a.example", Token: "t", Value: "v", Revision: 8}}},
		changes(4, removed("", "", 1), serving("", "dom", 2), serving(strings.Repeat("a", 300), "dom_a", 3), serving("c.example", strings.Repeat("d", 300), 4)),
	} {
		text, err := json.Marshal(page)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var page protocol.Changes
		if json.Unmarshal(text, &page) != nil {
			return
		}
		page.Resolve()
		dir := t.TempDir()
		r := open(t, dir)
		if err := r.Apply(&page); err != nil {
			return
		}
		held := func(r *Replica) string {
			ack := *r.Ack()
			slices.SortFunc(ack.Refused, func(a, b protocol.Refusal) int { return strings.Compare(a.Hostname, b.Hostname) })
			return fmt.Sprintf("%+v", ack)
		}
		before := held(r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if after := held(open(t, dir)); after != before {
			t.Fatalf("%s\nbefore the restart %s\nafter it          %s", text, before, after)
		}
	})
}
