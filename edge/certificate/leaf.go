package certificate

import (
	"crypto/x509"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"nameplate.io/edge/protocol"
)

// fields are the parts of a certificate that a node reads, where they lie in its DER (RFC 5280 section 4.1). crypto/x509
// reads all others too, and keeps what it finds, which doubles time and garbage of Read (BenchmarkReadingACertificate).
type fields struct {
	validity, public, rest cryptobyte.String
}

func fieldsOf(leaf []byte) (f fields, ok bool) {
	input := cryptobyte.String(leaf)
	var outer, body cryptobyte.String
	ok = input.ReadASN1(&outer, asn1.SEQUENCE) && input.Empty() && outer.ReadASN1(&body, asn1.SEQUENCE) &&
		body.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) && // version
		body.SkipASN1(asn1.INTEGER) && // serialNumber
		body.SkipASN1(asn1.SEQUENCE) && // signature
		body.SkipASN1(asn1.SEQUENCE) && // issuer
		body.ReadASN1(&f.validity, asn1.SEQUENCE) &&
		body.SkipASN1(asn1.SEQUENCE) && // subject
		body.ReadASN1(&f.public, asn1.SEQUENCE)
	f.rest = body
	return f, ok
}

// notAfter is when the certificate ends (section 4.1.2.5).
func (f fields) notAfter() (at time.Time, ok bool) {
	var notBefore cryptobyte.String
	var tag asn1.Tag
	if !f.validity.ReadAnyASN1(&notBefore, &tag) {
		return at, false
	}
	if f.validity.PeekASN1Tag(asn1.UTCTime) {
		ok = f.validity.ReadASN1UTCTime(&at)
	} else {
		ok = f.validity.ReadASN1GeneralizedTime(&at)
	}
	return at, ok && f.validity.Empty()
}

// subjectAltName is the DER of the extension's identifier (section 4.2.1.6).
const subjectAltName = "\x06\x03\x55\x1d\x11"

// isFor reports whether one of the certificate's DNS names is the name, letter by letter. Names of a certificate can
// stand for a name in other ways (capital letters, wildcards), which are the library's to judge.
func (f fields) isFor(name string) bool {
	const extensions, dnsName = 3, 2
	var tagged, list cryptobyte.String
	if !f.rest.ReadASN1(&tagged, asn1.Tag(extensions).Constructed().ContextSpecific()) || !tagged.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	found := false
	for !list.Empty() {
		var extension, value, names cryptobyte.String
		if !list.ReadASN1(&extension, asn1.SEQUENCE) {
			return false
		}
		if !skipText(&extension, subjectAltName) {
			continue
		}
		if !extension.SkipOptionalASN1(asn1.BOOLEAN) || !extension.ReadASN1(&value, asn1.OCTET_STRING) || !value.ReadASN1(&names, asn1.SEQUENCE) {
			return false
		}
		for !names.Empty() {
			var one cryptobyte.String
			var tag asn1.Tag
			if !names.ReadAnyASN1(&one, &tag) {
				return false
			}
			found = found || tag == asn1.Tag(dnsName).ContextSpecific() && string(one) == name
		}
	}
	return found
}

// endOf is when a certificate that is for the name ends.
func endOf(leaf []byte, name string) (time.Time, protocol.RefusalReason) {
	if f, ok := fieldsOf(leaf); ok && f.isFor(name) {
		if at, ok := f.notAfter(); ok {
			return at, protocol.NotRefused
		}
	}
	parsed, err := x509.ParseCertificate(leaf)
	switch {
	case err != nil:
		return time.Time{}, protocol.EntryInvalid
	case parsed.VerifyHostname(name) != nil:
		return time.Time{}, protocol.NameMismatch
	}
	return parsed.NotAfter, protocol.NotRefused
}
