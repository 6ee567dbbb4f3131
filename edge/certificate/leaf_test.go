package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// What the short way reads of a certificate is what crypto/x509 reads of it, whatever bytes come: it may leave one to
// the library, and may not say anything else than it.
func FuzzALeafIsReadAsTheLibraryReadsIt(f *testing.F) {
	const name = "shop.acme.com"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, template := range []x509.Certificate{
		{DNSNames: []string{name}},
		{DNSNames: []string{"acme.com", name}, Subject: pkix.Name{CommonName: "acme.com"}, IPAddresses: []net.IP{{192, 0, 2, 1}}},
		{DNSNames: []string{"*.acme.com"}},
		{DNSNames: []string{"SHOP.acme.com"}},
		{Subject: pkix.Name{CommonName: name}},
		{DNSNames: []string{name}, NotAfter: time.Date(2051, 1, 2, 3, 4, 5, 0, time.UTC)}, // GeneralizedTime
	} {
		template.SerialNumber, template.NotBefore = big.NewInt(1), noon
		if template.NotAfter.IsZero() {
			template.NotAfter = noon.Add(90 * 24 * time.Hour)
		}
		der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
		for at := 0; at < len(der); at += 7 {
			f.Add(append(append([]byte{}, der[:at]...), append([]byte{der[at] ^ 1}, der[at+1:]...)...))
		}
		f.Add(der[:len(der)/2])
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return // the library asks more of what nobody needs here
		}
		end, reason := endOf(der, name)
		if refused := parsed.VerifyHostname(name) != nil; refused != (reason == protocol.NameMismatch) {
			t.Fatalf("refused %t by the library, reason %q here", refused, reason)
		}
		if reason == protocol.NotRefused && !end.Equal(parsed.NotAfter) {
			t.Fatalf("ends %s, and here %s", parsed.NotAfter, end)
		}
	})
}

// A usual certificate takes the short way; otherwise the test above would compare the library with itself.
func TestAUsualLeafIsReadTheShortWay(t *testing.T) {
	key := clusterKey(t, 1)
	in := wire(t, key, "cer_1", "shop.acme.com")
	leaf, _, ok := parts(in)
	if !ok {
		t.Fatal("no leaf")
	}
	f, ok := fieldsOf(leaf)
	if !ok || !f.isFor("shop.acme.com") || f.isFor("acme.com") || f.isFor("hop.acme.com") {
		t.Fatal("the name is not read")
	}
	if at, ok := f.notAfter(); !ok || !at.Equal(noon.Add(24*time.Hour)) {
		t.Fatalf("ends %s", at)
	}
}

// What a certificate and its key both say is no key yet: the point has to lie on the curve, as crypto/x509 asks.
func TestAPointThatIsNotOnTheCurveIsRefused(t *testing.T) {
	key := clusterKey(t, 1)
	in := wire(t, key, "cer_1", "shop.acme.com")
	leaf, _, ok := parts(in)
	if !ok {
		t.Fatal("no leaf")
	}
	sealedKey, err := seal.DecodeBase64(in.SealedKey)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := key.OpenPrivateKey(sealedKey, in.ID, "shop.acme.com")
	if err != nil {
		t.Fatal(err)
	}
	k := &p256{}
	if !k.readPoint(leaf) {
		t.Fatal("no point")
	}
	bent := k.point
	bent[len(bent)-1] ^= 1
	if bytes.Count(leaf, k.point[:]) != 1 || bytes.Count(pkcs8, k.point[:]) != 1 {
		t.Fatal("the point is not once in each of them")
	}
	in.Chain, in.Leaf = "", bytes.Replace(leaf, k.point[:], bent[:], 1)
	in.SealedKey = sealed(key, bytes.Replace(pkcs8, k.point[:], bent[:], 1), in.ID, "shop.acme.com")
	if _, reason := Read(in, "shop.acme.com", nil, key, noon); reason != protocol.EntryInvalid {
		t.Errorf("%q (expected: %q)", reason, protocol.EntryInvalid)
	}
}
