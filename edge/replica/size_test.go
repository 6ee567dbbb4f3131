package replica

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/pace"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// issuer makes certificates as a public CA's are: about 1 KB, each with its own name, serial number and key. It signs
// one and writes the others over it, since nothing here verifies signatures.
type issuer struct {
	key     *seal.ClusterKey
	pattern []byte
	serial  int
	name    int
	public  int
	keys    []*ecdsa.PrivateKey
	pkcs8   [][]byte
	chain   string
}

const (
	patternName   = "shop-000000000.customer.example"
	patternSerial = 0x7f41424344454647
)

func newIssuer(t testing.TB, key *seal.ClusterKey) *issuer {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &issuer{key: key}
	for range 2048 {
		private, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
		check(err)
		der, err := x509.MarshalPKCS8PrivateKey(private)
		check(err)
		s.keys, s.pkcs8 = append(s.keys, private), append(s.pkcs8, der)
	}
	ca, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	check(err)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Country: []string{"US"}, Organization: []string{"Some Trust Services"}, CommonName: "E7"},
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(1e5 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(crand.Reader, root, root, ca.Public(), ca)
	check(err)
	s.chain = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	scts, err := asn1.Marshal(bytes.Repeat([]byte{7}, 240)) // two signed timestamps
	check(err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(patternSerial), Subject: pkix.Name{CommonName: patternName}, DNSNames: []string{patternName},
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(90 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
		IssuingCertificateURL: []string{"http://e7.i.trust.example/"}, CRLDistributionPoints: []string{"http://e7.c.trust.example/117.crl"},
		PolicyIdentifiers: []asn1.ObjectIdentifier{{2, 23, 140, 1, 2, 1}}, SubjectKeyId: bytes.Repeat([]byte{3}, 20), AuthorityKeyId: bytes.Repeat([]byte{4}, 20),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: scts}},
	}
	s.pattern, err = x509.CreateCertificate(crand.Reader, leaf, root, s.keys[0].Public(), ca)
	check(err)
	s.serial = bytes.Index(s.pattern, []byte("ABCDEFG"))
	s.name = bytes.Index(s.pattern, []byte(patternName))
	s.public = bytes.Index(s.pattern, point(t, s.keys[0]))
	return s
}

func point(t testing.TB, key *ecdsa.PrivateKey) []byte {
	raw, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func sizedName(i int) string { return fmt.Sprintf("shop-%09d.customer.example", i) }

// entry is what the control plane sends for the i-th name at a revision.
func (s *issuer) entry(t testing.TB, i int, revision int64) protocol.Entry {
	name := sizedName(i)
	der := bytes.ReplaceAll(s.pattern, []byte(patternName), []byte(name))
	copy(der[s.serial:], fmt.Sprintf("%07x", uint64(i)*2654435761%(1<<28)))
	copy(der[s.public:], point(t, s.keys[i%len(s.keys)]))
	id := fmt.Sprintf("cer_019b0000-0000-7000-8000-%012x", i)
	return protocol.Entry{
		Hostname: name, Revision: revision, DomainID: fmt.Sprintf("dom_019b0000-0000-7000-8000-%012x", i),
		TeamID: fmt.Sprintf("tea_019b0000-0000-7000-8000-%012x", i%500), State: protocol.Serving,
		Origin: &protocol.Origin{Scheme: "https", Host: fmt.Sprintf("origin-%d.backend.example", i%sizedOrigins()), Port: 443, HostHeader: protocol.HostOfVisitor},
		Certificate: &protocol.Certificate{
			ID:        id,
			Chain:     string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + s.chain,
			SealedKey: base64.StdEncoding.EncodeToString(s.key.SealPrivateKey(s.pkcs8[i%len(s.pkcs8)], id, name, nil)),
		},
	}
}

// sized is a number from the environment.
func sized(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func sizedOrigins() int { return sized("ORIGINS", 200) }

// resident is the memory of this process in MB: now, or the most it has been.
func resident(t testing.TB, most bool) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	key := "VmRSS:"
	if most {
		key = "VmHWM:"
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1024
		}
	}
	return 0
}

