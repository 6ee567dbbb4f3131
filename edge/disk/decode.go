package disk

import (
	"encoding/binary"
	"unique"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/table"
)

// mostSeen bounds what a decoder remembers to keep equal things once.
const mostSeen = 4096

// decoder reads entries. It belongs to one goroutine: several decode parts of one file side by side.
type decoder struct {
	chains  []chain
	packer  table.Packer
	teams   map[string]chain
	origins map[string]*origin.Origin
}

func newDecoder(chains []chain) *decoder {
	return &decoder{chains: chains, teams: map[string]chain{}, origins: map[string]*origin.Origin{}}
}

func (d *decoder) entry(body []byte) (*table.Entry, error) {
	in := &fields{in: body}
	flags := in.byte()
	e := &table.Entry{State: table.State(in.byte()), Refused: protocol.RefusalReason(in.byte()), Held: flags&flagHeld != 0}
	e.Team = d.team(in.bytes())
	e.Epoch, e.Revision = in.varint(), in.varint()
	removed := in.uvarint()
	e.RemovedUnix = uint32(removed)
	if flags&flagOrigin != 0 {
		if size := in.take(4); !in.failed {
			e.Origin = d.origin(in.take(int(binary.LittleEndian.Uint32(size))))
		}
		if e.Origin == nil {
			return nil, errMalformed
		}
	}
	n := table.Lengths{Name: in.length(), Domain: in.length()}
	var notAfter int64
	of := noChain
	if flags&flagCertificate != 0 {
		notAfter = in.varint()
		if number := in.uvarint(); number > uint64(len(d.chains)) {
			return nil, errMalformed
		} else if number > 0 {
			of = d.chains[number-1]
		}
		n.ID, n.Leaf = in.length(), in.length()
	}
	text := in.in
	whole := n.Name+n.Domain+n.ID+n.Leaf <= len(text) && (flags&flagCertificate != 0 || n.Name+n.Domain == len(text))
	if in.failed || !whole || n.Name == 0 || removed > 1<<32-1 || !e.Refused.Known() ||
		e.State > table.Removed || (e.State <= table.Suspended) != (e.Origin != nil) {
		return nil, errMalformed
	}
	id, rest := d.packer.Cut(e, text, n)
	if flags&flagCertificate != 0 {
		e.Certificate = certificate.New(id, rest, n.Leaf, of, notAfter)
	}
	return e, nil
}

func (d *decoder) team(id []byte) chain {
	if team, ok := d.teams[string(id)]; ok {
		return team
	}
	if len(d.teams) == mostSeen {
		clear(d.teams)
	}
	team := unique.Make(string(id))
	d.teams[string(id)] = team
	return team
}

// origin returns nil for what is none.
func (d *decoder) origin(text []byte) *origin.Origin {
	if seen, ok := d.origins[string(text)]; ok {
		return seen
	}
	in := &fields{in: text}
	flags := in.byte()
	wire := protocol.Origin{Scheme: "http", HostHeader: protocol.HostOfVisitor}
	if flags&flagHTTPS != 0 {
		wire.Scheme = "https"
	}
	if flags&flagOwnHost != 0 {
		wire.HostHeader = protocol.HostOfOrigin
	}
	wire.Host, wire.Port, wire.Path, wire.ServerName = in.string(), int(in.uvarint()), in.string(), in.string()
	to, err := origin.New(&wire)
	if !in.ok() || err != nil {
		return nil
	}
	if len(d.origins) == mostSeen {
		clear(d.origins)
	}
	d.origins[string(text)] = to
	return to
}
