package node

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"nameplate.io/edge/challenge"
	"nameplate.io/edge/hostname"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/probe"
	"nameplate.io/edge/reach"
	"nameplate.io/edge/table"
)

// The values of Nameplate-Edge-Error.
const (
	errorUnreachable    = "origin-unreachable"
	errorTLS            = "origin-tls"
	errorRefusedAddress = "origin-refused-address"
	errorTimeout        = "origin-timeout"
	errorSuspended      = "suspended"
	errorUnknownName    = "unknown-name"
	errorLoop           = "loop"
)

const headerLoop = "Cdn-Loop" // RFC 8586, in canonical form

// exchange is what the node knows of one request on its way to an origin and back. It is the
// request's context too, so that one allocation and one copy of the request carry it there.
type exchange struct {
	context.Context // of the request
	passage         origin.Passage
	status          int // of the origin's answer; 0 until there is one

	// offered is set for a body that the visitor sends only when asked to (Expect: 100-continue).
	offered *offeredBody
}

// offeredBody knows whether its body was asked for, and can say to the visitor that it will not be.
type offeredBody struct {
	io.ReadCloser
	asked  atomic.Bool
	header http.Header // of the answer
}

func (b *offeredBody) Read(p []byte) (int, error) {
	b.asked.Store(true)
	return b.ReadCloser.Read(p)
}

type exchangeKey struct{}

// Value implements context.Context.
func (x *exchange) Value(key any) any {
	switch key.(type) {
	case exchangeKey:
		return x
	case origin.PassageKey:
		return &x.passage
	default:
		return x.Context.Value(key)
	}
}

var closes = []string{"close"}

// Next passes a request on to the origin, by way of RoundTrip.
type Next interface {
	ServeHTTP(w http.ResponseWriter, r *http.Request) error
}

// ServeHTTP answers a request that came by HTTPS, or has it passed to its origin.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request, next Next) error {
	name, e, answered := n.begin(w, r)
	if answered {
		return nil
	}
	if n.altSvc != nil {
		n.fixAltSvc(w.Header())
	}
	asked := n.probed(r, name)
	if asked {
		w.Header().Set(probe.HeaderNode, n.NodeID())
		if e != nil {
			w.Header().Set(probe.HeaderDomain, e.Domain)
			w.Header().Set(probe.HeaderRevision, strconv.FormatInt(e.Revision, 10))
		}
	}
	if n.misdirected(r, name, e) {
		writePage(w, misdirectedPage)
		return nil
	}
	switch {
	case e == nil:
		own(w, asked, errorUnknownName, unknownPage)
		return nil
	case e.State == table.Suspended:
		own(w, asked, errorSuspended, suspendedPage)
		n.count(e, http.StatusServiceUnavailable)
		return nil
	case n.looping(r.Header):
		own(w, asked, errorLoop, loopPage)
		n.count(e, http.StatusLoopDetected)
		return nil
	}
	return n.proxy(w, r, e, asked, next)
}

// ServePlain answers a request that came by HTTP: names that are served move to HTTPS.
func (n *Node) ServePlain(w http.ResponseWriter, r *http.Request) {
	_, e, answered := n.begin(w, r)
	switch {
	case answered:
	case e == nil:
		writePage(w, unknownPage)
	case e.State == table.Suspended:
		writePage(w, suspendedPage)
		n.count(e, http.StatusServiceUnavailable)
	default:
		w.Header()["Location"] = []string{n.secureAddress(e.Name, r)}
		w.WriteHeader(http.StatusPermanentRedirect)
		n.count(e, http.StatusPermanentRedirect)
	}
}

// secureAddress is where a request goes by HTTPS.
func (n *Node) secureAddress(name string, r *http.Request) string {
	target := r.URL.RequestURI()
	if !strings.HasPrefix(target, "/") {
		target = "/"
	}
	if n.httpsPort == 443 {
		return "https://" + name + target
	}
	return "https://" + name + ":" + strconv.Itoa(n.httpsPort) + target
}

// begin is what all requests have in common. It returns the name that is asked for and its entry if that is served, or
// true if it has answered by itself.
func (n *Node) begin(w http.ResponseWriter, r *http.Request) (name string, e *table.Entry, answered bool) {
	if n.draining.Load() && r.ProtoMajor < 3 && r.Header["Upgrade"] == nil {
		w.Header()["Connection"] = closes // in HTTP/2 a GOAWAY; the next request goes to a process that stays
	}
	name, ok := hostname.OfHost(r.Host)
	if strings.HasPrefix(r.URL.Path, "/.well-known/") && n.serveWellKnown(w, r, name, ok) {
		return name, nil, true
	}
	if ok {
		e = n.Replica.Table.Find(name)
	}
	if e != nil && e.State >= table.Unserved {
		e = nil
	}
	return name, e, false
}

