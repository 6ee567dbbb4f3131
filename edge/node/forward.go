package node

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// errUnaskedUpgrade means that an origin switched protocols although nobody asked it to.
var errUnaskedUpgrade = errors.New("node: the origin switched protocols unasked")

// simple reports whether a request is one of the plain kind that most are: no body, no upgrade, nothing
// that is between two servers only. The node passes those on itself (forward); the web server's
// reverse proxy, which can do all of the others, spends much of its time on what they do not need.
func simple(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.ContentLength != 0 || !r.TLS.HandshakeComplete {
		return false
	}
	for _, name := range uncommon {
		if r.Header[name] != nil {
			return false
		}
	}
	for _, value := range r.Header["Connection"] {
		if !strings.EqualFold(value, "keep-alive") && !strings.EqualFold(value, "close") {
			return false
		}
	}
	return true
}

var uncommon = []string{"Upgrade", "Expect", "Te", "Trailer", "Transfer-Encoding", "Incremental", ":protocol"}

// betweenServers reports whether a header field is for the next server alone, and not passed on.
func betweenServers(name string) bool {
	switch name {
	case "Alt-Svc", "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	default:
		return false
	}
}

// forward passes a simple request on and its answer back. What origins and visitors see is what the
// reverse proxy would have shown them. An error comes before anything was written.
func (n *Node) forward(w http.ResponseWriter, r *http.Request, x *exchange) error {
	early := &earlyHints{w: w}
	x.Context = httptrace.WithClientTrace(x.Context, &httptrace.ClientTrace{Got1xxResponse: early.pass})
	response, err := n.RoundTrip(n.outgoing(r, x))
	early.end()
	if err != nil {
		if errors.Is(err, context.Canceled) {
			w.WriteHeader(499) // nobody reads it: the visitor has left
			return nil
		}
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		x.status = 0
		return errUnaskedUpgrade
	}
	answer(w, response)
	return nil
}

// outgoing is the request as the origin gets it.
func (n *Node) outgoing(r *http.Request, x *exchange) *http.Request {
	out := r.WithContext(x)
	out.URL = &url.URL{
		Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery,
		Opaque: r.URL.Opaque, OmitHost: r.URL.OmitHost,
	}
	out.Body, out.Trailer, out.Close = nil, nil, false
	header := make(http.Header, len(r.Header)+6)
	for name, values := range r.Header {
		if !betweenServers(name) && !saysTheWay(name) {
			header[name] = values
		}
	}
	if header["User-Agent"] == nil {
		header["User-Agent"] = noUserAgent
	}
	values := make([]string, 0, 4) // one allocation for what is added
	add := func(name, value string) {
		if held := header[name]; held != nil {
			header[name] = append(held[:len(held):len(held)], value) // never into the visitor's own
			return
		}
		values = append(values, value)
		header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	add(headerLoop, n.loopID())
	if ip, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		ip, _, _ = strings.Cut(ip, "%")
		add("X-Forwarded-For", ip)
		header["X-Forwarded-Proto"] = schemeHTTPS
		add("X-Forwarded-Host", r.Host)
	}
	add("Via", viaOf(r.ProtoMajor, r.ProtoMinor))
	out.Header = header
	return out
}

// Values that are the same for all; never changed.
var (
	noUserAgent = []string{""} // keeps net/http from adding its own
	schemeHTTPS = []string{"https"}
)

func viaOf(major, minor int) string {
	switch {
	case major == 1 && minor == 1:
		return "1.1 Caddy"
	case major == 2:
		return "2.0 Caddy"
	default:
		return strconv.Itoa(major) + "." + strconv.Itoa(minor) + " Caddy"
	}
}

// forgetNominated removes the fields that the Connection field names (RFC 9110 section 7.6.1).
func forgetNominated(header http.Header) {
	for _, value := range header["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			if name = textproto.TrimString(name); name != "" {
				header.Del(name)
			}
		}
	}
}

// answer passes the origin's answer back.
func answer(w http.ResponseWriter, response *http.Response) {
	forgetNominated(response.Header)
	header := w.Header()
	delete(header, "Server") // the origin's counts
	header["Via"] = append(header["Via"], viaOf(response.ProtoMajor, response.ProtoMinor))
	for name, values := range response.Header {
		switch held := header[name]; {
		case betweenServers(name):
		case held == nil:
			header[name] = values
		default:
			header[name] = append(held[:len(held):len(held)], values...)
		}
	}
	announced := len(response.Trailer)
	if announced > 0 {
		names := make([]string, 0, announced)
		for name := range response.Trailer {
			names = append(names, name)
		}
		header.Add("Trailer", strings.Join(names, ", "))
	}
	w.WriteHeader(response.StatusCode)
	if err := copyBody(w, response); err != nil {
		// The status is out already. The visitor learns that something is missing from how the connection ends.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	passTrailers(w, response, announced)
}

func passTrailers(w http.ResponseWriter, response *http.Response, announced int) {
	if len(response.Trailer) == 0 {
		return
	}
	// Without a flush, net/http would give a short answer a length, and an answer with one has no trailers.
	_ = http.NewResponseController(w).Flush()
	prefix := ""
	if len(response.Trailer) != announced {
		prefix = http.TrailerPrefix
	}
	for name, values := range response.Trailer {
		for _, value := range values {
			w.Header().Add(prefix+name, value)
		}
	}
}

// Buffers for bodies. Long ones are as long as what the web server writes under one deadline: half as many
// reads, deadlines and, in HTTP/2, hand-overs to the connection's own goroutine take some 6 % off a body of 1 MB.
const shortBody, longBody = 32 << 10, 64 << 10

var (
	shortBuffers = sync.Pool{New: func() any { b := make([]byte, shortBody); return &b }}
	longBuffers  = sync.Pool{New: func() any { b := make([]byte, longBody); return &b }}
)

// copyBody passes a body on as it comes: an answer without a length at once, since it may be a stream.
// It reads to the end, so that the trailers are there.
func copyBody(w http.ResponseWriter, response *http.Response) error {
	if response.Body == http.NoBody {
		return nil
	}
	flush := func() error { return nil }
	if isStream(response) {
		flush = http.NewResponseController(w).Flush
		if err := flush(); err != nil {
			return err
		}
	}
	buffers := &shortBuffers
	if response.ContentLength > shortBody {
		buffers = &longBuffers
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		length, err := response.Body.Read(*buffer)
		if length > 0 {
			if _, err := w.Write((*buffer)[:length]); err != nil {
				return err
			}
			if err := flush(); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

func isStream(response *http.Response) bool {
	if response.ContentLength == -1 || response.Header["Incremental"] != nil {
		return true
	}
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/event-stream")
}

// earlyHints passes answers of the 1xx kind on, for as long as there is no other.
type earlyHints struct {
	w http.ResponseWriter

	mu   sync.Mutex
	over bool
}

func (e *earlyHints) end() {
	e.mu.Lock()
	e.over = true
	e.mu.Unlock()
}

func (e *earlyHints) pass(code int, header textproto.MIMEHeader) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return nil
	}
	own := e.w.Header()
	before := own.Clone()
	forgetNominated(http.Header(header))
	for name, values := range header {
		if !betweenServers(name) {
			own[name] = append(own[name], values...)
		}
	}
	e.w.WriteHeader(code)
	clear(own)
	maps.Copy(own, before)
	return nil
}
