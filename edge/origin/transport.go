package origin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"
)

const (
	dialTimeout      = 5 * time.Second  // for all of an origin's addresses together
	addressTimeout   = 2 * time.Second  // for one of several addresses
	handshakeTimeout = 5 * time.Second  // the origin's TLS
	headerTimeout    = 60 * time.Second // from the request sent to the response's headers
	idleTimeout      = 90 * time.Second // an unused connection
	idlePerOrigin    = 64               // unused connections kept per pool
	idleInAll        = 8192             // unused connections kept by the node
	pingAfter        = 15 * time.Second // an HTTP/2 connection silent for so long is asked whether it lives
	pingTimeout      = 5 * time.Second
	maxHeaderBytes   = 1 << 20 // of a response
)

// ErrRefusedAddress means that the origin has no address that may be dialled.
var ErrRefusedAddress = errors.New("origin: address refused")

// TLSError means that the origin's TLS failed, or its certificate is not for the name.
type TLSError struct{ Err error }

func (e *TLSError) Error() string { return "origin: tls: " + e.Err.Error() }
func (e *TLSError) Unwrap() error { return e.Err }

// Lookup resolves a name to its addresses.
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// ResolverAt is a Lookup that asks the DNS server at the address (host:port); empty means the system's.
func ResolverAt(server string) Lookup {
	resolver := &net.Resolver{PreferGo: true}
	if server != "" {
		var dialer net.Dialer
		resolver.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, server)
		}
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		// The dot keeps search domains of the machine out of it.
		return resolver.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, ".")+".")
	}
}

// Transport sends requests to origins over kept connections. It is safe for concurrent use.
type Transport struct {
	rules  Rules
	lookup Lookup
	roots  *x509.CertPool
	http   *http.Transport
}

// Passage is one request's way to its origin. The request's context holds it, as a pointer, under
// PassageKey; a connection that is opened for the request finds it there. It serves one request only.
type Passage struct {
	Origin *Origin

	onlyH1 bool // set before the request is sent
}

// PassageKey is the key of a context's Passage.
type PassageKey struct{}

// NewTransport makes a Transport. Nil roots mean the system's.
func NewTransport(rules Rules, lookup Lookup, roots *x509.CertPool) *Transport {
	t := &Transport{rules: rules, lookup: lookup, roots: roots}
	t.http = &http.Transport{
		DialContext:            t.dial,
		DialTLSContext:         t.dialTLS,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // bodies pass as they are
		MaxIdleConns:           idleInAll,
		MaxIdleConnsPerHost:    idlePerOrigin,
		IdleConnTimeout:        idleTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
	}
	return t
}

var errNoPassage = errors.New("origin: a request without its passage")

// RoundTrip sends the request to the origin of its Passage. It changes the request's URL and Host,
// which must be the caller's own copies.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	to, ok := req.Context().Value(PassageKey{}).(*Passage)
	if !ok {
		return nil, errNoPassage
	}
	o := to.Origin
	req.URL.Scheme, req.URL.Host = "http", o.pool
	if o.HTTPS {
		req.URL.Scheme = "https"
	}
	if o.Path != "" {
		below(o.Path, req.URL)
	}
	if o.OwnHost {
		req.Host = o.authority
	}
	to.onlyH1 = isWebSocket(req.Header)
	return t.http.RoundTrip(req)
}

// below moves a URL under the base path, which is escaped as on the wire. Dot segments are resolved first, so that none leads out of it.
func below(base string, u *url.URL) {
	if strings.Contains(u.Path, "/.") {
		clean := path.Clean(u.Path)
		if strings.HasSuffix(u.Path, "/") && clean != "/" {
			clean += "/"
		}
		if clean != u.Path {
			u.Path, u.RawPath = clean, ""
		}
	}
	plain, err := url.PathUnescape(base)
	if err != nil {
		plain = base // New lets none such through
	}
	if u.RawPath != "" || len(plain) != len(base) {
		u.RawPath = base + u.EscapedPath()
	}
	u.Path = plain + u.Path
}

// CloseIdleConnections closes what is not in use.
func (t *Transport) CloseIdleConnections() { t.http.CloseIdleConnections() }

func isWebSocket(header http.Header) bool {
	upgrade := header["Upgrade"]
	return len(upgrade) > 0 && strings.EqualFold(upgrade[0], "websocket")
}

func (t *Transport) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	to, ok := ctx.Value(PassageKey{}).(*Passage)
	if !ok {
		return nil, errNoPassage
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	addresses, err := t.allowed(ctx, to.Origin.Host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	if len(addresses) > 1 {
		dialer.Timeout = addressTimeout
	}
	for _, address := range addresses {
		var conn net.Conn
		conn, err = dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(address, to.Origin.Port).String())
		if err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// allowed returns the addresses of the host that may be dialled, at least one.
func (t *Transport) allowed(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses := make([]netip.Addr, 0, 1)
	if literal, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, literal)
	} else if addresses, err = t.lookup(ctx, host); err != nil {
		return nil, err
	}
	allowed := addresses[:0]
	for _, address := range addresses {
		if t.rules.Allows(address) {
			allowed = append(allowed, address.Unmap())
		}
	}
	if len(allowed) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrRefusedAddress, host)
	}
	return allowed, nil
}

func (t *Transport) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := t.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	to := ctx.Value(PassageKey{}).(*Passage)
	config := &tls.Config{ServerName: to.Origin.ServerName, RootCAs: t.roots, NextProtos: []string{"h2", "http/1.1"}}
	if to.onlyH1 {
		config.NextProtos = []string{"http/1.1"}
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &TLSError{err}
	}
	return secured, nil
}
