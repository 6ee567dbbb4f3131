package caddynode

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

// control is a control plane that keeps its record in memory and speaks /edge/v1 over real mutual TLS.
type control struct {
	t         *testing.T
	server    *httptest.Server
	ca        *authority
	key       *seal.ClusterKey
	root      []byte
	clusterID string
	token     string

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced at each change
	epoch     int64
	revision  int64
	oldest    int64 // positions before it are too old
	entries   map[string]protocol.Entry
	answers   map[string]protocol.Answer
	onlyAsked map[string]string // answers that never travel in changes
	asked     int
	csr       string
	nodeCert  string
	sealed    string
	acks      []protocol.Ack
	confirm   bool
	policy    *protocol.Policy
	upgrades  func(build string) protocol.UpgradeReply
	revoked   bool
	pages     int // most entries and answers of one reply
	epochFrom int64
	wanted    []string // names that were asked for one by one
	down      bool
}

const testNode = "nod_test"

func newControl(t *testing.T) *control {
	t.Helper()
	c := &control{
		t: t, ca: newAuthority(t, "node CA"), clusterID: "clu_test", epoch: 1, pages: 2000,
		changed: make(chan struct{}), entries: map[string]protocol.Entry{},
		answers: map[string]protocol.Answer{}, onlyAsked: map[string]string{},
	}
	c.root = make([]byte, 32)
	_, _ = rand.Read(c.root)
	var err error
	if c.key, err = seal.NewClusterKey(c.root); err != nil {
		t.Fatal(err)
	}
	c.listen("127.0.90.9:0")
	t.Cleanup(func() { c.server.CloseClientConnections(); c.server.Close() })
	return c
}

func (c *control) listen(address string) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /edge/v1/join", c.join)
	mux.HandleFunc("GET /edge/v1/join/{node}", c.joinState)
	mux.HandleFunc("GET /edge/v1/changes", c.member(c.changes))
	mux.HandleFunc("GET /edge/v1/outline", c.member(c.outline))
	mux.HandleFunc("POST /edge/v1/entries", c.member(c.listed))
	mux.HandleFunc("POST /edge/v1/acks", c.member(c.acknowledge))
	mux.HandleFunc("POST /edge/v1/upgrades", c.member(c.upgrade))
	mux.HandleFunc("GET /edge/v1/answer", c.member(c.answer))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		c.t.Fatal(err)
	}
	c.server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: mux}}
	pool := x509.NewCertPool()
	pool.AddCert(c.ca.certificate)
	pair := c.serverPair()
	c.server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13,
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool,
	}
	c.server.StartTLS()
	sum := sha256.Sum256(pair.Certificate[0])
	c.token = "npj_0123456789abcdefghijklmnopqrstuv." + base64.RawURLEncoding.EncodeToString(sum[:])
}

var pairs sync.Map // a control plane that comes back shows the same certificate

func (c *control) serverPair() tls.Certificate {
	if pair, ok := pairs.Load(c); ok {
		return pair.(tls.Certificate)
	}
	chain, key := newAuthority(c.t, "control").issue("control.invalid", time.Now().Add(time.Hour))
	pair := tls.Certificate{PrivateKey: key}
	for rest := []byte(chain); len(rest) > 0; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		pair.Certificate = append(pair.Certificate, block.Bytes)
	}
	pairs.Store(c, pair)
	return pair
}

// stop makes the control plane unreachable; start brings it back at the same address.
func (c *control) stop() (start func()) {
	address := c.server.Listener.Addr().String()
	c.server.CloseClientConnections()
	c.mu.Lock()
	c.down = true
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
	c.server.Close()
	return func() {
		c.mu.Lock()
		c.down = false
		c.mu.Unlock()
		c.listen(address)
	}
}

func (c *control) member(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		revoked := c.revoked
		c.mu.Unlock()
		switch {
		case len(r.TLS.PeerCertificates) == 0 || r.TLS.PeerCertificates[0].Subject.CommonName != testNode:
			problem(w, 403, "node-unknown", 0)
		case revoked:
			problem(w, 403, "node-revoked", 0)
		default:
			next(w, r)
		}
	}
}

func problem(w http.ResponseWriter, status int, code string, epoch int64) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(protocol.Problem{Type: "https://nameplate.example/problems/" + code, Status: status, Epoch: epoch})
}

