// Package certificate holds certificates as they came, sealed and unparsed, and makes them usable for
// handshakes when they are first needed.
package certificate

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"sync/atomic"
	"time"
	"unique"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// maxChain bounds how many certificates a chain may have; one leaf and one or two intermediates are usual.
const maxChain = 8

// Certificate is immutable but for what the Cache remembers in it. A node holds as many as it has names: what does not
// have to be a field is not one, and the long parts can lie where many certificates' do (Body, At).
type Certificate struct {
	ID           string
	NotAfterUnix int64                 // seconds since 1970
	Chain        unique.Handle[string] // the DER of what follows the leaf, one after the other; equal chains are held once

	body   string // the leaf's DER, then the private key as sealed by the control plane
	leaf   int32  // how much of it is the leaf
	parsed atomic.Pointer[parsed]
}

// New makes a certificate of parts that were checked before. The first leaf bytes of the body are the leaf's DER, the
// others the sealed key.
func New(id, body string, leaf int, chain unique.Handle[string], notAfterUnix int64) *Certificate {
	return &Certificate{ID: id, NotAfterUnix: notAfterUnix, Chain: chain, body: body, leaf: int32(leaf)}
}

// Leaf is the leaf's DER.
func (c *Certificate) Leaf() string { return c.body[:c.leaf] }

// Sealed is the private key as sealed by the control plane.
func (c *Certificate) Sealed() string { return c.body[c.leaf:] }

// Body is leaf and sealed key, one after the other.
func (c *Certificate) Body() string { return c.body }

// At is the same certificate with its id and body at another place in memory. It is not parsed yet.
func (c *Certificate) At(id, body string) *Certificate {
	return New(id, body, int(c.leaf), c.Chain, c.NotAfterUnix)
}

// Expired reports whether it has ended.
func (c *Certificate) Expired(now time.Time) bool { return now.Unix() >= c.NotAfterUnix }

// Read checks a certificate from the wire against the name it is for and the key it came with. NotRefused means that it
// is good; a certificate-expired one is otherwise good and is returned too. If it is the held one, which was checked
// when it came, then that is returned, and nothing is parsed. Held may be nil.
func Read(
	wire *protocol.Certificate, hostname string, held *Certificate, key *seal.ClusterKey, now time.Time,
) (*Certificate, protocol.RefusalReason) {
	leaf, chain, ok := parts(wire)
	if !ok || wire.ID == "" {
		return nil, protocol.EntryInvalid
	}
	sealed, err := seal.DecodeBase64(wire.SealedKey)
	if err == nil && held != nil && held.ID == wire.ID && held.Leaf() == string(leaf) && held.Sealed() == string(sealed) && held.Chain == chain {
		return held, held.reason(now)
	}
	end, reason := endOf(leaf, hostname)
	if reason != protocol.NotRefused {
		return nil, reason
	}
	if err != nil {
		return nil, protocol.KeyUnsealable
	}
	c := New(wire.ID, string(leaf)+string(sealed), len(leaf), chain, end.Unix())
	der, err := c.open(hostname, key)
	if err != nil {
		return nil, protocol.KeyUnsealable
	}
	defer clear(der)
	if reason := match(leaf, der); reason != protocol.NotRefused {
		return nil, reason
	}
	return c, c.reason(now)
}

// match compares a certificate with the key that came with it.
func match(leaf, pkcs8 []byte) protocol.RefusalReason {
	same, told := belongs(leaf, pkcs8)
	if !told {
		parsed, err := x509.ParseCertificate(leaf)
		if err != nil {
			return protocol.EntryInvalid
		}
		signer, err := signerOf(pkcs8)
		if err != nil {
			return protocol.KeyUnsealable
		}
		public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
		same = ok && public.Equal(parsed.PublicKey)
	}
	if !same {
		return protocol.KeyMismatch
	}
	return protocol.NotRefused
}

func (c *Certificate) reason(now time.Time) protocol.RefusalReason {
	if c.Expired(now) {
		return protocol.CertificateExpired
	}
	return protocol.NotRefused
}

// parts are the leaf's DER and that of the others, in whichever form they came.
func parts(wire *protocol.Certificate) (leaf []byte, chain unique.Handle[string], ok bool) {
	ders := wire.Above
	if leaf = wire.Leaf; wire.Chain != "" {
		whole := fromPEM(wire.Chain)
		if len(whole) == 0 {
			return nil, chain, false
		}
		leaf, ders = whole[0], whole[1:]
	}
	if leaf == nil || len(ders) > maxChain {
		return nil, chain, false
	}
	var others []byte
	for _, der := range ders {
		if _, after, ok := element(der); !ok || len(after) > 0 {
			return nil, chain, false
		}
		others = append(others, der...)
	}
	return leaf, unique.Make(string(others)), true
}

// fromPEM reads a chain, leaf first; empty if anything in it is no certificate.
func fromPEM(chain string) (ders [][]byte) {
	for rest := []byte(chain); ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		switch {
		case block == nil:
			return ders
		case block.Type != "CERTIFICATE":
			return nil
		}
		ders = append(ders, block.Bytes)
	}
}

// element cuts off the first element of DER.
func element(der []byte) (first, rest []byte, ok bool) {
	input := cryptobyte.String(der)
	var whole cryptobyte.String
	var tag asn1.Tag
	ok = input.ReadAnyASN1Element(&whole, &tag)
	return whole, input, ok
}

// links takes a chain apart again.
func links(chain unique.Handle[string]) [][]byte {
	var out [][]byte
	for rest := []byte(chain.Value()); len(rest) > 0; {
		first, after, ok := element(rest)
		if !ok {
			break // a file that was written by hand: the leaf alone is shown
		}
		out, rest = append(out, first), after
	}
	return out
}

func (c *Certificate) open(hostname string, key *seal.ClusterKey) (pkcs8 []byte, err error) {
	if key == nil {
		return nil, seal.ErrUnsealable
	}
	return key.OpenPrivateKey([]byte(c.Sealed()), c.ID, hostname)
}

// signerOf is the private key by way of crypto/x509.
func signerOf(pkcs8 []byte) (crypto.Signer, error) {
	private, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, seal.ErrUnsealable
	}
	return signer, nil
}

// ready makes a certificate ready for handshakes. What it returns holds none of the body's memory.
func (c *Certificate) ready(hostname string, key *seal.ClusterKey, chain [][]byte) (*tls.Certificate, error) {
	der, err := c.open(hostname, key)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	leaf := []byte(c.Leaf())
	out := &tls.Certificate{Certificate: append(append(make([][]byte, 0, 1+len(chain)), leaf), chain...)}
	if cheap := newP256(leaf, der); cheap != nil {
		out.PrivateKey = cheap
		return out, nil
	}
	if out.PrivateKey, err = signerOf(der); err != nil {
		return nil, err
	}
	return out, nil
}
