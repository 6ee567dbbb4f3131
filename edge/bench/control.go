package bench

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/seal"
)

const (
	nodeID    = "nod_bench"
	clusterID = "clu_bench"
	teamID    = "tea_01k00000000000000000000bench"
)

// Control is a control plane whose record is material: the name with number i has revision i+1, and as many more for each
// time that all were replaced. It speaks /edge/v1 over mutual TLS, so that a node cannot tell it from the real one.
type Control struct {
	Token string // with which a node joins
	URL   string

	material *Material
	names    int
	origin   protocol.Origin
	ca       *authority
	server   *http.Server
	key      *seal.ClusterKey

	mu        sync.Mutex
	nodeChain string
	sealed    string
	record    record
	next      record        // what was prepared
	compare   bool          // the node has to be told to compare everything
	news      chan struct{} // closed when it has
	agreed    chan struct{} // closed when it reports the record's position and digest after that
}

// record is what all names have in common.
type record struct {
	replaced int // how many times
	last     int64
	digest   string
	ready    ready
}

// ready is what is answered to a node that compares everything, written before it is asked for: the control plane would
// have a machine of its own, and here its work would be taken for the node's.
type ready struct {
	outline []byte
	pages   [][]byte
}

func newRecord(names, replaced int) record {
	r := record{replaced: replaced, last: int64(names) * int64(replaced+1)}
	var digest protocol.Digest
	for i := range names {
		digest ^= protocol.DigestOf(NameOf(i), r.revision(names, i))
	}
	r.digest = digest.String()
	return r
}

func (r record) revision(names, i int) int64 { return int64(names)*int64(r.replaced) + int64(i) + 1 }

// NewControl listens at an address and hands out so many names of the material, all of one team and
// served from one origin.
func NewControl(material *Material, names int, address string, origin *net.TCPAddr) (*Control, error) {
	if names > material.Names {
		return nil, errors.New("bench: fewer names than asked for")
	}
	c := &Control{
		material: material, names: names,
		origin: protocol.Origin{Scheme: "http", Host: origin.IP.String(), Port: origin.Port, HostHeader: protocol.HostOfVisitor},
	}
	c.record, c.news = newRecord(names, 0), make(chan struct{})
	c.next = c.record
	var err error
	if c.key, err = seal.NewClusterKey(material.root); err != nil {
		return nil, err
	}
	if c.ca, err = newAuthority(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	config, err := c.tls()
	if err != nil {
		return nil, err
	}
	c.URL = "https://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /edge/v1/join", c.join)
	mux.HandleFunc("GET /edge/v1/join/{node}", c.joinState)
	mux.HandleFunc("GET /edge/v1/changes", member(c.changes))
	mux.HandleFunc("GET /edge/v1/outline", member(c.outline))
	mux.HandleFunc("POST /edge/v1/entries", member(c.some))
	mux.HandleFunc("POST /edge/v1/acks", member(c.acknowledge))
	mux.HandleFunc("POST /prepare", c.prepare)
	mux.HandleFunc("POST /compare", c.haveCompared)
	mux.HandleFunc("GET /edge/v1/answer", member(func(w http.ResponseWriter, _ *http.Request) { problem(w, 404, "not-found") }))
	c.server = &http.Server{Handler: mux, TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0)} // ends of nodes
	go func() { _ = c.server.ServeTLS(listener, "", "") }()                                        // until Close
	return c, nil
}

// Close stops listening.
func (c *Control) Close() error { return c.server.Close() }

func (c *Control) tls() (*tls.Config, error) {
	chain, key, err := c.ca.pair("control.invalid")
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair([]byte(chain), []byte(key))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(pair.Certificate[0])
	c.Token = "npj_" + rand.Text() + "." + base64.RawURLEncoding.EncodeToString(sum[:])
	pool := x509.NewCertPool()
	pool.AddCert(c.ca.certificate)
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13,
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool,
	}, nil
}

func member(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) == 0 || r.TLS.PeerCertificates[0].Subject.CommonName != nodeID {
			problem(w, 403, "node-unknown")
			return
		}
		next(w, r)
	}
}

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(protocol.Problem{Type: "https://nameplate.example/problems/" + code, Status: status})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a node that is gone asks again
}