func reply(w http.ResponseWriter, r *http.Request, status int, body any) {
	text, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		_, _ = zip.Write(text)
		_ = zip.Close()
		w.Header().Set("Content-Encoding", "gzip")
		text = packed.Bytes()
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func (c *control) join(w http.ResponseWriter, r *http.Request) {
	var in protocol.JoinRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Token != c.token {
		problem(w, 403, "join-token-invalid", 0)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.csr != "" && c.csr != in.CSR {
		problem(w, 403, "join-token-spent", 0)
		return
	}
	c.csr = in.CSR
	block, _ := pem.Decode([]byte(in.CSR))
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || request.CheckSignature() != nil {
		problem(w, 422, "csr-invalid", 0)
		return
	}
	c.nodeCert = c.ca.sign(&x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: testNode},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, request.PublicKey)
	raw, _ := base64.StdEncoding.DecodeString(in.SealingKey)
	public, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		problem(w, 422, "sealing-key-invalid", 0)
		return
	}
	sealed, _ := seal.SealClusterKey(c.root, public, c.clusterID, testNode, nil, nil)
	c.sealed = base64.StdEncoding.EncodeToString(sealed)
	reply(w, r, 202, protocol.JoinReply{NodeID: testNode, ClusterID: c.clusterID})
}

func (c *control) joinState(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+c.token || r.PathValue("node") != testNode {
		problem(w, 403, "join-token-invalid", 0)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	reply(w, r, 200, protocol.JoinState{
		State: protocol.JoinReady, Certificate: c.nodeCert, SealedClusterKey: c.sealed, ClusterID: c.clusterID, HTTPPort: 80,
	})
}

func (c *control) changes(w http.ResponseWriter, r *http.Request) {
	after, err := protocol.ParsePosition(r.URL.Query().Get("after"))
	if err != nil {
		problem(w, 422, "position-invalid", 0)
		return
	}
	seconds, _ := strconv.Atoi(r.URL.Query().Get("wait"))
	deadline := time.NewTimer(time.Duration(seconds) * time.Second)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		epoch, oldest, changed, down := c.epoch, c.oldest, c.changed, c.down
		page := c.page(after)
		c.mu.Unlock()
		switch {
		case down:
			return
		case after != protocol.Position{} && after.Epoch != epoch:
			problem(w, 409, "epoch-changed", epoch)
			return
		case after != protocol.Position{} && after.Revision < oldest && !r.URL.Query().Has("snapshot"):
			problem(w, 410, "position-too-old", 0)
			return
		case page.Revision > after.Revision || after == protocol.Position{}:
			reply(w, r, 200, page)
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			reply(w, r, 200, page)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (c *control) page(after protocol.Position) protocol.Changes {
	page := protocol.Changes{Epoch: c.epoch, Revision: c.revision, Entries: []protocol.Entry{}, Answers: []protocol.Answer{}}
	for _, e := range c.entries {
		if e.Revision > after.Revision {
			page.Entries = append(page.Entries, e)
		}
	}
	slices.SortFunc(page.Entries, func(a, b protocol.Entry) int { return int(a.Revision - b.Revision) })
	for _, a := range c.answers {
		if a.Revision > after.Revision {
			page.Answers = append(page.Answers, a)
		}
	}
	if len(page.Entries) > c.pages {
		page.Entries = page.Entries[:c.pages]
		page.Revision = page.Entries[c.pages-1].Revision
		page.More = true
		page.Answers = slices.DeleteFunc(page.Answers, func(a protocol.Answer) bool { return a.Revision > page.Revision })
	}
	shareChains(&page)
	return page
}

// shareChains sends what stands above the leaves once a page.
func shareChains(page *protocol.Changes) {
	at := map[string]int{}
	for i := range page.Entries {
		if page.Entries[i].Certificate == nil {
			continue
		}
		certificate := *page.Entries[i].Certificate
		var above [][]byte
		for rest := []byte(certificate.Chain); len(rest) > 0; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			above = append(above, block.Bytes)
		}
		if len(above) == 0 {
			continue
		}
		certificate.Leaf, above = above[0], above[1:]
		key := string(bytes.Join(above, nil))
		number, ok := at[key]
		if !ok {
			number = len(page.Chains)
			at[key] = number
			page.Chains = append(page.Chains, above)
		}
		certificate.Chain, certificate.Issuers = "", &number
		page.Entries[i].Certificate = &certificate
	}
}

func (c *control) outline(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := protocol.Outline{Epoch: c.epoch, Revision: c.revision, EpochFrom: c.epochFrom, Names: []string{}, Answers: []protocol.Answer{}}
	for _, e := range c.entries {
		line := e.Hostname + " " + strconv.FormatInt(e.Revision, 10)
		if e.State == protocol.Removed {
			line += " removed"
		}
		out.Names = append(out.Names, line)
	}
	for _, a := range c.answers {
		out.Answers = append(out.Answers, a)
	}
	reply(w, r, 200, out)
}

func (c *control) listed(w http.ResponseWriter, r *http.Request) {
	var in protocol.EntriesRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Hostnames) > protocol.MostHostnames {
		problem(w, 422, "request-invalid", 0)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted = append(c.wanted, in.Hostnames...)
	out := protocol.Changes{Epoch: c.epoch, Revision: c.revision, Entries: []protocol.Entry{}, Answers: []protocol.Answer{}}
	for _, name := range in.Hostnames {
		if e, ok := c.entries[name]; ok {
			out.Entries = append(out.Entries, e)
		}
	}
	shareChains(&out)
	reply(w, r, 200, out)
}

func (c *control) acknowledge(w http.ResponseWriter, r *http.Request) {
	var ack protocol.Ack
	if err := json.NewDecoder(r.Body).Decode(&ack); err != nil {
		problem(w, 400, "malformed", 0)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acks = append(c.acks, ack)
	out := protocol.AckReply{ConfirmRemovals: c.confirm, Policy: c.policy}
	if ack.Epoch == c.epoch && ack.Revision == c.revision {
		matches := ack.Digest == c.digest()
		out.DigestMatches = &matches
	}
	reply(w, r, 200, out)
}

func (c *control) upgrade(w http.ResponseWriter, r *http.Request) {
	var in protocol.UpgradeRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		problem(w, 400, "malformed", 0)
		return
	}
	reply(w, r, 200, c.upgrades(in.Build))
}

// govern has nodes follow a policy from their next ack on.
func (c *control) govern(policy protocol.Policy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.policy = &policy
}

func (c *control) digest() string {
	var d protocol.Digest
	for _, e := range c.entries {
		if e.State != protocol.Removed {
			d ^= protocol.DigestOf(e.Hostname, e.Revision)
		}
	}
	return d.String()
}

func (c *control) answer(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	value, ok := c.onlyAsked[r.URL.Query().Get("hostname")+"/"+r.URL.Query().Get("token")]
	if !ok {
		problem(w, 404, "not-found", 0)
		return
	}
	reply(w, r, 200, protocol.AnswerReply{Value: value, ExpiresAt: time.Now().Add(time.Hour)})
}

// change commits: what it does gets the next revisions, and waiting polls are answered.
func (c *control) change(what func(next func() int64)) protocol.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	what(func() int64 { c.revision++; return c.revision })
	close(c.changed)
	c.changed = make(chan struct{})
	return protocol.Position{Epoch: c.epoch, Revision: c.revision}
}

// put writes entries with the next revisions.
func (c *control) put(entries ...protocol.Entry) protocol.Position {
	return c.change(func(next func() int64) {
		for _, e := range entries {
			e.Revision = next()
			c.entries[e.Hostname] = e
		}
	})
}

func (c *control) remove(names ...string) protocol.Position {
	return c.change(func(next func() int64) {
		for _, name := range names {
			e := c.entries[name]
			c.entries[name] = protocol.Entry{
				Hostname: name, Revision: next(), DomainID: e.DomainID, TeamID: e.TeamID, State: protocol.Removed,
			}
		}
	})
}

func (c *control) putAnswer(a protocol.Answer) protocol.Position {
	return c.change(func(next func() int64) {
		a.Revision = next()
		c.answers[a.Hostname+"/"+a.Token] = a
	})
}

func (c *control) lastAck() protocol.Ack {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.acks) == 0 {
		return protocol.Ack{}
	}
	return c.acks[len(c.acks)-1]
}

