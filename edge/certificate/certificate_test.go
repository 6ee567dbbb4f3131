package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"runtime"
	"sync"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

var noon = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

func clusterKey(t testing.TB, first byte) *seal.ClusterKey {
	t.Helper()
	key, err := seal.NewClusterKey(append([]byte{first}, make([]byte, 31)...))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wire is a certificate as the control plane sends it, valid for a day from noon.
func wire(t testing.TB, key *seal.ClusterKey, id, name string) *protocol.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return wireOf(t, key, id, name, private)
}

// dear is a certificate whose key is kept parsed.
func dear(t testing.TB, key *seal.ClusterKey, id, name string) *Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, wireOf(t, key, id, name, private), name, key)
}

func read(t testing.TB, in *protocol.Certificate, name string, key *seal.ClusterKey) *Certificate {
	t.Helper()
	c, reason := Read(in, name, nil, key, noon)
	if reason != protocol.NotRefused {
		t.Fatal(reason)
	}
	return c
}

func wireOf(t testing.TB, key *seal.ClusterKey, id, name string, private crypto.Signer) *protocol.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: noon, NotAfter: noon.Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return &protocol.Certificate{
		ID:        id,
		Chain:     string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		SealedKey: sealed(key, pkcs8, id, name),
	}
}

func sealed(key *seal.ClusterKey, pkcs8 []byte, id, name string) string {
	return base64.StdEncoding.EncodeToString(key.SealPrivateKey(pkcs8, id, name, nil))
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	key, other := clusterKey(t, 1), clusterKey(t, 2)
	good := wire(t, key, "cer_1", "shop.acme.com")
	stranger := wire(t, key, "cer_1", "shop.acme.com")
	mixed := *good
	mixed.SealedKey = stranger.SealedKey
	anotherID := *good
	anotherID.ID = "cer_2"
	for what, c := range map[string]struct {
		in   *protocol.Certificate
		name string
		key  *seal.ClusterKey
		now  time.Time
		want protocol.RefusalReason
	}{
		"good":            {good, "shop.acme.com", key, noon, protocol.NotRefused},
		"another name":    {good, "shop.acme.org", key, noon, protocol.NameMismatch},
		"another key":     {&mixed, "shop.acme.com", key, noon, protocol.KeyMismatch},
		"another silent":  {silent(t, key, stranger, good), "shop.acme.com", key, noon, protocol.KeyMismatch},
		"its own, silent": {silent(t, key, good, good), "shop.acme.com", key, noon, protocol.NotRefused},
		"another cluster": {good, "shop.acme.com", other, noon, protocol.KeyUnsealable},
		"another id":      {&anotherID, "shop.acme.com", key, noon, protocol.KeyUnsealable},
		"not joined":      {good, "shop.acme.com", nil, noon, protocol.KeyUnsealable},
		"expired":         {good, "shop.acme.com", key, noon.Add(24 * time.Hour), protocol.CertificateExpired},
		"empty":           {&protocol.Certificate{}, "shop.acme.com", key, noon, protocol.EntryInvalid},
	} {
		if _, got := Read(c.in, c.name, nil, c.key, c.now); got != c.want {
			t.Errorf("%s: %q (expected: %q)", what, got, c.want)
		}
	}
}

// silent is a certificate with the key of another one, which does not say what its public key is.
func silent(t *testing.T, key *seal.ClusterKey, of, with *protocol.Certificate) *protocol.Certificate {
	t.Helper()
	sealedKey, err := seal.DecodeBase64(of.SealedKey)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := key.OpenPrivateKey(sealedKey, of.ID, "shop.acme.com")
	if err != nil {
		t.Fatal(err)
	}
	k := &p256{}
	if _, ok := k.readScalar(pkcs8); !ok {
		t.Fatal("not a key on P-256")
	}
	inner, err := asn1.Marshal(struct {
		Version int
		Private []byte
	}{1, k.scalar[:]})
	if err != nil {
		t.Fatal(err)
	}
	out := *with
	out.SealedKey = sealed(key, wrapped(t, inner), out.ID, "shop.acme.com")
	return &out
}

// wrapped is PKCS#8 around an ECPrivateKey on P-256.
func wrapped(t *testing.T, inner []byte) []byte {
	t.Helper()
	var algorithm asn1.RawValue
	if _, err := asn1.Unmarshal([]byte(p256Algorithm), &algorithm); err != nil {
		t.Fatal(err)
	}
	pkcs8, err := asn1.Marshal(struct {
		Version   int
		Algorithm asn1.RawValue
		Private   []byte
	}{0, algorithm, inner})
	if err != nil {
		t.Fatal(err)
	}
	return pkcs8
}

func TestTheHeldCertificateIsNotReadAgain(t *testing.T) {
	key := clusterKey(t, 1)
	in := wire(t, key, "cer_1", "shop.acme.com")
	held, _ := Read(in, "shop.acme.com", nil, key, noon)
	// Without a key nothing can be unsealed: what comes back was not tried again.
	if got, reason := Read(in, "shop.acme.com", held, nil, noon); got != held || reason != protocol.NotRefused {
		t.Errorf("%v, %s (expected: the held one)", got, reason)
	}
	if _, reason := Read(in, "shop.acme.com", held, nil, noon.Add(24*time.Hour)); reason != protocol.CertificateExpired {
		t.Errorf("%s once it has ended (expected: %s)", reason, protocol.CertificateExpired)
	}
	other := *in
	other.SealedKey = wire(t, key, "cer_1", "shop.acme.com").SealedKey
	if _, reason := Read(&other, "shop.acme.com", held, key, noon); reason != protocol.KeyMismatch {
		t.Errorf("%s with another key (expected: %s)", reason, protocol.KeyMismatch)
	}
}

