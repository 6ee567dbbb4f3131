package replica

import (
	"errors"
	"slices"
	"testing"

	"nameplate.io/edge/protocol"
)

func TestAnOutlineTellsWhatToAskFor(t *testing.T) {
	r := open(t, t.TempDir())
	refused := serving("refused.example", "dom_refused", 4)
	refused.Requires = []string{"of-tomorrow"}
	apply(t, r, changes(6,
		serving("same.example", "dom_same", 1), serving("changed.example", "dom_changed", 2),
		serving("removed.example", "dom_removed", 3), refused, serving("unlisted.example", "dom_unlisted", 5),
		removed("gone.example", "dom_gone", 6)))
	outline := &protocol.Outline{Epoch: 1, Revision: 9, Names: []string{
		"same.example 1", "changed.example 7", "removed.example 8 removed", "refused.example 4", "gone.example 6 removed", "new.example 9",
	}}
	wanted, err := r.BeginOutline(outline)
	if want := []string{"changed.example", "removed.example", "refused.example", "new.example"}; err != nil || !slices.Equal(wanted, want) {
		t.Errorf("%v, %v (expected: %v)", wanted, err, want)
	}
	page := changes(9, serving("changed.example", "dom_changed", 7), removed("removed.example", "dom_removed", 8), serving("new.example", "dom_new", 9))
	page.More = true
	if err := r.ApplySnapshotPage(page); err != nil {
		t.Fatal(err)
	}
	if err := r.ApplySnapshotPage(changes(9)); err != nil {
		t.Fatal(err)
	}
	var held []string
	for e := range r.Table.All() {
		if !e.Gone() {
			held = append(held, e.Name)
		}
	}
	slices.Sort(held)
	if want := []string{"changed.example", "new.example", "refused.example", "same.example"}; !slices.Equal(held, want) || r.Position() != outline.Position() {
		t.Errorf("%v at %s (expected: %v at 1.9)", held, r.Position(), want)
	}
}

func TestRevisionsOfAnotherEpochMeanTheSameOnlyUpToWhereItBegan(t *testing.T) {
	for _, each := range []struct {
		epoch, from int64
		wanted      int
	}{{1, 0, 0}, {2, 5, 0}, {2, 4, 1}, {2, 0, 1}, {3, 5, 1}} {
		r := open(t, t.TempDir())
		apply(t, r, changes(5, serving("shop.example", "dom_1", 5)))
		wanted, err := r.BeginOutline(&protocol.Outline{Epoch: each.epoch, EpochFrom: each.from, Revision: 5, Names: []string{"shop.example 5"}})
		if err != nil || len(wanted) != each.wanted {
			t.Errorf("epoch %d from %d: %v, %v (expected: %d names)", each.epoch, each.from, wanted, err, each.wanted)
		}
	}
}

func TestAnOutlineLeadsNeitherBackNorAstray(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, changes(5, serving("shop.example", "dom_1", 5)))
	if _, err := r.BeginOutline(&protocol.Outline{Epoch: 1, Revision: 4}); !errors.Is(err, ErrBackwards) {
		t.Errorf("%v (expected: %v)", err, ErrBackwards)
	}
	for _, line := range []string{"", "shop.example", "shop.example x", "shop.example 0", " 5", "shop.example 5 gone"} {
		if wanted, err := r.BeginOutline(&protocol.Outline{Epoch: 1, Revision: 5, Names: []string{line}}); err == nil {
			t.Errorf("%q: %v (expected: refused)", line, wanted)
		}
	}
}
