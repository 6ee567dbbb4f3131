package disk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unique"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/challenge"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

var noon = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

func entry(t testing.TB, name string, revision int64) *table.Entry {
	t.Helper()
	to, err := origin.New(&protocol.Origin{Scheme: "https", Host: "origin.example", Port: 8443, Path: "/base", HostHeader: "origin", ServerName: "tls.example"})
	if err != nil {
		t.Fatal(err)
	}
	leaf := "leaf of " + name
	return &table.Entry{
		Name: name, Domain: "dom_" + name, Team: unique.Make("tea_1"), Epoch: 1, Revision: revision, Origin: to,
		Certificate: certificate.New(fmt.Sprint("cer_", revision), leaf+"sealed", len(leaf), unique.Make(fmt.Sprint("cross ", revision%3)), noon.Unix()),
	}
}

func tombstone(name string, revision int64) *table.Entry {
	return &table.Entry{Name: name, Domain: "dom_" + name, Team: unique.Make("tea_1"), Epoch: 1, Revision: revision, State: table.Removed, RemovedUnix: uint32(noon.Unix())}
}

// state is what a node would serve, by its digest-relevant parts.
func state(entries []*table.Entry) map[string]string {
	out := map[string]string{}
	for _, e := range entries {
		text := fmt.Sprintf("%s %s %d.%d state %d held %v refused %q removed %d", e.Domain, e.Team.Value(), e.Epoch, e.Revision, e.State, e.Held, e.Refused, e.RemovedUnix)
		if e.Origin != nil {
			text += fmt.Sprintf(" %+v", *e.Origin.Wire())
		}
		if c := e.Certificate; c != nil {
			text += fmt.Sprintf(" %s %s %s %d %s", c.ID, c.Leaf(), c.Sealed(), c.NotAfterUnix, c.Chain.Value())
		}
		out[e.Name] = text
	}
	return out
}