func (n *Node) proxy(w http.ResponseWriter, r *http.Request, e *table.Entry, asked bool, next Next) error {
	n.open.Add(1)
	x := &exchange{Context: r.Context(), passage: origin.Passage{Origin: e.Origin}}
	defer func() {
		n.open.Add(-1)
		n.count(e, x.status)
		if x.status >= http.StatusInternalServerError {
			n.failures.Add(1)
		}
	}()
	var err error
	if simple(r) {
		err = n.forward(w, r, x)
	} else {
		err = n.forwardAny(w, r, x, next)
	}
	if err == nil {
		return nil
	}
	code, page := classify(err)
	own(w, asked, code, page)
	x.status = page.status
	return nil
}

// forwardAny leaves a request to the reverse proxy.
func (n *Node) forwardAny(w http.ResponseWriter, r *http.Request, x *exchange, next Next) error {
	if r.ProtoMajor == 1 && r.Body != nil && r.Header["Expect"] != nil {
		x.offered = &offeredBody{ReadCloser: r.Body, header: w.Header()}
		r.Body = x.offered
	}
	forgetForwarding(r.Header)
	r.Header[headerLoop] = append(r.Header[headerLoop], n.loopID())
	return next.ServeHTTP(w, r.WithContext(x))
}

// RoundTrip sends a request to the origin of the entry it was looked up for.
func (n *Node) RoundTrip(r *http.Request) (*http.Response, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("node: a request came without its entry")
	}
	response, err := n.Origins.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	x.status = response.StatusCode
	if x.offered != nil && !x.offered.asked.Load() {
		// The server would wait for a body that nobody asked for before it passes the answer on.
		x.offered.header["Connection"] = []string{"close"}
	}
	// Only the node itself speaks of nodes.
	for _, name := range []string{probe.HeaderNode, probe.HeaderDomain, probe.HeaderRevision, probe.HeaderError} {
		delete(response.Header, name)
	}
	return response, nil
}

func (n *Node) serveWellKnown(w http.ResponseWriter, r *http.Request, name string, ok bool) bool {
	if token, is := challenge.TokenIn(r.URL.Path); is {
		n.serveChallenge(w, r, name, token)
		return true
	}
	if !strings.HasPrefix(r.URL.Path, reach.PathPrefix) {
		return false
	}
	nonce, is := reach.NonceIn(r.URL.Path)
	m := n.member.Load()
	if !is || !ok || m == nil {
		w.WriteHeader(http.StatusNotFound)
		return true
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(reach.Reply(m.key, name, nonce, m.node))
	return true
}

// misdirected reports whether the connection was opened for a name of another team.
func (n *Node) misdirected(r *http.Request, name string, e *table.Entry) bool {
	opened, ok := hostname.Normalize(r.TLS.ServerName)
	if !ok {
		return true
	}
	if opened == name || e == nil {
		return false
	}
	under := n.Replica.Table.Find(opened)
	return under == nil || under.Team != e.Team
}

// probed reports whether the request is a probe, and hides from the origin that it may be.
func (n *Node) probed(r *http.Request, name string) bool {
	values := r.Header[probe.Header]
	if values == nil {
		return false
	}
	delete(r.Header, probe.Header)
	return len(values) == 1 && probe.Genuine(values[0], n.key(), name, n.clock())
}

func (n *Node) looping(header http.Header) bool {
	values := header[headerLoop]
	if values == nil {
		return false
	}
	mine := n.loopID()
	for _, value := range values {
		for id := range strings.SplitSeq(value, ",") {
			id, _, _ = strings.Cut(id, ";")
			if strings.EqualFold(strings.TrimSpace(id), mine) {
				return true
			}
		}
	}
	return false
}

// loopID is what the cluster adds to CDN-Loop.
func (n *Node) loopID() string {
	if m := n.member.Load(); m != nil {
		return m.loop
	}
	return "nameplate"
}

// forgetForwarding removes what a visitor says about the way it came. The proxy adds its own
// X-Forwarded-For, -Proto and -Host afterwards.
func forgetForwarding(header http.Header) {
	for name := range header {
		if saysTheWay(name) {
			delete(header, name)
		}
	}
}

// saysTheWay knows the fields in canonical form, as the web server hands them over.
func saysTheWay(name string) bool {
	switch name {
	case "Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Originating-Ip", "X-Remote-Ip",
		"X-Remote-Addr", "X-Host", "X-Original-Url", "X-Original-Host", "X-Rewrite-Url", "X-Http-Host-Override",
		"True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Url-Scheme", "Front-End-Https":
		return true
	default:
		return strings.HasPrefix(name, "X-Forwarded")
	}
}

// fixAltSvc corrects the web server, which says at which port it listens: visitors come to the public one.
func (n *Node) fixAltSvc(header http.Header) {
	if _, ok := header["Alt-Svc"]; ok {
		header["Alt-Svc"] = n.altSvc
	}
}

func classify(err error) (code string, page page) {
	var timeout net.Error
	var tlsError *origin.TLSError
	switch {
	case errors.Is(err, origin.ErrRefusedAddress):
		return errorRefusedAddress, unreachablePage
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errorTimeout, timeoutPage
	case errors.As(err, &tlsError):
		return errorTLS, unreachablePage
	default:
		return errorUnreachable, unreachablePage
	}
}