// authority issues certificates.
type authority struct {
	t           *testing.T
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	pem         string
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	a.certificate, _ = x509.ParseCertificate(der)
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template *x509.Certificate, public any) string {
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

var serial struct {
	sync.Mutex
	last int64
}

// issue makes a certificate for a name, with its chain.
func (a *authority) issue(name string, notAfter time.Time) (chain string, key *ecdsa.PrivateKey) {
	key = newKey(a.t)
	return a.issueFor(name, notAfter, key), key
}

func (a *authority) issueFor(name string, notAfter time.Time, key crypto.Signer) (chain string) {
	serial.Lock()
	serial.last++
	number := serial.last
	serial.Unlock()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(number), DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	return a.sign(template, key.Public()) + a.pem
}

// certificate makes what an entry carries: a fresh certificate with its sealed key.
func (c *control) certificate(a *authority, name string) *protocol.Certificate {
	chain, key := a.issue(name, time.Now().Add(12*time.Hour))
	return c.withKey(chain, key, name)
}

func (c *control) withKey(chain string, key crypto.Signer, name string) *protocol.Certificate {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		c.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(chain))
	id := "cer_" + base64.RawURLEncoding.EncodeToString(sum[:9])
	return &protocol.Certificate{
		ID: id, Chain: chain, SealedKey: base64.StdEncoding.EncodeToString(c.key.SealPrivateKey(der, id, name, nil)),
	}
}
