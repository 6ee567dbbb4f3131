// Package certificate holds certificates as they came, sealed and unparsed, and makes them usable for
// handshakes when they are first needed.
package certificate

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"sync/atomic"
	"time"
	"unique"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// maxChain bounds how many certificates a chain may have; one leaf and one or two intermediates are usual.
const maxChain = 8

// Certificate is immutable but for what the Cache remembers in it.
type Certificate struct {
	ID       string
	Hostname string
	Leaf     []byte                  // DER
	Chain    []unique.Handle[string] // DER of what follows the leaf; equal ones are held once
	Sealed   []byte                  // the private key, as sealed by the control plane
	NotAfter time.Time

	parsed atomic.Pointer[tls.Certificate]
	used   atomic.Bool // since the cache's hand passed by
}

// Read checks a certificate from the wire against the name it is for and the key it came with. An
// empty reason means that it is good; a certificate-expired one is otherwise good and is returned too.
func Read(wire *protocol.Certificate, hostname string, key *seal.ClusterKey, now time.Time) (*Certificate, protocol.RefusalReason) {
	c := &Certificate{ID: wire.ID, Hostname: hostname}
	var ders [][]byte
	if wire.Leaf != nil {
		ders = append([][]byte{wire.Leaf}, wire.Above...)
	}
	if wire.Chain != "" {
		ders = fromPEM(wire.Chain)
	}
	if len(ders) == 0 || len(ders) > 1+maxChain {
		return nil, protocol.EntryInvalid
	}
	c.Leaf = bytes.Clone(ders[0])
	for _, der := range ders[1:] {
		c.Chain = append(c.Chain, unique.Make(string(der)))
	}
	leaf, err := x509.ParseCertificate(c.Leaf)
	if err != nil || c.ID == "" {
		return nil, protocol.EntryInvalid
	}
	if leaf.VerifyHostname(hostname) != nil {
		return nil, protocol.NameMismatch
	}
	c.NotAfter = leaf.NotAfter
	if c.Sealed, err = seal.DecodeBase64(wire.SealedKey); err != nil {
		return nil, protocol.KeyUnsealable
	}
	signer, err := c.signer(key)
	if err != nil {
		return nil, protocol.KeyUnsealable
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(leaf.PublicKey) {
		return nil, protocol.KeyMismatch
	}
	if !now.Before(c.NotAfter) {
		return c, protocol.CertificateExpired
	}
	return c, ""
}

// fromPEM reads a chain, leaf first; empty if anything in it is no certificate.
func fromPEM(chain string) (ders [][]byte) {
	rest := []byte(chain)
	for {
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

// Same reports whether the other is the same certificate with the same sealed key.
func (c *Certificate) Same(other *Certificate) bool {
	return other != nil && c.ID == other.ID && bytes.Equal(c.Leaf, other.Leaf) && bytes.Equal(c.Sealed, other.Sealed)
}

func (c *Certificate) signer(key *seal.ClusterKey) (crypto.Signer, error) {
	if key == nil {
		return nil, seal.ErrUnsealable
	}
	der, err := key.OpenPrivateKey(c.Sealed, c.ID, c.Hostname)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	clear(der)
	if err != nil {
		return nil, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, seal.ErrUnsealable
	}
	return signer, nil
}

func (c *Certificate) parse(key *seal.ClusterKey) (*tls.Certificate, error) {
	signer, err := c.signer(key)
	if err != nil {
		return nil, err
	}
	out := &tls.Certificate{Certificate: make([][]byte, 1, 1+len(c.Chain)), PrivateKey: signer}
	out.Certificate[0] = c.Leaf
	for _, der := range c.Chain {
		out.Certificate = append(out.Certificate, []byte(der.Value()))
	}
	return out, nil
}
