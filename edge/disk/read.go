package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unique"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// contents is what one file holds up to its last whole batch.
type contents struct {
	entries  []*table.Entry
	answers  []challenge.Held
	passed   []guard.Passed
	position protocol.Position
	chains   []chain

	sound    int64 // bytes up to the end of the last whole batch
	within   int   // chains up to there
	reached  int64 // bytes up to where it stopped
	size     int64
	complete bool // a snapshot: its end record is there and counts right

	// uncommitted are the sound entries after the last commit: all of a damaged snapshot's, since it
	// has one commit, at its end.
	uncommitted []*table.Entry
}

// torn reports whether something follows the last whole batch.
func (c *contents) torn() bool { return c.sound < c.size }

func (c *contents) batch() Batch {
	return Batch{Entries: c.entries, Answers: c.answers, Passed: c.passed, Position: c.position}
}

// readFile reads as far as the file is sound. Damage is not an error; a file that cannot be read is.
func readFile(path string) (*contents, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return parse(f, info.Size())
}

func parse(in io.Reader, size int64) (*contents, error) {
	c := &contents{size: size}
	p := parser{contents: c, in: newScanner(in), decoder: newDecoder(nil)}
	err := p.run()
	c.uncommitted, c.reached = p.batch.entries, p.in.offset
	if errors.Is(err, io.EOF) || errors.Is(err, errTorn) || errors.Is(err, errMalformed) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

type parser struct {
	*contents
	in      *scanner
	decoder *decoder
	batch   contents // what has been read since the last commit
	records uint64
}

// run returns io.EOF at the end of the file and otherwise why it stopped.
func (p *parser) run() error {
	for first := true; ; first = false {
		payload, err := p.in.next()
		if err != nil {
			return err
		}
		if kind(payload[0]) == kindFormat != first {
			return errMalformed
		}
		if err := p.take(kind(payload[0]), payload[1:]); err != nil {
			return err
		}
	}
}

func (p *parser) take(k kind, body []byte) error {
	switch k {
	case kindFormat:
		d := &fields{in: body}
		switch version := d.uvarint(); {
		case !d.ok() || version < formatVersion:
			return errMalformed
		case version > formatVersion:
			return fmt.Errorf("disk: format %d (expected: at most %d)", version, formatVersion)
		}
		if p.in.offset == p.size {
			p.sound = p.size // a file that was just begun
		}
	case kindChain:
		p.chains = append(p.chains, unique.Make(string(body)))
		p.decoder.chains = p.chains
	case kindEntry:
		entry, err := p.decoder.entry(body)
		if err != nil {
			return err
		}
		p.batch.entries = append(p.batch.entries, entry)
		p.records++
	case kindAnswer:
		answer, err := decodeAnswer(body)
		if err != nil {
			return err
		}
		p.batch.answers = append(p.batch.answers, answer)
		p.records++
	case kindPassed:
		passed, err := decodePassed(body)
		if err != nil {
			return err
		}
		p.batch.passed = append(p.batch.passed, passed...)
	case kindCommit:
		return p.commit(body)
	case kindIndex:
		// It serves those who read a snapshot in parts.
	case kindEnd:
		end, err := decodeEnd(body)
		p.complete = err == nil && end.records == p.records && p.in.offset == p.size
		if p.complete {
			p.sound = p.size
		}
		return errMalformed // nothing belongs behind it
	default:
		return errMalformed
	}
	return nil
}

func (p *parser) commit(body []byte) error {
	position, err := decodeCommit(body)
	if err != nil {
		return err
	}
	p.entries = append(p.entries, p.batch.entries...)
	p.answers = append(p.answers, p.batch.answers...)
	p.passed = append(p.passed, p.batch.passed...)
	p.position = position
	p.batch = contents{}
	p.sound, p.within = p.in.offset, len(p.chains)
	return nil
}

func parseBytes(data []byte) (*contents, error) {
	return parse(bytes.NewReader(data), int64(len(data)))
}
