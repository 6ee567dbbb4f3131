package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"sync"
	"testing"
)

// Whatever the key, what is shown at a handshake signs for the certificate's own.
func TestEveryKindOfKeySignsForItsCertificate(t *testing.T) {
	key := clusterKey(t, 1)
	random := func(curve elliptic.Curve) crypto.Signer {
		private, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return private
	}
	ofRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ofEd25519, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		private crypto.Signer
		kept    bool
	}{
		"P-256": {random(elliptic.P256()), false}, "P-384": {random(elliptic.P384()), true},
		"RSA": {ofRSA, true}, "Ed25519": {ofEd25519, true},
	} {
		t.Run(what, func(t *testing.T) {
			held := read(t, wireOf(t, key, "cer_1", "shop.acme.com", c.private), "shop.acme.com", key)
			cache := NewCache(1)
			for range 3 {
				shown, err := cache.Get(held, "shop.acme.com", key)
				if err != nil {
					t.Fatal(err)
				}
				proveOwn(t, shown.Certificate[0], shown.PrivateKey.(crypto.Signer))
			}
			if kept := held.parsed.Load() != nil; kept != c.kept {
				t.Errorf("kept parsed: %t (expected: %t)", kept, c.kept)
			}
			if hits, misses := cache.Counts(); c.kept != (hits == 2 && misses == 1) || !c.kept && hits+misses != 0 {
				t.Errorf("%d hits, %d misses", hits, misses)
			}
		})
	}
}

// proveOwn has the key sign a certificate request, whose signature is checked against the key in the certificate.
func proveOwn(t *testing.T, leaf []byte, private crypto.Signer) {
	t.Helper()
	parsed, err := x509.ParseCertificate(leaf)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := request.CheckSignature(); err != nil {
		t.Error(err)
	}
	if public, ok := parsed.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(request.PublicKey) {
		t.Errorf("signs for %v (expected: %v)", request.PublicKey, parsed.PublicKey)
	}
}

func TestSignaturesOfManyKeysAtOnceAreNotMixedUp(t *testing.T) {
	key := clusterKey(t, 1)
	cache := NewCache(1)
	var all []*Certificate
	for i := range 20 {
		name := fmt.Sprintf("n%d.acme.com", i)
		all = append(all, read(t, wire(t, key, fmt.Sprint("cer_", i), name), name, key))
	}
	digest := sha256.Sum256([]byte("a handshake"))
	var handshakes sync.WaitGroup
	for worker := range 8 {
		handshakes.Go(func() {
			for i := range 100 {
				n := (i*7 + worker) % len(all)
				shown, err := cache.Get(all[n], fmt.Sprintf("n%d.acme.com", n), key)
				if err != nil {
					t.Error(err)
					return
				}
				signer := shown.PrivateKey.(crypto.Signer)
				signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
				if err != nil {
					t.Error(err)
					return
				}
				parsed, err := x509.ParseCertificate(shown.Certificate[0])
				if err != nil || !ecdsa.VerifyASN1(parsed.PublicKey.(*ecdsa.PublicKey), digest[:], signature) {
					t.Errorf("n%d.acme.com: %v, or signed by another key", n, err)
					return
				}
			}
		})
	}
	handshakes.Wait()
}

// What is written in an unusual way is left to crypto/x509.
func TestUnusualKeysOnP256AreReadByTheLibrary(t *testing.T) {
	key := clusterKey(t, 1)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := wireOf(t, key, "cer_1", "shop.acme.com", private)
	scalar, err := private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	inner, err := asn1.Marshal(struct {
		Version int
		Private []byte
	}{1, append([]byte{0, 0}, scalar...)})
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := wrapped(t, inner)
	if _, err := x509.ParsePKCS8PrivateKey(pkcs8); err != nil {
		t.Fatal(err)
	}
	in.SealedKey = sealed(key, pkcs8, "cer_1", "shop.acme.com")
	held := read(t, in, "shop.acme.com", key)
	shown, err := NewCache(1).Get(held, "shop.acme.com", key)
	if err != nil {
		t.Fatal(err)
	}
	proveOwn(t, shown.Certificate[0], shown.PrivateKey.(crypto.Signer))
	if held.parsed.Load() == nil {
		t.Error("was read without the library")
	}
}

func TestNothingIsReadFromWhatIsCutOff(t *testing.T) {
	key := clusterKey(t, 1)
	held := read(t, wire(t, key, "cer_1", "shop.acme.com"), "shop.acme.com", key)
	pkcs8, err := held.open("shop.acme.com", key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := []byte(held.Leaf())
	if newP256(leaf, pkcs8) == nil {
		t.Fatal("the whole is not read")
	}
	for n := range leaf {
		if newP256(leaf[:n], pkcs8) != nil {
			t.Errorf("a key out of %d of the certificate's %d bytes", n, len(leaf))
		}
	}
	for n := range pkcs8 {
		if newP256(leaf, pkcs8[:n]) != nil {
			t.Errorf("a key out of %d of its %d bytes", n, len(pkcs8))
		}
	}
}

func TestNoKeyIsLeftWhereItWasSignedFrom(t *testing.T) {
	key := clusterKey(t, 1)
	held := read(t, wire(t, key, "cer_1", "shop.acme.com"), "shop.acme.com", key)
	shown, err := NewCache(1).Get(held, "shop.acme.com", key)
	if err != nil {
		t.Fatal(err)
	}
	var at *place256
	made := places.New
	places = sync.Pool{New: func() any { at = made().(*place256); return at }}
	digest := sha256.Sum256([]byte("a handshake"))
	if _, err := shown.PrivateKey.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		t.Fatal(err)
	}
	words := at.d.Bits()
	if len(words) == 0 {
		t.Fatal("the place was not used")
	}
	for _, word := range words {
		if word != 0 {
			t.Fatal("the key is still there")
		}
	}
}
