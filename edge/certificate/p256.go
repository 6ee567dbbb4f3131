package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"io"
	"math/big"
	"sync"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// p256Algorithm is the DER of the AlgorithmIdentifier of keys on P-256 (RFC 5480 section 2.1.1), the same in
// certificates and in PKCS#8.
const p256Algorithm = "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"

const p256Size = 32 // bytes of a scalar and of a coordinate

// p256 is a key on P-256, taken from where it lies in the certificate and in its PKCS#8. crypto/x509 would compute the
// public key anew from the private one, which takes thirty times as long as all of this; that the two belong together
// was checked when they came (Read).
type p256 struct {
	scalar [p256Size]byte
	point  [1 + 2*p256Size]byte // uncompressed (SEC 1 section 2.3.3)
}

// newP256 returns nil for keys of another kind, and for what looks unusual.
func newP256(leaf, pkcs8 []byte) *p256 {
	out := &p256{}
	if _, ok := out.readScalar(pkcs8); !ok || !out.readPoint(leaf) {
		return nil
	}
	return out
}

// belongs reports whether a certificate is for the key, and false if that cannot be told from what PKCS#8 says itself of
// its public key. Whoever made the key wrote both, so this tells a mix-up, and computes nothing.
func belongs(leaf, pkcs8 []byte) (belongs, told bool) {
	k := &p256{}
	public, ok := k.readScalar(pkcs8)
	if !ok || len(public) != len(k.point) || !k.readPoint(leaf) || k.Public() == nil {
		return false, false
	}
	return string(public) == string(k.point[:]), true
}

// readScalar reads the private key of PKCS#8 (RFC 5208 section 5, RFC 5915 section 3), and returns the public key that
// it may carry.
func (k *p256) readScalar(pkcs8 []byte) (public []byte, ok bool) {
	input := cryptobyte.String(pkcs8)
	var version int
	var private, outer, inner, scalar cryptobyte.String
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1Integer(&version) || version != 0 ||
		!skipText(&outer, p256Algorithm) || !outer.ReadASN1(&private, asn1.OCTET_STRING) ||
		!private.ReadASN1(&inner, asn1.SEQUENCE) || !inner.ReadASN1Integer(&version) || version != 1 ||
		!inner.ReadASN1(&scalar, asn1.OCTET_STRING) || len(scalar) != p256Size {
		return nil, false
	}
	copy(k.scalar[:], scalar)
	const parameters, publicKey = 0, 1
	var bits cryptobyte.String
	var there bool
	if inner.SkipOptionalASN1(asn1.Tag(parameters).Constructed().ContextSpecific()) &&
		inner.ReadOptionalASN1(&bits, &there, asn1.Tag(publicKey).Constructed().ContextSpecific()) && there {
		public, _ = bitString(bits)
	}
	return public, true
}

// bitString is the content of a BIT STRING of whole bytes.
func bitString(s cryptobyte.String) ([]byte, bool) {
	var bits cryptobyte.String
	const noUnusedBits = "\x00"
	if !s.ReadASN1(&bits, asn1.BIT_STRING) || !skipText(&bits, noUnusedBits) {
		return nil, false
	}
	return bits, true
}

// readPoint reads the public key of a certificate.
func (k *p256) readPoint(leaf []byte) bool {
	f, ok := fieldsOf(leaf)
	if !ok || !skipText(&f.public, p256Algorithm) {
		return false
	}
	const uncompressed = 4
	point, ok := bitString(f.public)
	if !ok || len(point) != len(k.point) || point[0] != uncompressed {
		return false
	}
	copy(k.point[:], point)
	return true
}

func skipText(s *cryptobyte.String, text string) bool {
	var got []byte
	return s.ReadBytes(&got, len(text)) && string(got) == text
}

// Public implements crypto.Signer.
func (k *p256) Public() crypto.PublicKey {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), k.point[:])
	if err != nil {
		return nil // not a point of the curve; Read lets no such certificate in
	}
	return public
}

// Sign implements crypto.Signer. It is safe for concurrent use.
//
// crypto/ecdsa remembers something of each private key that it signs with, by the key's address and for as long as the
// key lives, and both noting that and forgetting it cost several times what is remembered. Keys whose places are used
// again and again cost it once: it compares what it remembers with the key that it is given.
func (k *p256) Sign(random io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	at := places.Get().(*place256)
	defer places.Put(at)
	defer func() { clear(at.d.Bits()) }()
	at.d.SetBytes(k.scalar[:])
	at.x.SetBytes(k.point[1 : 1+p256Size])
	at.y.SetBytes(k.point[1+p256Size:])
	return at.private.Sign(random, digest, options)
}

// place256 holds a private key for the time of a signature.
type place256 struct {
	private ecdsa.PrivateKey
	d, x, y big.Int // the private key's own
}

var places = sync.Pool{New: func() any {
	at := &place256{}
	//lint:ignore SA1019 The way that is not deprecated computes the public key, which is what this file avoids.
	at.private = ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: elliptic.P256(), X: &at.x, Y: &at.y}, D: &at.d}
	return at
}}