func TestAChainIsShownAsItCame(t *testing.T) {
	key := clusterKey(t, 1)
	in := wire(t, key, "cer_1", "shop.acme.com")
	first, second := wire(t, key, "cer_2", "first.example").Chain, wire(t, key, "cer_3", "second.example").Chain
	in.Chain += first + second
	c, reason := Read(in, "shop.acme.com", nil, key, noon)
	if reason != protocol.NotRefused {
		t.Fatal(reason)
	}
	got, err := NewCache(1).Get(c, "shop.acme.com", key)
	if err != nil {
		t.Fatal(err)
	}
	shown := ""
	for _, der := range got.Certificate {
		shown += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	if shown != in.Chain {
		t.Errorf("%s (expected: %s)", shown, in.Chain)
	}
}

func TestTheCacheLetsGoOfWhatTheTableHasLetGo(t *testing.T) {
	key := clusterKey(t, 1)
	cache := NewCache(8)
	freed := make(chan struct{})
	func() {
		c := dear(t, key, "cer_1", "shop.acme.com")
		if _, err := cache.Get(c, "shop.acme.com", key); err != nil {
			t.Fatal(err)
		}
		runtime.AddCleanup(c, func(freed chan struct{}) { close(freed) }, freed)
	}()
	for range 600 {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Error("a certificate that nothing else holds is kept by the cache")
	runtime.KeepAlive(cache)
}

func TestALeafBelowASharedChainIsReadLikeAWholeChain(t *testing.T) {
	key := clusterKey(t, 1)
	whole := wire(t, key, "cer_1", "shop.acme.com")
	block, _ := pem.Decode([]byte(whole.Chain))
	apart := *whole
	at := 1
	apart.Chain, apart.Leaf, apart.Issuers = "", block.Bytes, &at
	page := protocol.Changes{Entries: []protocol.Entry{{Certificate: &apart}}, Chains: [][][]byte{{{5, 0}}, {{2, 1, 7}, {2, 1, 9}}}}
	page.Resolve()
	got, reason := Read(&apart, "shop.acme.com", nil, key, noon)
	if reason != protocol.NotRefused || got.Leaf() != string(block.Bytes) || got.Chain.Value() != "\x02\x01\x07\x02\x01\x09" {
		t.Errorf("%+v, %q (expected: the leaf below two)", got, reason)
	}
	at = 2
	page.Resolve()
	if got, reason := Read(&apart, "shop.acme.com", nil, key, noon); reason != protocol.EntryInvalid {
		t.Errorf("%+v, %q (expected: a chain that the page does not have is refused)", got, reason)
	}
}

func TestTheCacheKeepsSoManyAndThoseInUse(t *testing.T) {
	key := clusterKey(t, 1)
	cache := NewCache(4)
	var all []*Certificate
	for i := range 12 {
		all = append(all, dear(t, key, fmt.Sprint("cer_", i), "shop.acme.com"))
	}
	parsed := func() (n int) {
		for _, c := range all {
			if c.parsed.Load() != nil {
				n++
			}
		}
		return n
	}
	for _, c := range all {
		for _, use := range []*Certificate{all[0], c} {
			if got, err := cache.Get(use, "shop.acme.com", key); err != nil || got.PrivateKey == nil {
				t.Fatalf("%v, %v", got, err)
			}
		}
	}
	if parsed() != 4 || all[0].parsed.Load() == nil {
		t.Errorf("%d parsed, the one in use: %v (expected: 4, parsed)", parsed(), all[0].parsed.Load() != nil)
	}
	if hits, misses := cache.Counts(); hits+misses != 24 || misses < 12 {
		t.Errorf("%d hits, %d misses (expected: 24 in all, 12 misses at least)", hits, misses)
	}
}

func TestTheCacheServesManyHandshakesAtOnce(t *testing.T) {
	key := clusterKey(t, 1)
	cache := NewCache(2)
	var all []*Certificate
	for i := range 5 {
		all = append(all, dear(t, key, fmt.Sprint("cer_", i), "shop.acme.com"))
	}
	var handshakes sync.WaitGroup
	for n := range 8 {
		handshakes.Go(func() {
			for i := range 200 {
				c := all[(i*7+n)%len(all)]
				got, err := cache.Get(c, "shop.acme.com", key)
				if err != nil || string(got.Certificate[0]) != c.Leaf() {
					t.Errorf("%v: another certificate", err)
					return
				}
			}
		})
	}
	handshakes.Wait()
}

func BenchmarkAColdCertificate(b *testing.B) {
	key := clusterKey(b, 1)
	c, _ := Read(wire(b, key, "cer_1", "shop.acme.com"), "shop.acme.com", nil, key, noon)
	for b.Loop() {
		if _, err := c.ready("shop.acme.com", key, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadingACertificate(b *testing.B) {
	key := clusterKey(b, 1)
	in := wire(b, key, "cer_1", "shop.acme.com")
	for b.Loop() {
		if _, reason := Read(in, "shop.acme.com", nil, key, noon); reason != protocol.NotRefused {
			b.Fatal(reason)
		}
	}
}
