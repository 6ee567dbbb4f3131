package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

const (
	snapshotPrefix = "snapshot-"
	logPrefix      = "log-"
	temporary      = ".tmp"

	// compactBeyond is the size of the log from which a new snapshot is worth its writing.
	compactBeyond = 8 << 20

	// syncEvery is how much of a snapshot is written between two syncs.
	syncEvery = 32 << 20
)

// Store writes a node's state. It has one writer; WriteSnapshot may run beside Append.
type Store struct {
	dir    string
	create func(path string) (file, error)

	number   uint64 // of the log in use, and of the snapshot before it
	log      file   // nil while none could be begun
	size     int64
	untidy   bool // a failed batch may have left something behind size
	encoder  *encoder
	snapshot int64 // size of the newest snapshot
}

// file is what the store needs of a file that it writes.
type file interface {
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

func createFile(path string) (file, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// Batch is what becomes durable together.
type Batch struct {
	Entries  []*table.Entry
	Answers  []challenge.Held
	Passed   []guard.Passed // removals that the guard let through
	Position protocol.Position
}

// Loaded is what a node finds on its disk: entries in the order in which they were written, so that later ones replace
// earlier ones, and a zero position if a snapshot has to be read from the control plane.
type Loaded struct {
	Batch
	Damage []string // what was found broken, for the log
}

// Open reads the state in dir, which it makes if need be, and is ready to append to it.
func Open(dir string) (*Store, *Loaded, error) { return openWith(dir, createFile) }

func openWith(dir string, create func(path string) (file, error)) (*Store, *Loaded, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	snapshots, logs, err := scan(dir)
	if err != nil {
		return nil, nil, err
	}
	s := &Store{dir: dir, create: create, encoder: newEncoder()}
	loaded := &Loaded{}
	base, err := s.loadSnapshot(snapshots, loaded)
	if err != nil {
		return nil, nil, err
	}
	if err := s.loadLogs(logs, base, loaded); err != nil {
		return nil, nil, err
	}
	if s.log == nil {
		if len(logs) > 0 {
			base = max(base, logs[len(logs)-1]+1)
		}
		if err := s.startLog(base); err != nil {
			// What is held can be served all the same; Append tries again.
			s.number = base
			loaded.Damage = append(loaded.Damage, fmt.Sprintf("%s: cannot be begun: %v", s.path(logPrefix, base), err))
		}
	}
	return s, loaded, nil
}

// scan lists the numbers of the snapshots and logs, ascending, and clears away what was never finished.
func scan(dir string) (snapshots, logs []uint64, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		name := file.Name()
		if strings.HasSuffix(name, temporary) {
			_ = os.Remove(filepath.Join(dir, name))
			continue
		}
		if n, ok := numberIn(name, snapshotPrefix); ok {
			snapshots = append(snapshots, n)
		}
		if n, ok := numberIn(name, logPrefix); ok {
			logs = append(logs, n)
		}
	}
	slices.Sort(snapshots)
	slices.Sort(logs)
	return snapshots, logs, nil
}

func numberIn(name, prefix string) (uint64, bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}

func (s *Store) path(prefix string, number uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%s%016d", prefix, number))
}

// loadSnapshot takes the newest snapshot that is whole. If none is, it takes what is sound of the
// newest and lets the node ask for the rest.
func (s *Store) loadSnapshot(snapshots []uint64, loaded *Loaded) (base uint64, err error) {
	var partial *contents
	for _, number := range slices.Backward(snapshots) {
		path := s.path(snapshotPrefix, number)
		c, err := readSnapshot(path)
		if err != nil {
			c, err = readFile(path)
		}
		if err != nil {
			return 0, err
		}
		if c.complete {
			loaded.Batch = c.batch()
			s.snapshot = c.size
			return number, nil
		}
		loaded.Damage = append(loaded.Damage, fmt.Sprintf("%s: damaged behind byte %d of %d", path, c.reached, c.size))
		if partial == nil {
			partial, base = c, number
		}
	}
	if partial != nil {
		loaded.Entries = slices.Concat(partial.entries, partial.uncommitted)
		loaded.Answers, loaded.Passed = partial.answers, partial.passed
	}
	return base, nil
}

// loadLogs applies the logs from the base on and goes on writing to the last one.
func (s *Store) loadLogs(logs []uint64, base uint64, loaded *Loaded) error {
	if base == 0 && len(logs) > 0 && logs[0] > 0 {
		loaded.Damage = append(loaded.Damage, s.path(snapshotPrefix, logs[0])+": missing")
	}
	positioned := len(loaded.Damage) == 0 || loaded.Position != (protocol.Position{})
	for i, number := range logs {
		if number < base {
			continue
		}
		path := s.path(logPrefix, number)
		c, err := readFile(path)
		if err != nil {
			return err
		}
		loaded.Entries = append(loaded.Entries, c.entries...)
		loaded.Answers = append(loaded.Answers, c.answers...)
		loaded.Passed = append(loaded.Passed, c.passed...)
		if positioned && loaded.Position.Before(c.position) {
			loaded.Position = c.position
		}
		if c.torn() {
			loaded.Damage = append(loaded.Damage, fmt.Sprintf("%s: cut back from byte %d to %d", path, c.size, c.sound))
			positioned = false // later changes may build on those that are lost; they are asked for again
		}
		if i == len(logs)-1 {
			return s.resumeLog(number, c)
		}
	}
	return nil
}

// resumeLog cuts off a torn batch and goes on behind the last whole one.
func (s *Store) resumeLog(number uint64, c *contents) error {
	if c.sound == 0 {
		return s.startLog(number)
	}
	f, err := os.OpenFile(s.path(logPrefix, number), os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Truncate(c.sound); err != nil {
		f.Close()
		return err
	}
	s.encoder = newEncoder()
	for _, link := range c.chains[:c.within] {
		s.encoder.chains[link] = s.encoder.next
		s.encoder.next++
	}
	s.number, s.log, s.size = number, f, c.sound
	return f.Sync()
}

func (s *Store) startLog(number uint64) error {
	path := s.path(logPrefix, number)
	f, err := s.create(path)
	if err != nil {
		return err
	}
	enc := newEncoder()
	enc.format()
	_, err = f.WriteAt(enc.out, 0)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		f.Close()
		return errors.Join(err, os.Remove(path))
	}
	if s.log != nil {
		s.log.Close()
	}
	s.number, s.log, s.size, s.untidy, s.encoder = number, f, int64(len(enc.out)), false, enc
	enc.out = enc.out[:0]
	return nil
}

// Append makes a batch durable. After an error nothing of it counts, and the batch may be tried again.
func (s *Store) Append(batch Batch) error {
	if err := s.prepare(); err != nil {
		return err
	}
	enc := s.encoder
	known := enc.next
	enc.out = enc.out[:0]
	for _, e := range batch.Entries {
		enc.entry(e)
	}
	for _, a := range batch.Answers {
		enc.answer(a)
	}
	enc.passed(batch.Passed)
	enc.commit(batch.Position)
	enc.at = nil
	_, err := s.log.WriteAt(enc.out, s.size)
	if err == nil {
		err = s.log.Sync()
	}
	if err == nil {
		s.size += int64(len(enc.out))
		if cap(enc.out) > 4<<20 {
			enc.out = nil
		}
		return nil
	}
	// Take back what may have been written, chains included.
	for link, number := range enc.chains {
		if number >= known {
			delete(enc.chains, link)
		}
	}
	enc.next = known
	s.untidy = true
	return errors.Join(err, s.tidy())
}

// prepare begins a log if that failed before, and takes back what a failed batch has left.
func (s *Store) prepare() error {
	if s.log == nil {
		return s.startLog(s.number)
	}
	return s.tidy()
}

func (s *Store) tidy() error {
	if !s.untidy {
		return nil
	}
	err := s.log.Truncate(s.size)
	s.untidy = err != nil
	return err
}

// WantsCompaction reports whether the log has grown so much that a new snapshot pays. While everything is about to change
// once, as in a re-sync, it pays much later: when as much has come as everything is twice.
func (s *Store) WantsCompaction(everythingChanges bool) bool {
	beyond := max(compactBeyond, s.snapshot/2)
	if everythingChanges {
		beyond = max(compactBeyond, 2*s.snapshot)
	}
	return s.size > beyond
}

// Rotate starts a new log. What the node holds at this moment belongs into a snapshot of the number
// returned; until that is written, the old snapshot and both logs stand for it.
func (s *Store) Rotate() (number uint64, err error) {
	number = s.number + 1
	return number, s.startLog(number)
}

// WriteSnapshot writes the state, reads it back, and then forgets the older files. What the batch holds is at least what
// was held at Rotate; what came later is in the log too. It may run beside Append.
func (s *Store) WriteSnapshot(number uint64, batch Batch) (size int64, err error) {
	path := s.path(snapshotPrefix, number)
	f, err := s.create(path + temporary)
	if err != nil {
		return 0, err
	}
	defer os.Remove(path + temporary)
	defer f.Close()
	var written, synced int64
	var others turns
	others.begin()
	size, err = encodeSnapshot(batch, func(part []byte) error {
		others.have()
		defer others.begin() // the disk's time is nobody's
		if _, err := f.WriteAt(part, written); err != nil {
			return err
		}
		written += int64(len(part))
		// Little by little, so that the log's own syncs never wait for a gigabyte of this.
		if written-synced < syncEvery {
			return nil
		}
		synced = written
		return f.Sync()
	})
	if err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	if err := verify(path+temporary, len(batch.Entries)+len(batch.Answers), size); err != nil {
		return 0, err
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return 0, err
	}
	if err := syncDir(s.dir); err != nil {
		return 0, err
	}
	return size, s.forgetBefore(number)
}

// SnapshotWritten tells the store how large its newest snapshot is. It belongs to the writer.
func (s *Store) SnapshotWritten(size int64) { s.snapshot = size }

func (s *Store) forgetBefore(number uint64) error {
	snapshots, logs, err := scan(s.dir)
	if err != nil {
		return err
	}
	for _, n := range snapshots {
		if n < number {
			err = errors.Join(err, os.Remove(s.path(snapshotPrefix, n)))
		}
	}
	for _, n := range logs {
		if n < number {
			err = errors.Join(err, os.Remove(s.path(logPrefix, n)))
		}
	}
	return err
}

// Close closes the log, which is durable up to the last Append.
func (s *Store) Close() error {
	if s.log == nil {
		return nil
	}
	return s.log.Close()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
