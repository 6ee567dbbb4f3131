package table

import (
	"strings"

	"nameplate.io/edge/origin"
)

// slabSize is how much memory is taken at once for texts. A slab is one object without pointers to the garbage
// collector, and holds those of some eight hundred names.
const slabSize = 1 << 20

// slab is memory for the texts of many entries: name, domain, and the certificate's id, leaf and sealed key. It is
// filled by one Packer and never written again where something lies, so that readers hold plain strings; it is freed
// when the last of them is let go.
type slab struct {
	text strings.Builder
	live int // bytes that entries in a table use; guarded by the table's mu
}

// mostOrigins bounds the origins that a packer looks for among those it has seen. Most customers name a few.
const mostOrigins = 4096

// Packer puts the texts of entries into slabs and equal origins together. It belongs to one writer.
type Packer struct {
	at      *slab
	origins map[origin.Origin]*origin.Origin
}

// room returns a slab that takes so many bytes more.
func (p *Packer) room(need int) *slab {
	if p.at == nil || p.at.text.Cap()-p.at.text.Len() < need {
		p.at = &slab{}
		p.at.text.Grow(max(slabSize, need))
	}
	return p.at
}

// Lengths says how an entry's text is cut; what is left of it is the sealed key.
type Lengths struct{ Name, Domain, ID, Leaf int }

// Cut takes over the text of an entry that is not in a table yet: name, domain, and, with a certificate, its id, leaf
// and sealed key. The text is copied. The lengths must not exceed it.
func (p *Packer) Cut(e *Entry, text []byte, n Lengths) (id, body string) {
	to := p.room(len(text))
	from := to.text.Len()
	to.text.Write(text)
	e.slab = to
	return e.cut(to.text.String()[from:], n)
}

func (e *Entry) cut(text string, n Lengths) (id, body string) {
	e.Name, text = text[:n.Name], text[n.Name:]
	e.Domain, text = text[:n.Domain], text[n.Domain:]
	return text[:n.ID], text[n.ID:]
}

// Pack moves the texts of an entry that nobody reads yet into a slab.
func (p *Packer) Pack(e *Entry) {
	to := p.room(e.size())
	from := to.text.Len()
	to.text.WriteString(e.Name)
	to.text.WriteString(e.Domain)
	n := Lengths{Name: len(e.Name), Domain: len(e.Domain)}
	c := e.Certificate
	if c != nil {
		n.ID = len(c.ID)
		to.text.WriteString(c.ID)
		to.text.WriteString(c.Body())
	}
	id, body := e.cut(to.text.String()[from:], n)
	if c != nil {
		e.Certificate = c.At(id, body)
	}
	e.slab = to
	if e.Origin != nil {
		e.Origin = p.Shared(e.Origin)
	}
}

// Shared is an equal origin that was seen before, or this one.
func (p *Packer) Shared(o *origin.Origin) *origin.Origin {
	if seen, ok := p.origins[*o]; ok {
		return seen
	}
	if p.origins == nil || len(p.origins) == mostOrigins {
		p.origins = map[origin.Origin]*origin.Origin{}
	}
	p.origins[*o] = o
	return o
}

// size is how much of its slab an entry uses.
func (e *Entry) size() int {
	n := len(e.Name) + len(e.Domain)
	if c := e.Certificate; c != nil {
		n += len(c.ID) + len(c.Body())
	}
	return n
}

// share takes over the texts of the entry that this one replaces, which has the same name, domain and certificate.
func (e *Entry) share(held *Entry) {
	e.Name, e.Domain, e.slab = held.Name, held.Domain, held.slab
}