func (c *Control) join(w http.ResponseWriter, r *http.Request) {
	var in protocol.JoinRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Token != c.Token {
		problem(w, 403, "join-token-invalid")
		return
	}
	chain, sealed, err := c.sign(&in)
	if err != nil {
		problem(w, 422, "csr-invalid")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodeChain, c.sealed = chain, sealed
	reply(w, 202, protocol.JoinReply{NodeID: nodeID, ClusterID: clusterID})
}

func (c *Control) sign(in *protocol.JoinRequest) (chain, sealedKey string, err error) {
	block, _ := pem.Decode([]byte(in.CSR))
	if block == nil {
		return "", "", errors.New("no PEM")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return "", "", err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: nodeID},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(lifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, c.ca.certificate, request.PublicKey, c.ca.key)
	if err != nil {
		return "", "", err
	}
	raw, err := base64.StdEncoding.DecodeString(in.SealingKey)
	if err != nil {
		return "", "", err
	}
	public, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		return "", "", err
	}
	sealed, err := seal.SealClusterKey(c.material.root, public, clusterID, nodeID, nil, nil)
	return certificatePEM(der), base64.StdEncoding.EncodeToString(sealed), err
}

func (c *Control) joinState(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+c.Token || r.PathValue("node") != nodeID {
		problem(w, 403, "join-token-invalid")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	reply(w, 200, protocol.JoinState{
		State: protocol.JoinReady, Certificate: c.nodeChain, SealedClusterKey: c.sealed, ClusterID: clusterID, HTTPPort: 80,
	})
}

func (c *Control) changes(w http.ResponseWriter, r *http.Request) {
	after, err := protocol.ParsePosition(r.URL.Query().Get("after"))
	if err != nil {
		problem(w, 422, "position-invalid")
		return
	}
	c.mu.Lock()
	record, news, compare := c.record, c.news, c.compare
	c.mu.Unlock()
	snapshot := r.URL.Query().Has("snapshot")
	if compare && !snapshot {
		problem(w, 410, "position-gone")
		return
	}
	from := int(max(0, after.Revision-record.revision(c.names, 0)+1))
	if from >= c.names {
		seconds, _ := strconv.Atoi(r.URL.Query().Get("wait"))
		select {
		case <-time.After(time.Duration(seconds) * time.Second):
		case <-news:
			problem(w, 410, "position-gone")
			return
		case <-r.Context().Done():
			return
		}
		reply(w, 200, protocol.Changes{Epoch: 1, Revision: record.last, Entries: []protocol.Entry{}, Answers: []protocol.Answer{}})
		return
	}
	if record.ready.pages != nil && from%pageSize == 0 {
		written(w, record.ready.pages[from/pageSize])
		return
	}
	page, err := c.page(record, from)
	c.send(w, page, err)
}

// page is what comes from a name on.
func (c *Control) page(record record, from int) (*protocol.Changes, error) {
	to := min(from+pageSize, c.names)
	return c.part(record, from, to, protocol.Changes{Revision: record.revision(c.names, to-1), More: to < c.names})
}

// part is some of the names, at the position that out says.
func (c *Control) part(record record, from, to int, out protocol.Changes) (*protocol.Changes, error) {
	out.Epoch, out.Answers, out.Chains = 1, []protocol.Answer{}, [][][]byte{{c.material.issuer}} // above all leaves
	var err error
	out.Entries, err = c.entries(record, from, to)
	return &out, err
}

func (c *Control) send(w http.ResponseWriter, page *protocol.Changes, err error) {
	if err != nil {
		problem(w, 500, "internal")
		return
	}
	reply(w, 200, page)
}

func written(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a node that is gone asks again
}

func (c *Control) entries(record record, from, to int) ([]protocol.Entry, error) {
	out := make([]protocol.Entry, 0, to-from)
	for page := from / pageSize; page*pageSize < to; page++ {
		if err := c.material.page(page, func(i int, leaf, sealed []byte) {
			if i >= from && i < to {
				out = append(out, c.entry(record, i, leaf, sealed))
			}
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// some answers with names that the node asks for, which come in the outline's order, one after the other.
func (c *Control) some(w http.ResponseWriter, r *http.Request) {
	var in protocol.EntriesRequest
	first := 0
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Hostnames) == 0 {
		problem(w, 400, "malformed")
		return
	}
	if _, err := fmt.Sscanf(in.Hostnames[0], nameFormat, &first); err != nil {
		problem(w, 422, "hostname-invalid")
		return
	}
	c.mu.Lock()
	record := c.record
	c.mu.Unlock()
	page, err := c.part(record, first, min(first+len(in.Hostnames), c.names), protocol.Changes{Revision: record.last})
	c.send(w, page, err)
}

func (c *Control) entry(record record, i int, leaf, sealed []byte) protocol.Entry {
	id := certificateOf(i)
	if record.replaced > 0 { // the key is the same, but a node has to open and compare it
		key, err := c.key.OpenPrivateKey(sealed, id, NameOf(i))
		if err == nil {
			id += "r" + strconv.Itoa(record.replaced)
			sealed = c.key.SealPrivateKey(key, id, NameOf(i), nil)
		} // else the node says that it does not open
	}
	return protocol.Entry{
		Hostname: NameOf(i), Revision: record.revision(c.names, i), DomainID: domainOf(i), TeamID: teamID, State: protocol.Serving, Origin: &c.origin,
		Certificate: &protocol.Certificate{
			ID: id, Leaf: bytes.Clone(leaf), Issuers: new(int), SealedKey: base64.StdEncoding.EncodeToString(sealed),
		},
	}
}

func (c *Control) outline(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	record := c.record
	c.compare = false
	c.mu.Unlock()
	if record.ready.outline != nil {
		written(w, record.ready.outline)
		return
	}
	reply(w, 200, c.outlineOf(record))
}

func (c *Control) outlineOf(record record) protocol.Outline {
	out := protocol.Outline{Epoch: 1, Revision: record.last, Names: make([]string, c.names), Answers: []protocol.Answer{}}
	for i := range out.Names {
		out.Names[i] = NameOf(i) + " " + strconv.FormatInt(record.revision(c.names, i), 10)
	}
	return out
}

func (c *Control) acknowledge(w http.ResponseWriter, r *http.Request) {
	var ack protocol.Ack
	if err := json.NewDecoder(r.Body).Decode(&ack); err != nil {
		problem(w, 400, "malformed")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var out protocol.AckReply
	if ack.Revision == c.record.last {
		matches := ack.Digest == c.record.digest
		out.DigestMatches = &matches
		if matches && !c.compare && c.agreed != nil {
			close(c.agreed)
			c.agreed = nil
		}
	}
	reply(w, 200, out)
}

// prepare writes what the node will be answered when it compares everything next. With replaced=1 all names have other
// certificates then.
func (c *Control) prepare(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	next := c.record
	c.mu.Unlock()
	replaced := r.URL.Query().Has("replaced")
	if replaced {
		next = newRecord(c.names, next.replaced+1)
	}
	var err error
	if next.ready, err = c.write(next, replaced); err != nil {
		problem(w, 500, "internal")
		return
	}
	c.mu.Lock()
	c.next = next
	c.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (c *Control) write(record record, pages bool) (out ready, err error) {
	if out.outline, err = json.Marshal(c.outlineOf(record)); err != nil || !pages {
		return out, err
	}
	for from := 0; from < c.names; from += pageSize {
		page, err := c.page(record, from)
		if err != nil {
			return ready{}, err
		}
		text, err := json.Marshal(page)
		if err != nil {
			return ready{}, err
		}
		out.pages = append(out.pages, text)
	}
	return out, nil
}

// haveCompared has the node compare everything with what was prepared, and answers when it holds that.
func (c *Control) haveCompared(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	agreed := make(chan struct{})
	c.record, c.agreed, c.compare = c.next, agreed, true
	close(c.news)
	c.news = make(chan struct{})
	c.mu.Unlock()
	select {
	case <-agreed:
		w.WriteHeader(http.StatusNoContent)
	case <-r.Context().Done():
	}
}
