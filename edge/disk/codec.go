package disk

import (
	"encoding/binary"
	"errors"
	"time"
	"unique"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/challenge"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

var errMalformed = errors.New("disk: record is malformed")

// encoder writes one file's records. Chains are written once per file and referred to by number.
type encoder struct {
	out    []byte
	scrap  []byte
	chains map[unique.Handle[string]]uint64
	next   uint64 // the number of the next chain
}

func newEncoder() *encoder { return &encoder{chains: map[unique.Handle[string]]uint64{}} }

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

func (e *encoder) end(records uint64) {
	e.record(kindEnd, func(b []byte) []byte { return binary.AppendUvarint(b, records) })
}

const (
	flagOrigin = 1 << iota
	flagCertificate
	flagHTTPS
	flagOwnHost
	flagHeld
)

func (e *encoder) entry(in *table.Entry) {
	if in.Certificate != nil {
		for _, link := range in.Certificate.Chain {
			if _, ok := e.chains[link]; !ok {
				e.chains[link] = e.next
				e.next++
				e.record(kindChain, func(b []byte) []byte { return append(b, link.Value()...) })
			}
		}
	}
	e.record(kindEntry, func(b []byte) []byte {
		flags := byte(0)
		if in.Origin != nil {
			flags |= flagOrigin
			if in.Origin.HTTPS {
				flags |= flagHTTPS
			}
			if in.Origin.OwnHost {
				flags |= flagOwnHost
			}
		}
		if in.Certificate != nil {
			flags |= flagCertificate
		}
		if in.Held {
			flags |= flagHeld
		}
		b = append(b, flags, byte(in.State))
		b = appendString(b, in.Name)
		b = appendString(b, in.Domain)
		b = appendString(b, in.Team)
		b = binary.AppendVarint(b, in.Epoch)
		b = binary.AppendVarint(b, in.Revision)
		b = appendString(b, string(in.Refused))
		b = appendTime(b, in.RemovedAt)
		if o := in.Origin; o != nil {
			b = appendString(b, o.Host)
			b = binary.AppendUvarint(b, uint64(o.Port))
			b = appendString(b, o.Path)
			b = appendString(b, o.ServerName)
		}
		if c := in.Certificate; c != nil {
			b = appendString(b, c.ID)
			b = appendTime(b, c.NotAfter)
			b = appendString(b, string(c.Sealed))
			b = appendString(b, string(c.Leaf))
			b = binary.AppendUvarint(b, uint64(len(c.Chain)))
			for _, link := range c.Chain {
				b = binary.AppendUvarint(b, e.chains[link])
			}
		}
		return b
	})
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

// decoder reads one record's body. The first error stays; what is read after it is zero.
type decoder struct {
	in     []byte
	failed bool
}

func (d *decoder) fail() { d.failed, d.in = true, nil }

func (d *decoder) byte() byte {
	if len(d.in) == 0 {
		d.fail()
		return 0
	}
	b := d.in[0]
	d.in = d.in[1:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.in)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.in = d.in[n:]
	return v
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.in)) {
		d.fail()
		return nil
	}
	b := d.in[:n]
	d.in = d.in[n:]
	return b
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) time() time.Time {
	seconds := d.varint()
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// ok reports whether the body was whole and nothing is left of it.
func (d *decoder) ok() bool { return !d.failed && len(d.in) == 0 }

func decodeEntry(body []byte, chains []unique.Handle[string]) (*table.Entry, error) {
	d := &decoder{in: body}
	flags := d.byte()
	e := &table.Entry{State: table.State(d.byte())}
	e.Name, e.Domain = d.string(), d.string()
	e.Team = unique.Make(d.string()).Value()
	e.Epoch, e.Revision = d.varint(), d.varint()
	e.Refused = protocol.RefusalReason(d.string())
	e.RemovedAt = d.time()
	e.Held = flags&flagHeld != 0
	if flags&flagOrigin != 0 {
		wire := protocol.Origin{Scheme: "http", HostHeader: protocol.HostOfVisitor}
		if flags&flagHTTPS != 0 {
			wire.Scheme = "https"
		}
		if flags&flagOwnHost != 0 {
			wire.HostHeader = protocol.HostOfOrigin
		}
		wire.Host, wire.Port, wire.Path, wire.ServerName = d.string(), int(d.uvarint()), d.string(), d.string()
		to, err := origin.New(&wire)
		if err != nil {
			return nil, errMalformed
		}
		e.Origin = to
	}
	if flags&flagCertificate != 0 {
		c := &certificate.Certificate{ID: d.string(), Hostname: e.Name, NotAfter: d.time()}
		// One copy for both, without the slack of a growing buffer.
		sealed := d.bytes()
		leaf := d.bytes()
		both := make([]byte, len(sealed)+len(leaf))
		n := copy(both, sealed)
		copy(both[n:], leaf)
		c.Sealed, c.Leaf = both[:n:n], both[n:]
		for range d.uvarint() {
			number := d.uvarint()
			if d.failed || number >= uint64(len(chains)) {
				return nil, errMalformed
			}
			c.Chain = append(c.Chain, chains[number])
		}
		e.Certificate = c
	}
	if !d.ok() || e.Name == "" || e.State > table.Removed || (e.State <= table.Suspended) != (e.Origin != nil) {
		return nil, errMalformed
	}
	return e, nil
}

func decodeAnswer(body []byte) (challenge.Held, error) {
	d := &decoder{in: body}
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
	d := &decoder{in: body}
	p := protocol.Position{Epoch: d.varint(), Revision: d.varint()}
	if !d.ok() {
		return protocol.Position{}, errMalformed
	}
	return p, nil
}
