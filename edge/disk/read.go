package disk

import (
	"fmt"
	"os"
	"syscall"
	"unique"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// contents is what one file holds up to its last whole batch.
type contents struct {
	entries  []*table.Entry
	answers  []challenge.Held
	position protocol.Position
	chains   []unique.Handle[string]

	sound    int64 // bytes up to the end of the last whole batch
	within   int   // chains up to there
	size     int64
	complete bool // a snapshot: its end record is there and counts right

	// uncommitted are the sound entries after the last commit: all of a damaged snapshot's, since it
	// has one commit, at its end.
	uncommitted []*table.Entry
}

// torn reports whether something follows the last whole batch.
func (c *contents) torn() bool { return c.sound < c.size }

// readFile reads as far as the file is sound. Damage is not an error; a file that cannot be read is.
func readFile(path string) (*contents, error) {
	data, done, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	defer done()
	return parse(data)
}

func parse(data []byte) (*contents, error) {
	c := &contents{size: int64(len(data))}
	var batch contents // what has been read since the last commit
	defer func() { c.uncommitted = batch.entries }()
	records := uint64(0)
	for rest := data; len(rest) > 0; {
		payload, after, err := nextRecord(rest)
		if err != nil {
			break
		}
		body := payload[1:]
		rest = after
		switch kind(payload[0]) {
		case kindFormat:
			d := &decoder{in: body}
			if version := d.uvarint(); !d.ok() || version > formatVersion {
				return nil, fmt.Errorf("disk: format %d (expected: at most %d)", version, formatVersion)
			}
			if len(rest)+len(payload)+recordHeader == len(data) {
				c.sound = int64(len(data) - len(rest)) // a file that was just begun
			}
		case kindChain:
			c.chains = append(c.chains, unique.Make(string(body)))
		case kindEntry:
			entry, err := decodeEntry(body, c.chains)
			if err != nil {
				return c, nil
			}
			batch.entries = append(batch.entries, entry)
			records++
		case kindAnswer:
			answer, err := decodeAnswer(body)
			if err != nil {
				return c, nil
			}
			batch.answers = append(batch.answers, answer)
			records++
		case kindCommit:
			position, err := decodeCommit(body)
			if err != nil {
				return c, nil
			}
			c.entries = append(c.entries, batch.entries...)
			c.answers = append(c.answers, batch.answers...)
			c.position = position
			batch = contents{}
			c.sound, c.within = int64(len(data)-len(rest)), len(c.chains)
		case kindEnd:
			d := &decoder{in: body}
			count := d.uvarint()
			c.complete = d.ok() && count == records && len(rest) == 0
			if c.complete {
				c.sound = c.size
			}
			return c, nil
		default:
			return c, nil
		}
	}
	return c, nil
}

// mapFile shows a file's bytes until done is called.
func mapFile(path string) (data []byte, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 {
		return nil, func() {}, nil
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("disk: map %s: %w", path, err)
	}
	return data, func() { _ = syscall.Munmap(data) }, nil
}