func sizedReplica(b *testing.B, dir string, key *seal.ClusterKey) *Replica {
	r, err := Open(dir, key, slog.New(slog.DiscardHandler), func() time.Time { return noon })
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkFilling fills DIR with NAMES names by way of Apply, as a first snapshot from the control plane does.
func BenchmarkFilling(b *testing.B) {
	names, dir := sized("NAMES", 20_000), os.Getenv("DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	key, err := seal.NewClusterKey(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	made := newIssuer(b, key)
	r := sizedReplica(b, dir, key)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go pace.Keep(ctx, func() uint64 { return uint64(r.Table.SlabBytes()) })
	b.ResetTimer()
	spent := time.Duration(0)
	for i := 0; i < names; {
		page := &protocol.Changes{Epoch: 1}
		for ; i < names && len(page.Entries) < 2000; i++ {
			page.Entries = append(page.Entries, made.entry(b, i, int64(i+1)))
		}
		page.Revision = int64(i)
		began := time.Now()
		if err := r.Apply(page); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(began)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(made.pattern)), "leaf-bytes")
	b.ReportMetric(spent.Seconds(), "apply-s")
	b.ReportMetric(resident(b, true), "peak-MB")
}

// BenchmarkLoading reads what BenchmarkFilling wrote and serves handshakes from it.
func BenchmarkLoading(b *testing.B) {
	dir := os.Getenv("DIR")
	if dir == "" {
		b.Skip("needs DIR, filled by BenchmarkFilling")
	}
	key, err := seal.NewClusterKey(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	before := resident(b, false)
	done := pace.Loading()
	began := time.Now()
	r := sizedReplica(b, dir, key)
	names := r.Table.Stats().Names
	loaded := time.Since(began)
	done(uint64(r.Table.SlabBytes()))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go pace.Keep(ctx, func() uint64 { return uint64(r.Table.SlabBytes()) })
	b.ReportMetric(loaded.Seconds(), "load-s")
	b.ReportMetric(resident(b, true), "load-peak-MB")
	var m runtime.MemStats
	runtime.GC()
	debug.FreeOSMemory()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/float64(names), "heap-B/name")
	b.ReportMetric(float64(m.HeapObjects)/float64(names), "objects/name")
	b.ReportMetric(resident(b, false), "rss-MB")
	b.ReportMetric((resident(b, false)-before)*(1<<20)/float64(names), "rss-B/name")

	cache := certificate.NewCache(certificate.DefaultCacheSize)
	random := rand.New(rand.NewPCG(1, 2))
	most := 0.0
	for i := range 200_000 {
		e := r.Table.Lookup(sizedName(random.IntN(names)))
		if _, err := cache.Get(e.Certificate, e.Name, key); err != nil {
			b.Fatal(err)
		}
		if i%1000 == 0 {
			most = max(most, resident(b, false))
		}
	}
	b.ReportMetric(most, "handshakes-peak-MB")
	gc := time.Now()
	runtime.GC()
	b.ReportMetric(float64(time.Since(gc).Milliseconds()), "gc-ms")
	b.ReportMetric(float64(names), "names")
	sizedCompaction(b, r, cache, names)
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}

// sizedCompaction writes a snapshot while names change and handshakes go on, and says what they notice of it.
func sizedCompaction(b *testing.B, r *Replica, cache *certificate.Cache, names int) {
	made := newIssuer(b, r.key)
	random := rand.New(rand.NewPCG(3, 4))
	revision := r.Position().Revision
	var batches []*protocol.Changes
	for range 400 {
		page := &protocol.Changes{Epoch: 1}
		for range 20 {
			revision++
			page.Entries = append(page.Entries, made.entry(b, random.IntN(names), revision))
		}
		page.Revision = revision
		batches = append(batches, page)
	}
	quiet := sizedWrites(b, r, batches[:50])
	r.mu.Lock()
	r.disk.snapshotFailed(os.ErrInvalid, noon.Add(-time.Hour)) // a snapshot is due
	r.compactIfWanted()
	r.mu.Unlock()
	began := time.Now()
	most, longest, during, n := 0.0, time.Duration(0), []time.Duration{}, 50
	for r.Disk().Err != nil {
		if n < len(batches) {
			during = append(during, sizedWrites(b, r, batches[n:n+1])...)
			n++
		}
		for range 200 {
			at := time.Now()
			e := r.Table.Find(sizedName(random.IntN(names)))
			longest = max(longest, time.Since(at))
			if _, err := cache.Get(e.Certificate, e.Name, r.key); err != nil {
				b.Fatal(err)
			}
		}
		most = max(most, resident(b, false))
	}
	b.ReportMetric(time.Since(began).Seconds(), "compaction-s")
	b.ReportMetric(most, "compaction-peak-MB")
	b.ReportMetric(float64(longest.Microseconds()), "longest-look-up-us")
	b.ReportMetric(float64(slices.Max(quiet).Microseconds())/1000, "longest-quiet-write-ms")
	if len(during) > 0 {
		b.ReportMetric(float64(slices.Max(during).Microseconds())/1000, "longest-write-ms")
	}
}

func sizedWrites(b *testing.B, r *Replica, batches []*protocol.Changes) (took []time.Duration) {
	for _, batch := range batches {
		at := time.Now()
		if err := r.Apply(batch); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(at))
	}
	return took
}
