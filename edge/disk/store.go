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
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

const (
	snapshotPrefix = "snapshot-"
	logPrefix      = "log-"
	temporary      = ".tmp"

	// compactBeyond is the size of the log from which a new snapshot is worth its writing.
	compactBeyond = 8 << 20
)

// Store writes a node's state. It has one writer; Compact may run beside Append.
type Store struct {
	dir string

	number   uint64 // of the log in use, and of the snapshot before it
	log      *os.File
	size     int64
	encoder  *encoder
	snapshot int64 // size of the newest snapshot
}

// Loaded is what a node finds on its disk.
type Loaded struct {
	Entries  []*table.Entry // in the order in which they were written: later ones replace earlier ones
	Answers  []challenge.Held
	Position protocol.Position // zero if a snapshot has to be read from the control plane
	Damage   []string          // what was found broken, for the log
}

// Open reads the state in dir, which it makes if need be, and is ready to append to it.
func Open(dir string) (*Store, *Loaded, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	snapshots, logs, err := scan(dir)
	if err != nil {
		return nil, nil, err
	}
	s := &Store{dir: dir}
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
			return nil, nil, err
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
		c, err := readFile(path)
		if err != nil {
			return 0, err
		}
		if c.complete {
			loaded.Entries, loaded.Answers, loaded.Position = c.entries, c.answers, c.position
			s.snapshot = c.size
			return number, nil
		}
		loaded.Damage = append(loaded.Damage, fmt.Sprintf("%s: damaged at byte %d of %d", path, c.sound, c.size))
		if partial == nil {
			partial, base = c, number
		}
	}
	if partial != nil {
		loaded.Entries, loaded.Answers = partial.uncommitted, partial.answers
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
	if _, err := f.Seek(c.sound, io.SeekStart); err != nil {
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
	f, err := os.OpenFile(s.path(logPrefix, number), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	enc := newEncoder()
	enc.format()
	if err := writeAndSync(f, enc.out); err != nil {
		f.Close()
		return err
	}
	if err := syncDir(s.dir); err != nil {
		f.Close()
		return err
	}
	if s.log != nil {
		s.log.Close()
	}
	s.number, s.log, s.size, s.encoder = number, f, int64(len(enc.out)), enc
	enc.out = enc.out[:0]
	return nil
}

// Append makes a batch and the position after it durable. After an error nothing of it counts, and the
// batch may be tried again.
func (s *Store) Append(entries []*table.Entry, answers []challenge.Held, position protocol.Position) error {
	known := s.encoder.next
	s.encoder.out = s.encoder.out[:0]
	for _, e := range entries {
		s.encoder.entry(e)
	}
	for _, a := range answers {
		s.encoder.answer(a)
	}
	s.encoder.commit(position)
	err := writeAndSync(s.log, s.encoder.out)
	if err == nil {
		s.size += int64(len(s.encoder.out))
		if cap(s.encoder.out) > 4<<20 {
			s.encoder.out = nil
		}
		return nil
	}
	// Take back what may have been written, chains included.
	for link, number := range s.encoder.chains {
		if number >= known {
			delete(s.encoder.chains, link)
		}
	}
	s.encoder.next = known
	if _, seekErr := s.log.Seek(s.size, io.SeekStart); seekErr != nil {
		return errors.Join(err, seekErr)
	}
	return errors.Join(err, s.log.Truncate(s.size))
}

// WantsCompaction reports whether the log has grown so much that a new snapshot pays.
func (s *Store) WantsCompaction() bool { return s.size > max(compactBeyond, s.snapshot/2) }

// Rotate starts a new log. What the node holds at this moment belongs into a snapshot of the number
// returned; until that is written, the old snapshot and both logs stand for it.
func (s *Store) Rotate() (number uint64, err error) {
	number = s.number + 1
	return number, s.startLog(number)
}

// WriteSnapshot writes the state as it was at Rotate, reads it back, and then forgets the older files.
// It may run beside Append.
func (s *Store) WriteSnapshot(number uint64, entries []*table.Entry, answers []challenge.Held, position protocol.Position) (size int64, err error) {
	path := s.path(snapshotPrefix, number)
	f, err := os.OpenFile(path+temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer os.Remove(path + temporary)
	defer f.Close()
	enc := newEncoder()
	enc.format()
	for _, e := range entries {
		enc.entry(e)
		if len(enc.out) > 1<<20 {
			if _, err := f.Write(enc.out); err != nil {
				return 0, err
			}
			enc.out = enc.out[:0]
		}
	}
	for _, a := range answers {
		enc.answer(a)
	}
	enc.commit(position)
	enc.end(uint64(len(entries) + len(answers)))
	if err := writeAndSync(f, enc.out); err != nil {
		return 0, err
	}
	c, err := readFile(path + temporary)
	if err != nil {
		return 0, err
	}
	if !c.complete {
		return 0, fmt.Errorf("disk: %s does not read back", path)
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return 0, err
	}
	if err := syncDir(s.dir); err != nil {
		return 0, err
	}
	return c.size, s.forgetBefore(number)
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
func (s *Store) Close() error { return s.log.Close() }

func writeAndSync(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