func equal(a, b map[string]string) bool {
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func open(t testing.TB, dir string) (*Store, *Loaded) {
	t.Helper()
	s, loaded, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, loaded
}

func add(t testing.TB, s *Store, revision int64, entries ...*table.Entry) {
	t.Helper()
	if err := s.Append(Batch{Entries: entries, Position: protocol.Position{Epoch: 1, Revision: revision}}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasAppendedIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s, loaded := open(t, dir)
	if loaded.Position != (protocol.Position{}) || len(loaded.Damage) > 0 {
		t.Errorf("%+v (expected: nothing)", loaded)
	}
	a, b, gone := entry(t, "a.example", 1), entry(t, "b.example", 2), tombstone("gone.example", 3)
	b.Held, b.Refused, b.RemovedUnix = true, protocol.KeyMismatch, uint32(noon.Unix())
	answer := challenge.Held{Epoch: 1, Answer: protocol.Answer{
		Hostname: "c.example", Token: "token", Value: "value", ExpiresAt: noon, Revision: 4,
	}}
	passed := []guard.Passed{{Unix: noon.Unix(), Count: 3}}
	if err := s.Append(Batch{[]*table.Entry{a, b, gone}, []challenge.Held{answer}, passed, protocol.Position{Epoch: 1, Revision: 4}}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, loaded = open(t, dir)
	if !equal(state(loaded.Entries), state([]*table.Entry{a, b, gone})) {
		t.Errorf("%v", state(loaded.Entries))
	}
	if len(loaded.Answers) != 1 || loaded.Answers[0] != answer || !slices.Equal(loaded.Passed, passed) || loaded.Position.Revision != 4 || len(loaded.Damage) > 0 {
		t.Errorf("%+v", loaded)
	}
	// Chains known from before are referred to by their numbers.
	c := entry(t, "c.example", 5)
	add(t, s, 5, c)
	s.Close()
	if _, loaded = open(t, dir); !equal(state(loaded.Entries), state([]*table.Entry{a, b, gone, c})) {
		t.Errorf("%v", state(loaded.Entries))
	}
}

// A process that dies in mid-write leaves any prefix of what it wrote.
func TestALogTornAtAnyByteGivesTheLastWholeBatch(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	log := s.path(logPrefix, 0)
	size := func() int {
		info, err := os.Stat(log)
		if err != nil {
			t.Fatal(err)
		}
		return int(info.Size())
	}
	type point struct {
		size  int
		state map[string]string
	}
	var held []*table.Entry
	points := []point{{size(), state(nil)}}
	for revision := int64(1); revision <= 6; revision += 2 {
		batch := []*table.Entry{entry(t, fmt.Sprintf("n%d.example", revision), revision), tombstone("n1.example", revision+1)}
		add(t, s, revision+1, batch...)
		held = append(held, batch...)
		points = append(points, point{size(), state(held)})
	}
	s.Close()
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(whole); cut++ {
		torn := t.TempDir()
		if err := os.WriteFile(filepath.Join(torn, filepath.Base(log)), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s, loaded := open(t, torn)
		want := points[0]
		for i, p := range points {
			if p.size <= cut {
				want = points[i]
			}
		}
		if !equal(state(loaded.Entries), want.state) {
			t.Fatalf("cut at %d: %v (expected: %v)", cut, state(loaded.Entries), want.state)
		}
		// It goes on from there, and the next start finds both.
		after := entry(t, "after.example", 100)
		add(t, s, 100, after)
		s.Close()
		_, loaded = open(t, torn)
		want.state = clone(want.state)
		want.state["after.example"] = state([]*table.Entry{after})["after.example"]
		if !equal(state(loaded.Entries), want.state) || loaded.Position.Revision != 100 || len(loaded.Damage) > 0 {
			t.Fatalf("cut at %d, then appended: %v %v (expected: %v)", cut, state(loaded.Entries), loaded.Damage, want.state)
		}
	}
}

func clone(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func TestAFlippedBitIsFoundWhereverItIs(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	add(t, s, 1, entry(t, "a.example", 1))
	add(t, s, 2, entry(t, "b.example", 2))
	log := s.path(logPrefix, 0)
	s.Close()
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	good := map[int64]map[string]string{
		0: state(nil),
		1: state([]*table.Entry{entry(t, "a.example", 1)}),
		2: state([]*table.Entry{entry(t, "a.example", 1), entry(t, "b.example", 2)}),
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		c, err := parseBytes(damaged)
		if err != nil {
			t.Fatalf("bit in byte %d: %v", i, err)
		}
		if !equal(state(c.entries), good[c.position.Revision]) || !c.torn() {
			t.Fatalf("bit in byte %d: %v at %s (expected: an earlier state, and that it is torn)", i, state(c.entries), c.position)
		}
	}
}

func compacted(t *testing.T, s *Store, revision int64, entries ...*table.Entry) {
	t.Helper()
	number, err := s.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteSnapshot(number, Batch{Entries: entries, Position: protocol.Position{Epoch: 1, Revision: revision}}); err != nil {
		t.Fatal(err)
	}
}

func TestASnapshotStandsForTheLogsBeforeIt(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	a, b := entry(t, "a.example", 1), entry(t, "b.example", 2)
	add(t, s, 1, a)
	compacted(t, s, 1, a)
	add(t, s, 2, b)
	s.Close()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v (expected: one snapshot, one log)", len(files), err)
	}
	_, loaded := open(t, dir)
	if !equal(state(loaded.Entries), state([]*table.Entry{a, b})) || loaded.Position.Revision != 2 || len(loaded.Damage) > 0 {
		t.Errorf("%v at %s, %v", state(loaded.Entries), loaded.Position, loaded.Damage)
	}
}

func TestACompactionThatNeverFinishedCostsNothing(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	a, b := entry(t, "a.example", 1), entry(t, "b.example", 2)
	add(t, s, 1, a)
	number, err := s.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, 2, b)
	s.Close()
	if err := os.WriteFile(s.path(snapshotPrefix, number)+temporary, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, loaded := open(t, dir)
	if !equal(state(loaded.Entries), state([]*table.Entry{a, b})) || loaded.Position.Revision != 2 || len(loaded.Damage) > 0 {
		t.Errorf("%v at %s, %v", state(loaded.Entries), loaded.Position, loaded.Damage)
	}
}

// slowDisk takes a snapshot only when it is told to go on.
type slowDisk struct {
	file
	begun  chan<- struct{}
	goesOn <-chan struct{}
}

func (f slowDisk) WriteAt(data []byte, at int64) (int, error) {
	select {
	case f.begun <- struct{}{}:
	default:
	}
	<-f.goesOn
	return f.file.WriteAt(data, at)
}

func TestChangesAreWrittenWhileASnapshotIs(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	a, b, c := entry(t, "a.example", 1), entry(t, "b.example", 2), entry(t, "c.example", 3)
	add(t, s, 1, a)
	number, err := s.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	begun, goesOn := make(chan struct{}, 1), make(chan struct{})
	s.create = func(path string) (file, error) {
		f, err := createFile(path)
		return slowDisk{f, begun, goesOn}, err
	}
	written := make(chan error)
	go func() {
		_, err := s.WriteSnapshot(number, Batch{Entries: []*table.Entry{a}, Position: protocol.Position{Epoch: 1, Revision: 1}})
		written <- err
	}()
	<-begun
	add(t, s, 2, b)
	add(t, s, 3, c)
	close(goesOn)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, loaded := open(t, dir); !equal(state(loaded.Entries), state([]*table.Entry{a, b, c})) || len(loaded.Damage) > 0 {
		t.Errorf("%v, %v (expected: all three)", state(loaded.Entries), loaded.Damage)
	}
}

func TestADamagedSnapshotLeavesItsGoodPartAndAsksForTheRest(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	var held []*table.Entry
	for i := range int64(10) {
		held = append(held, entry(t, fmt.Sprintf("n%d.example", i), i+1))
	}
	add(t, s, 10, held...)
	compacted(t, s, 10, held...)
	later := entry(t, "later.example", 11)
	add(t, s, 11, later)
	path := s.path(snapshotPrefix, s.number)
	s.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 4
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, loaded := open(t, dir)
	if loaded.Position != (protocol.Position{}) || len(loaded.Damage) != 1 {
		t.Errorf("at %s, %v (expected: no position, so that a snapshot is read)", loaded.Position, loaded.Damage)
	}
	got := state(loaded.Entries)
	if got["later.example"] == "" || got["n0.example"] == "" || len(got) >= 11 {
		t.Errorf("%v (expected: what came before the damage, and what came later)", got)
	}
}

func TestAFailedAppendLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	a, b := entry(t, "a.example", 1), entry(t, "b.example", 2)
	add(t, s, 1, a)
	good := s.log
	readOnly, err := os.Open(s.path(logPrefix, 0))
	if err != nil {
		t.Fatal(err)
	}
	s.log = readOnly // a disk that takes no more
	if err := s.Append(Batch{Entries: []*table.Entry{b}, Position: protocol.Position{Epoch: 1, Revision: 2}}); err == nil {
		t.Fatal("appended to a file that cannot be written")
	}
	s.log = good
	add(t, s, 2, b)
	s.Close()
	if _, loaded := open(t, dir); !equal(state(loaded.Entries), state([]*table.Entry{a, b})) || len(loaded.Damage) > 0 {
		t.Errorf("%v, %v", state(loaded.Entries), loaded.Damage)
	}
}

func TestANewerFormatIsNotTouched(t *testing.T) {
	future := appendRecord(nil, []byte{byte(kindFormat), formatVersion + 1})
	if _, err := parseBytes(future); err == nil {
		t.Error("read a format of the future")
	}
}

func FuzzParse(f *testing.F) {
	enc := newEncoder()
	enc.format()
	enc.entry(entry(f, "a.example", 1))
	enc.entry(tombstone("b.example", 2))
	enc.answer(challenge.Held{Epoch: 1, Answer: protocol.Answer{Hostname: "c.example", Token: "t", Value: "v", Revision: 3}})
	enc.commit(protocol.Position{Epoch: 1, Revision: 3})
	enc.end(end{records: 3})
	f.Add(enc.out)
	f.Add(enc.out[:len(enc.out)-3])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) { readTwice(t, data) })
}

// readTwice reads a file of any content, and once more what was sound of it: that has to be whole and the same.
func readTwice(t *testing.T, data []byte) {
	t.Helper()
	c, err := parseBytes(data)
	if err != nil {
		return // of a later release
	}
	if c.sound > int64(len(data)) || c.reached > int64(len(data)) {
		t.Fatalf("sound up to %d, read up to %d of %d", c.sound, c.reached, len(data))
	}
	again, err := parseBytes(data[:c.sound])
	if err != nil || again.torn() || again.position != c.position || len(again.answers) != len(c.answers) ||
		len(again.passed) != len(c.passed) || !equal(state(again.entries), state(c.entries)) {
		t.Fatalf("%v at %s, its sound part %+v at %s, %v", state(c.entries), c.position, again, again.position, err)
	}
}

// FuzzRecords gets behind the checksums: each record is right, what they say is anything. Input is a kind, two bytes of
// length and so many of body, again and again.
func FuzzRecords(f *testing.F) {
	log := newEncoder()
	log.format()
	log.entry(entry(f, "a.example", 1))
	log.entry(tombstone("b.example", 2))
	log.answer(challenge.Held{Epoch: 1, Answer: protocol.Answer{Hostname: "c.example", Token: "t", Value: "v", ExpiresAt: noon, Revision: 3}})
	log.passed([]guard.Passed{{Unix: noon.Unix(), Count: 3}})
	log.commit(protocol.Position{Epoch: 1, Revision: 3})
	log.entry(entry(f, "a.example", 4))
	log.commit(protocol.Position{Epoch: 1, Revision: 4})
	snapshot := encoded(f, Batch{Position: protocol.Position{Epoch: 1, Revision: 3}, Entries: []*table.Entry{entry(f, "a.example", 1), tombstone("b.example", 2)}})
	for _, file := range [][]byte{log.out, snapshot} {
		var seed []byte
		for len(file) > 0 {
			payload, rest, err := cutRecord(file)
			if err != nil {
				f.Fatal(err)
			}
			seed = binary.LittleEndian.AppendUint16(append(seed, payload[0]), uint16(len(payload)-1))
			seed, file = append(seed, payload[1:]...), rest
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var file []byte
		for len(in) >= 3 {
			n := min(int(binary.LittleEndian.Uint16(in[1:])), len(in)-3)
			file = appendRecord(file, append([]byte{in[0]}, in[3:3+n]...))
			in = in[3+n:]
		}
		readTwice(t, file)
		parts, err := parseSnapshot(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		if whole, err := parseBytes(file); err != nil || !equal(state(parts.entries), state(whole.entries)) {
			t.Fatalf("in parts %v, from the beginning %v, %v", state(parts.entries), state(whole.entries), err)
		}
	})
}

// FuzzDecodeEntry gets behind the checksum, which random bytes never pass.
func FuzzDecodeEntry(f *testing.F) {
	enc := newEncoder()
	enc.entry(tombstone("b.example", 2))
	payload, _, err := cutRecord(enc.out)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload[1:])
	enc = newEncoder()
	enc.entry(entry(f, "a.example", 1))
	_, rest, err := cutRecord(enc.out) // the chain
	if err != nil {
		f.Fatal(err)
	}
	if payload, _, err = cutRecord(rest); err != nil {
		f.Fatal(err)
	}
	f.Add(payload[1:])
	f.Fuzz(func(t *testing.T, body []byte) {
		chains := []chain{unique.Make("x"), unique.Make("y")}
		e, err := newDecoder(chains).entry(body)
		if err != nil {
			return
		}
		again := newEncoder()
		for i, of := range chains {
			again.chains[of] = uint64(i)
		}
		again.entry(e)
		payload, _, err := cutRecord(again.out)
		if err != nil {
			t.Fatalf("%+v does not read back: %v", e, err)
		}
		twice, err := newDecoder(chains).entry(payload[1:])
		if err != nil || !equal(state([]*table.Entry{e}), state([]*table.Entry{twice})) {
			t.Fatalf("%+v came back as %+v, %v", e, twice, err)
		}
	})
}
