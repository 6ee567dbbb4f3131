package disk

import (
	"encoding/binary"
	"errors"
	"time"
	"unique"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/guard"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

var errMalformed = errors.New("disk: record is malformed")

type chain = unique.Handle[string]

var (
	noTeam  chain
	noChain = unique.Make("")
)

// encoder writes one file's records. Chains are written once per file and referred to by number.
type encoder struct {
	out    []byte
	before int64 // bytes that were written out of the buffer
	scrap  []byte
	chains map[chain]uint64
	next   uint64 // the number of the next chain
	at     []int64
}

func newEncoder() *encoder { return &encoder{chains: map[chain]uint64{}} }

// offset is where the next record begins in the file.
func (e *encoder) offset() int64 { return e.before + int64(len(e.out)) }

func (e *encoder) record(k kind, body func(b []byte) []byte) {
	e.scrap = body(append(e.scrap[:0], byte(k)))
	e.out = appendRecord(e.out, e.scrap)
}

func (e *encoder) format() {
	e.record(kindFormat, func(b []byte) []byte { return binary.AppendUvarint(b, formatVersion) })
}

func (e *encoder) commit(p protocol.Position) {
	e.record(kindCommit, func(b []byte) []byte {
		return binary.AppendVarint(binary.AppendVarint(b, p.Epoch), p.Revision)
	})
}

func (e *encoder) passed(removals []guard.Passed) {
	if len(removals) == 0 {
		return
	}
	e.record(kindPassed, func(b []byte) []byte {
		for _, p := range removals {
			b = binary.AppendUvarint(binary.AppendVarint(b, p.Unix), uint64(p.Count))
		}
		return b
	})
}

const (
	flagOrigin = 1 << iota
	flagCertificate
	flagHeld
)

const (
	flagHTTPS = 1 << iota
	flagOwnHost
)

func (e *encoder) entry(in *table.Entry) {
	c := in.Certificate
	if c != nil && c.Chain != noChain {
		if _, ok := e.chains[c.Chain]; !ok {
			e.at = append(e.at, e.offset())
			e.chains[c.Chain] = e.next
			e.next++
			e.record(kindChain, func(b []byte) []byte { return append(b, c.Chain.Value()...) })
		}
	}
	e.record(kindEntry, func(b []byte) []byte {
		flags := byte(0)
		if in.Origin != nil {
			flags |= flagOrigin
		}
		if c != nil {
			flags |= flagCertificate
		}
		if in.Held {
			flags |= flagHeld
		}
		b = append(b, flags, byte(in.State), byte(in.Refused))
		team := ""
		if in.Team != noTeam {
			team = in.Team.Value()
		}
		b = appendString(b, team)
		b = binary.AppendVarint(b, in.Epoch)
		b = binary.AppendVarint(b, in.Revision)
		b = binary.AppendUvarint(b, uint64(in.RemovedUnix))
		if in.Origin != nil {
			b = appendOrigin(b, in.Origin)
		}
		b = binary.AppendUvarint(b, uint64(len(in.Name)))
		b = binary.AppendUvarint(b, uint64(len(in.Domain)))
		if c != nil {
			b = binary.AppendVarint(b, c.NotAfterUnix)
			number := uint64(0) // none
			if c.Chain != noChain {
				number = e.chains[c.Chain] + 1
			}
			b = binary.AppendUvarint(b, number)
			b = binary.AppendUvarint(b, uint64(len(c.ID)))
			b = binary.AppendUvarint(b, uint64(len(c.Leaf())))
		}
		// The texts come last and in the order in which a slab has them: one copy takes them all.
		b = append(append(b, in.Name...), in.Domain...)
		if c != nil {
			b = append(append(b, c.ID...), c.Body()...)
		}
		return b
	})
}

// appendOrigin writes an origin with its length before it, so that equal ones are found without being read.
func appendOrigin(b []byte, o *origin.Origin) []byte {
	size := len(b)
	b = append(b, 0, 0, 0, 0)
	flags := byte(0)
	if o.HTTPS {
		flags |= flagHTTPS
	}
	if o.OwnHost {
		flags |= flagOwnHost
	}
	b = append(b, flags)
	b = appendString(b, o.Host)
	b = binary.AppendUvarint(b, uint64(o.Port))
	b = appendString(b, o.Path)
	b = appendString(b, o.ServerName)
	binary.LittleEndian.PutUint32(b[size:], uint32(len(b)-size-4))
	return b
}

func (e *encoder) answer(in challenge.Held) {
	e.record(kindAnswer, func(b []byte) []byte {
		removed := byte(0)
		if in.Removed {
			removed = 1
		}
		b = append(b, removed)
		b = appendString(b, in.Hostname)
		b = appendString(b, in.Token)
		b = appendString(b, in.Value)
		b = binary.AppendVarint(b, in.Epoch)
		b = binary.AppendVarint(b, in.Revision)
		return appendTime(b, in.ExpiresAt)
	})
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendTime keeps seconds; zero stays zero.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.AppendVarint(b, 0)
	}
	return binary.AppendVarint(b, t.Unix())
}

// fields reads one record's body. The first error stays; what is read after it is zero.
type fields struct {
	in     []byte
	failed bool
}

func (d *fields) fail() { d.failed, d.in = true, nil }

func (d *fields) byte() byte {
	if len(d.in) == 0 {
		d.fail()
		return 0
	}
	b := d.in[0]
	d.in = d.in[1:]
	return b
}

func (d *fields) uvarint() uint64 {
	v, n := binary.Uvarint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return v
}

func (d *fields) varint() int64 {
	v, n := binary.Varint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return v
}

// length reads the length of something that lies in what follows.
func (d *fields) length() int {
	n := d.uvarint()
	if n > uint64(len(d.in)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *fields) bytes() []byte { return d.take(d.length()) }

func (d *fields) take(n int) []byte {
	if n > len(d.in) {
		d.fail()
		return nil
	}
	b := d.in[:n]
	d.in = d.in[n:]
	return b
}

func (d *fields) string() string { return string(d.bytes()) }

func (d *fields) time() time.Time {
	seconds := d.varint()
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// ok reports whether the body was whole and nothing is left of it.
func (d *fields) ok() bool { return !d.failed && len(d.in) == 0 }

func decodeAnswer(body []byte) (challenge.Held, error) {
	d := &fields{in: body}
	var a challenge.Held
	a.Removed = d.byte() == 1
	a.Hostname, a.Token, a.Value = d.string(), d.string(), d.string()
	a.Epoch, a.Revision = d.varint(), d.varint()
	a.ExpiresAt = d.time()
	if !d.ok() {
		return challenge.Held{}, errMalformed
	}
	return a, nil
}

func decodeCommit(body []byte) (protocol.Position, error) {
	d := &fields{in: body}
	p := protocol.Position{Epoch: d.varint(), Revision: d.varint()}
	if !d.ok() {
		return protocol.Position{}, errMalformed
	}
	return p, nil
}

func decodePassed(body []byte) ([]guard.Passed, error) {
	d := &fields{in: body}
	var out []guard.Passed
	for len(d.in) > 0 {
		p := guard.Passed{Unix: d.varint()}
		count := d.uvarint()
		if count > 1<<31 {
			d.fail()
		}
		p.Count = int(count)
		out = append(out, p)
	}
	if !d.ok() {
		return nil, errMalformed
	}
	return out, nil
}
