// Package bench is what measuring an edge node needs beside the node: names with certificates by the
// hundred thousand, a control plane that hands them out, an origin that costs next to nothing, and
// clients that cost little. Nothing of it is part of the product.
package bench

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"nameplate.io/edge/seal"
)

const (
	magic = "nameplate bench material 1\n"
	// pageSize is how many names one reply of the control plane carries, as the real one's.
	pageSize = 2000
	lifetime = 90 * 24 * time.Hour
	// spareLife is what certificates must have left to be used again.
	spareLife = 2 * 24 * time.Hour
	// tellEvery is how often making them says how far it is.
	tellEvery = 15 * time.Second
)

// NameOf is the name with the number. Its length is that of an ordinary one.
func NameOf(i int) string { return fmt.Sprintf(nameFormat, i) }

const nameFormat = "www.customer-%07d.example"

func certificateOf(i int) string { return fmt.Sprintf("cer_01k%023d", i) }
func domainOf(i int) string      { return fmt.Sprintf("dom_01k%023d", i) }

// Material is the certificates and sealed keys of many names in one file, so that they are made once.
type Material struct {
	Names  int
	root   []byte // the cluster's key
	issuer []byte // DER of the certificate that signed the leaves
	pages  []int64
	file   *os.File
}

// header is what the file begins with, after magic.
type header struct {
	Names    uint32
	NotAfter int64
	Root     [32]byte
	Issuer   uint32 // its length
}

// Prepare opens material for at least so many names, and makes it if dir has none that is good for
// another while.
func Prepare(dir string, names int, say func(string)) (*Material, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	known, err := filepath.Glob(filepath.Join(dir, "names-*.bin"))
	if err != nil {
		return nil, err
	}
	for _, path := range known {
		if m, err := OpenMaterial(path); err == nil {
			if m.Names >= names {
				return m, nil
			}
			m.Close()
		} else if err := os.Remove(path); err != nil { // of another format, cut off, or too old
			return nil, err
		}
	}
	if err := removeAbandoned(dir); err != nil {
		return nil, err
	}
	began := time.Now()
	say(fmt.Sprintf("making %d keys and certificates (once; kept in %s; a million takes two to four minutes)", names, dir))
	path := filepath.Join(dir, fmt.Sprintf("names-%d.bin", names))
	told := began
	progress := func(made int) {
		if now := time.Now(); now.Sub(told) >= tellEvery {
			told = now
			say(fmt.Sprintf("made %d of %d, %.0f s to go", made, names, now.Sub(began).Seconds()*float64(names-made)/float64(made)))
		}
	}
	if err := write(path, names, progress); err != nil {
		return nil, err
	}
	say(fmt.Sprintf("made them in %.0f s", time.Since(began).Seconds()))
	return OpenMaterial(path)
}

// removeAbandoned removes what was being made when that was interrupted.
func removeAbandoned(dir string) error {
	unfinished, err := filepath.Glob(filepath.Join(dir, "making-*"))
	if err != nil {
		return err
	}
	for _, path := range unfinished {
		// Who still makes one writes to it every few seconds.
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > 5*time.Minute {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// OpenMaterial opens what Prepare made, and refuses what is about to expire.
func OpenMaterial(path string) (*Material, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	m := &Material{file: f}
	if err := m.index(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Close closes the file.
func (m *Material) Close() error { return m.file.Close() }

// Path is where the material is.
func (m *Material) Path() string { return m.file.Name() }

func (m *Material) index() error {
	r := bufio.NewReaderSize(m.file, 1<<20)
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(r, start); err != nil || string(start) != magic {
		return errors.New("another format")
	}
	var h header
	if err := binary.Read(r, binary.BigEndian, &h); err != nil {
		return err
	}
	if time.Until(time.Unix(h.NotAfter, 0)) < spareLife {
		return errors.New("about to expire")
	}
	m.Names, m.root, m.issuer = int(h.Names), h.Root[:], make([]byte, h.Issuer)
	if _, err := io.ReadFull(r, m.issuer); err != nil {
		return err
	}
	at := int64(len(magic) + binary.Size(h) + len(m.issuer))
	for i := range m.Names {
		if i%pageSize == 0 {
			m.pages = append(m.pages, at)
		}
		for range 2 {
			var size uint16
			if err := binary.Read(r, binary.BigEndian, &size); err != nil {
				return err
			}
			if _, err := r.Discard(int(size)); err != nil {
				return err
			}
			at += 2 + int64(size)
		}
	}
	return nil
}

// page calls each for the names of a page, with leaf (DER) and sealed key, which it must not keep.
func (m *Material) page(page int, each func(i int, leaf, sealed []byte)) error {
	if page >= len(m.pages) {
		return nil
	}
	r := bufio.NewReaderSize(io.NewSectionReader(m.file, m.pages[page], 1<<40), 1<<18)
	var parts [2][]byte
	for i := page * pageSize; i < min((page+1)*pageSize, m.Names); i++ {
		for k := range parts {
			var size [2]byte
			if _, err := io.ReadFull(r, size[:]); err != nil {
				return err
			}
			parts[k] = append(parts[k][:0], make([]byte, binary.BigEndian.Uint16(size[:]))...)
			if _, err := io.ReadFull(r, parts[k]); err != nil {
				return err
			}
		}
		each(i, parts[0], parts[1])
	}
	return nil
}

// write makes the material in parallel and puts it into place when it is whole.
func write(path string, names int, progress func(made int)) error {
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	notAfter := time.Now().Add(lifetime)
	h := header{Names: uint32(names), NotAfter: notAfter.Unix(), Issuer: uint32(len(ca.der))}
	rand.Read(h.Root[:])
	key, err := seal.NewClusterKey(h.Root[:])
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "making-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString(magic) // a failed write is found by Flush
	_ = binary.Write(w, binary.BigEndian, &h)
	_, _ = w.Write(ca.der)
	made := 0
	for text := range inOrder((names+pageSize-1)/pageSize, func(page int) result {
		return records(ca, key, page*pageSize, min((page+1)*pageSize, names), notAfter)
	}) {
		if text.err != nil {
			return text.err
		}
		_, _ = w.Write(text.bytes)
		made = min(made+pageSize, names)
		progress(made)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

type result struct {
	bytes []byte
	err   error
}

// inOrder does the work of all pages on all cores and yields the results in their order.
func inOrder(pages int, work func(page int) result) func(yield func(result) bool) {
	return func(yield func(result) bool) {
		workers := runtime.GOMAXPROCS(0)
		results := make([]chan result, pages)
		for i := range results {
			results[i] = make(chan result, 1)
		}
		room := make(chan struct{}, 4*workers) // bounds what waits to be written
		stop := make(chan struct{})
		var done sync.WaitGroup
		defer done.Wait()
		defer close(stop)
		done.Go(func() {
			for i := range pages {
				select {
				case room <- struct{}{}:
				case <-stop:
					return
				}
				done.Go(func() { results[i] <- work(i) })
			}
		})
		for i := range results {
			r := <-results[i]
			<-room
			if !yield(r) {
				return
			}
		}
	}
}

func records(ca *authority, key *seal.ClusterKey, from, to int, notAfter time.Time) result {
	var out bytes.Buffer
	for i := from; i < to; i++ {
		leaf, private, err := ca.issue(int64(i)+1, NameOf(i), notAfter)
		if err != nil {
			return result{err: err}
		}
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			return result{err: err}
		}
		sealed := key.SealPrivateKey(der, certificateOf(i), NameOf(i), nil)
		for _, part := range [][]byte{leaf, sealed} {
			out.Write(binary.BigEndian.AppendUint16(nil, uint16(len(part))))
			out.Write(part)
		}
	}
	return result{bytes: out.Bytes()}
}

// authority signs certificates.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	der         []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Nameplate Bench"}, CommonName: "B1"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(2 * lifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &authority{key, certificate, der}, err
}

// issue makes a certificate like those that public CAs issue: one name, with the extensions they have.
func (a *authority) issue(serial int64, name string, notAfter time.Time) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).Lsh(big.NewInt(serial), 64), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IssuingCertificateURL: []string{"http://b1.ca.example/"},
		CRLDistributionPoints: []string{"http://b1.ca.example/1.crl"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	return der, key, err
}

// pair is one certificate of the authority in PEM, with its chain and its key.
func (a *authority) pair(name string) (chain, key string, err error) {
	leaf, private, err := a.issue(1, name, time.Now().Add(lifetime))
	if err != nil {
		return "", "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	return certificatePEM(leaf) + certificatePEM(a.der), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// Pair makes one certificate like those of Material, in PEM with its chain, and its key.
func Pair(name string) (chain, key string, err error) {
	ca, err := newAuthority()
	if err != nil {
		return "", "", err
	}
	return ca.pair(name)
}

func certificatePEM(der []byte) string {
	var text strings.Builder
	_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a Builder does not fail
	return text.String()
}
