package caddynode

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"nameplate.io/edge/protocol"
)

func TestJoinsAndServesWhatIsPut(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	got := e.get("https://shop.acme.com/")
	if got.status != 200 || got.body != "hello" {
		t.Errorf("%d %q (expected: 200 hello)", got.status, got.body)
	}
	eventually(t, "an ack of the newest position with the right digest", 2*time.Minute, func() bool {
		ack := e.control.lastAck()
		return ack.Revision == 1 && ack.Digest == e.control.digest() && ack.Names == 1 && ack.Certificates == 1 && ack.Ready
	})
}

func TestServesOneNameInEverySpelling(t *testing.T) {
	e := started(t)
	e.put(e.entry("xn--bcher-kva.acme.com", saying(t, "hello")))
	for _, host := range []string{"XN--BCHER-KVA.Acme.COM", "xn--bcher-kva.acme.com.", "xn--bcher-kva.acme.com:443", "bücher.acme.com"} {
		if got := e.get("https://xn--bcher-kva.acme.com/", "Host", host); got.body != "hello" {
			t.Errorf("Host %q: %d %q (expected: hello)", host, got.status, got.body)
		}
	}
}

func TestShowsTheNewCertificateAtTheNextHandshake(t *testing.T) {
	e := started(t)
	entry := e.entry("shop.acme.com", saying(t, "hello"))
	e.put(entry)
	sessions := tls.NewLRUClientSessionCache(4)
	dial := func() (serial string, resumed bool) {
		conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress,
			&tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), ClientSessionCache: sessions, NextProtos: []string{"http/1.1"}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// The tickets of TLS 1.3 come with the first answer.
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: shop.acme.com\r\nConnection: close\r\n\r\n")
		_, _ = io.ReadAll(conn)
		state := conn.ConnectionState()
		return state.PeerCertificates[0].SerialNumber.String(), state.DidResume
	}
	first, _ := dial()
	if again, resumed := dial(); again != first || !resumed {
		t.Errorf("certificate %s, resumed %v (expected: %s, resumed)", again, resumed, first)
	}
	entry.Certificate = e.control.certificate(e.ca, "shop.acme.com")
	e.put(entry)
	if second, resumed := dial(); second == first || resumed {
		t.Errorf("certificate %s, resumed %v (expected: another than %s, not resumed)", second, resumed, first)
	}
}

func TestRefusesUnknownAndRemovedNames(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	expectRefused := func(name string) {
		t.Helper()
		if _, err := e.handshake(name); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
			t.Errorf("%s: %v (expected: unrecognized name)", name, err)
		}
	}
	expectRefused("other.acme.com")
	e.reached(e.control.remove("shop.acme.com"))
	expectRefused("shop.acme.com")
	if got := e.get("http://shop.acme.com/"); got.status != 404 {
		t.Errorf("over HTTP: %d (expected: 404)", got.status)
	}
}

func TestARemovedNameIsNotResumed(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	config := &tls.Config{
		ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"http/1.1"}, ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, config)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: shop.acme.com\r\nConnection: close\r\n\r\n")
	_, _ = io.ReadAll(conn)
	conn.Close()
	e.reached(e.control.remove("shop.acme.com"))
	if conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, config); err == nil {
		conn.Close()
		t.Error("the handshake went through (expected: refused)")
	}
}

// A certificate that is revoked is taken away until there is another one: the name stays, and its next
// handshake is refused, resumed or not.
func TestACertificateThatIsTakenAwayIsNotShownAgain(t *testing.T) {
	e := started(t)
	entry := e.entry("shop.acme.com", saying(t, "hello"))
	e.put(entry)
	config := &tls.Config{
		ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"http/1.1"}, ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	visit := func() (string, error) {
		conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, config)
		if err != nil {
			return "", err
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: shop.acme.com\r\nConnection: close\r\n\r\n")
		_, _ = io.ReadAll(conn) // the ticket of TLS 1.3, too
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String(), nil
	}
	first, err := visit()
	if err != nil {
		t.Fatal(err)
	}
	entry.Certificate = nil
	e.put(entry)
	if serial, err := visit(); err == nil {
		t.Errorf("certificate %s is shown (expected: refused)", serial)
	}
	if _, err := e.handshake("shop.acme.com"); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("%v (expected: unrecognized name)", err)
	}
	if _, s := e.status(); s.Names != 1 || s.Certificates != 0 {
		t.Errorf("%+v (expected: the name, without a certificate)", s)
	}
	entry.Certificate = e.control.certificate(e.ca, "shop.acme.com")
	e.put(entry)
	if second, err := visit(); err != nil || second == first {
		t.Errorf("certificate %s, %v (expected: another than %s)", second, err, first)
	}
}

func TestAnOpenConnectionToARemovedNameGetsNothingMore(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	client := e.client()
	client.Transport.(*http.Transport).DisableKeepAlives = false
	get := func() (int, string) {
		response, err := client.Get("https://shop.acme.com/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(body)
	}
	if status, body := get(); status != 200 || body != "hello" {
		t.Fatalf("%d %q (expected: 200 hello)", status, body)
	}
	e.reached(e.control.remove("shop.acme.com"))
	if status, body := get(); status != 404 || strings.Contains(body, "hello") {
		t.Errorf("%d %q (expected: 404)", status, body)
	}
}

func TestASuspendedNameShowsANeutralPage(t *testing.T) {
	e := started(t)
	entry := e.entry("shop.acme.com", saying(t, "hello"))
	e.put(entry)
	entry.State = protocol.Suspended
	e.put(entry)
	for _, scheme := range []string{"https", "http"} {
		got := e.get(scheme + "://shop.acme.com/")
		if got.status != 503 || !strings.Contains(got.body, "not available") || strings.Contains(got.body, "hello") {
			t.Errorf("%s: %d %q (expected: 503 and a neutral page)", scheme, got.status, got.body)
		}
	}
	entry.State = protocol.Serving
	e.put(entry)
	if got := e.get("https://shop.acme.com/"); got.body != "hello" {
		t.Errorf("after resuming: %d %q (expected: hello)", got.status, got.body)
	}
}

func TestMovesPlainRequestsToHTTPS(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	got := e.get("http://shop.acme.com/a%20b?c=d&e=f")
	want := fmt.Sprintf("https://shop.acme.com:%d/a%%20b?c=d&e=f", e.httpsPort())
	if got.status != 308 || got.header.Get("Location") != want {
		t.Errorf("%d %q (expected: 308 %s)", got.status, got.header.Get("Location"), want)
	}
	if got := e.get("http://shop.acme.com//evil.example/"); !strings.HasPrefix(got.header.Get("Location"), "https://shop.acme.com:") {
		t.Errorf("redirected to %q", got.header.Get("Location"))
	}
	if got := e.get("http://unknown.acme.com/"); got.status != 404 {
		t.Errorf("unknown name: %d (expected: 404)", got.status)
	}
}

func TestOffersHTTP3AtThePortThatVisitorsUse(t *testing.T) {
	e := newEdge(t)
	e.options.Node.PublicHTTPSPort = 443
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	if got := e.get("https://shop.acme.com/").header.Get("Alt-Svc"); got != `h3=":443"; ma=2592000` {
		t.Errorf("Alt-Svc %q (expected: port 443)", got)
	}
}

func TestAnswers421AcrossTeams(t *testing.T) {
	e := started(t)
	a, b, c := e.entry("a.acme.com", saying(t, "a")), e.entry("b.acme.com", saying(t, "b")), e.entry("c.other.com", saying(t, "c"))
	e.put(a, b, c)
	if got := e.get("https://a.acme.com/", "Host", "b.acme.com"); got.status != 200 || got.body != "b" {
		t.Errorf("same team: %d %q (expected: 200 b)", got.status, got.body)
	}
	for _, pair := range [][2]string{{"a.acme.com", "c.other.com"}, {"c.other.com", "a.acme.com"}, {"c.other.com", "B.ACME.com."}} {
		if got := e.get("https://"+pair[0]+"/", "Host", pair[1]); got.status != 421 {
			t.Errorf("SNI %s, Host %s: %d (expected: 421)", pair[0], pair[1], got.status)
		}
	}
	if got := e.get("https://a.acme.com/", "Host", "unknown.acme.com"); got.status != 404 {
		t.Errorf("unknown Host: %d (expected: 404)", got.status)
	}
}

// http3 reaches the edge over QUIC whatever the name.
func (e *edge) http3() *http3.Transport {
	return &http3.Transport{
		TLSClientConfig: &tls.Config{RootCAs: e.roots()},
		Dial: func(ctx context.Context, _ string, tlsConfig *tls.Config, config *quic.Config) (*quic.Conn, error) {
			return quic.DialAddrEarly(ctx, e.options.Node.HTTPSAddress, tlsConfig, config)
		},
	}
}

func TestSpeaksHTTP1And2And3(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d", r.Method, len(body))
	}))))
	post := func(client *http.Client) string {
		t.Helper()
		response, err := client.Post("https://shop.acme.com/", "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.Proto + " " + string(body)
	}
	one := e.client()
	one.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	if got := post(one); got != "HTTP/1.1 POST 100000" {
		t.Errorf("%q (expected: HTTP/1.1 POST 100000)", got)
	}
	if got := post(e.client()); got != "HTTP/2.0 POST 100000" {
		t.Errorf("%q (expected: HTTP/2.0 POST 100000)", got)
	}
	three := e.http3()
	defer three.Close()
	if got := post(&http.Client{Transport: three, Timeout: 2 * time.Minute}); got != "HTTP/3.0 POST 100000" {
		t.Errorf("%q (expected: HTTP/3.0 POST 100000)", got)
	}
	if got := e.get("https://shop.acme.com/").header.Get("Alt-Svc"); !strings.Contains(got, fmt.Sprintf(`h3=":%d"`, e.httpsPort())) {
		t.Errorf("Alt-Svc %q (expected: the HTTPS port)", got)
	}
	unknown := &http3.Transport{
		TLSClientConfig: &tls.Config{RootCAs: e.roots(), ServerName: "unknown.acme.com"},
		Dial:            three.Dial,
	}
	defer unknown.Close()
	if _, err := (&http.Client{Transport: unknown, Timeout: 5 * time.Second}).Get("https://unknown.acme.com/"); err == nil {
		t.Error("HTTP/3 to an unknown name went through (expected: refused)")
	}
}

// upgraded is an origin that changes to a protocol of its own and echoes lines.
func upgraded(t *testing.T) *httptest.Server {
	return newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			http.Error(w, "not an upgrade", 400)
			return
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
		for {
			line, err := buffered.ReadString('\n')
			if err != nil {
				return
			}
			fmt.Fprint(conn, "echo "+line)
		}
	})
}

func (e *edge) webSocket(name string) (net.Conn, *bufio.Reader) {
	e.t.Helper()
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: name, RootCAs: e.roots(), NextProtos: []string{"http/1.1"}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute))
	fmt.Fprintf(conn, "GET /socket HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", name)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != 101 {
		e.t.Fatalf("upgrade: %+v, %v", response, err)
	}
	return conn, reader
}

func TestCarriesWebSockets(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(upgraded(t))))
	conn, reader := e.webSocket("shop.acme.com")
	for _, word := range []string{"one", "two"} {
		fmt.Fprintln(conn, word)
		if line, err := reader.ReadString('\n'); err != nil || line != "echo "+word+"\n" {
			t.Fatalf("%q, %v (expected: echo %s)", line, err, word)
		}
	}
}

func TestPassesEventsOnAsTheyCome(t *testing.T) {
	e := started(t)
	goOn := make(chan struct{})
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: one\n\n")
		_ = http.NewResponseController(w).Flush()
		<-goOn // the first event has been seen
		fmt.Fprint(w, "data: two\n\n")
	}))))
	response, err := e.client().Get("https://shop.acme.com/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reader := bufio.NewReader(response.Body)
	if line, err := reader.ReadString('\n'); err != nil || line != "data: one\n" {
		t.Fatalf("%q, %v (expected: data: one)", line, err)
	}
	close(goOn)
	rest, err := io.ReadAll(reader)
	if err != nil || string(rest) != "\ndata: two\n\n" {
		t.Errorf("%q, %v (expected: data: two)", rest, err)
	}
}

// telling is an origin that says what it was asked.
func telling(t *testing.T) *httptest.Server {
	return newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", r.Host, r.URL.RequestURI())
	})
}

func TestKeepsOrRewritesHostAndPath(t *testing.T) {
	e := started(t)
	server := telling(t)
	address := server.Listener.Addr().String()
	kept, rewritten, below := e.entry("kept.acme.com", originOf(server)), e.entry("rewritten.acme.com", originOf(server)), e.entry("below.acme.com", originOf(server))
	rewritten.Origin.HostHeader = protocol.HostOfOrigin
	below.Origin.Path = "/app/"
	e.put(kept, rewritten, below)
	for url, want := range map[string]string{
		"https://kept.acme.com/a?b=c":             "kept.acme.com /a?b=c",
		"https://rewritten.acme.com/a?b=c":        address + " /a?b=c",
		"https://below.acme.com/a%2Fb?c":          "below.acme.com /app/a%2Fb?c",
		"https://below.acme.com/":                 "below.acme.com /app/",
		"https://below.acme.com/%2e%2e/other/":    "below.acme.com /app/other/",
		"https://below.acme.com/a/..%2f../other":  "below.acme.com /app/other",
		"https://kept.acme.com/a;b/%E2%82%AC?x=%": "kept.acme.com /a;b/%E2%82%AC?x=%",
	} {
		if got := e.get(url); got.body != want {
			t.Errorf("%s: %d %q (expected: %q)", url, got.status, got.body, want)
		}
	}
}

// tlsOrigin is an origin with a certificate for the names, signed by the CA. It says which name it was opened for.
func tlsOrigin(t *testing.T, ca *authority, names ...string) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s for %s", r.TLS.ServerName, r.Host)
	})}}
	server.TLS = &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		name := hello.ServerName
		if len(names) == 1 {
			name = names[0]
		}
		chain, key := ca.issue(name, time.Now().Add(time.Hour))
		return pairOf(t, chain, key), nil
	}}
	server.EnableHTTP2 = true
	server.StartTLS()
	// httptest puts a certificate of its own beside ours.
	server.TLS.Certificates = nil
	t.Cleanup(server.Close)
	return server
}

func TestVerifiesAnOriginsCertificateAndKeepsNamesApart(t *testing.T) {
	e := newEdge(t)
	e.trust(e.ca)
	e.start()
	e.ready()
	server := tlsOrigin(t, e.ca)
	one, two := e.entry("one.acme.com", originOf(server)), e.entry("two.acme.com", originOf(server))
	one.Origin.ServerName, two.Origin.ServerName = "one.origin.example", "two.origin.example"
	wrong := e.entry("wrong.acme.com", originOf(tlsOrigin(t, e.ca, "another.example")))
	wrong.Origin.ServerName = "right.example"
	stranger := e.entry("stranger.acme.com", originOf(tlsOrigin(t, newAuthority(t, "unknown CA"))))
	stranger.Origin.ServerName = "right.example"
	e.put(one, two, wrong, stranger)
	for range 3 { // later requests find connections to reuse
		for _, name := range []string{"one", "two"} {
			want := name + ".origin.example for " + name + ".acme.com"
			if got := e.get("https://" + name + ".acme.com/"); got.body != want {
				t.Errorf("%d %q (expected: %q)", got.status, got.body, want)
			}
		}
	}
	for _, name := range []string{"wrong.acme.com", "stranger.acme.com"} {
		got := e.get("https://"+name+"/", e.probe(name)...)
		if got.status != 502 || got.header.Get("Nameplate-Edge-Error") != "origin-tls" {
			t.Errorf("%s: %d %q (expected: 502 origin-tls)", name, got.status, got.header.Get("Nameplate-Edge-Error"))
		}
	}
}

func TestRefusesItsOwnLoop(t *testing.T) {
	e := newEdge(t)
	e.trust(e.ca)
	e.start()
	e.ready()
	// What stands before the edge and leads back to it: the address is allowed, so only the header tells.
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				back, err := net.Dial("tcp", e.options.Node.HTTPSAddress)
				if err != nil {
					return
				}
				defer back.Close()
				go func() { _, _ = io.Copy(back, conn); back.Close() }()
				_, _ = io.Copy(conn, back)
			}()
		}
	}()
	address := l.Addr().(*net.TCPAddr)
	e.put(e.entry("loop.acme.com", &protocol.Origin{
		Scheme: "https", Host: address.IP.String(), Port: address.Port, Path: "/", HostHeader: protocol.HostOfVisitor, ServerName: "loop.acme.com",
	}))
	got := e.get("https://loop.acme.com/")
	if got.status != 508 {
		t.Errorf("%d %q (expected: 508)", got.status, got.body)
	}
}

func TestForgedForwardingHeadersDoNotReachTheOrigin(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.Header.Write(w)
	}))))
	var forged []string
	for _, name := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix",
		"X-Forwarded", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Original-URL", "X-Rewrite-URL",
		"Nameplate-Probe",
	} {
		forged = append(forged, name, "forged.example")
	}
	body := e.get("https://shop.acme.com/", append(forged, "X-Of-The-Visitor", "kept")...).body
	if strings.Contains(body, "forged.example") {
		t.Errorf("a forged header reached the origin:\n%s", body)
	}
	for _, want := range []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: shop.acme.com", "X-Forwarded-For: 127.0.0.1", "X-Of-The-Visitor: kept"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing in:\n%s", want, body)
		}
	}
}

func TestRefusesToDialWhatIsNotPublic(t *testing.T) {
	e := started(t)
	private := e.entry("private.acme.com", &protocol.Origin{Scheme: "http", Host: "127.0.0.1", Port: 80, HostHeader: "visitor"})
	metadata := e.entry("metadata.acme.com", &protocol.Origin{Scheme: "http", Host: "169.254.169.254", Port: 80, HostHeader: "visitor"})
	self := e.entry("self.acme.com", &protocol.Origin{Scheme: "https", Host: "127.0.90.1", Port: e.httpsPort(), HostHeader: "visitor"})
	e.put(private, metadata, self)
	for _, name := range []string{"private.acme.com", "metadata.acme.com", "self.acme.com"} {
		got := e.get("https://"+name+"/", e.probe(name)...)
		if got.status != 502 || got.header.Get("Nameplate-Edge-Error") != "origin-refused-address" {
			t.Errorf("%s: %d %q (expected: 502 origin-refused-address)", name, got.status, got.header.Get("Nameplate-Edge-Error"))
		}
	}
}

func TestAnOriginThatIsDownGetsANeutralPage(t *testing.T) {
	e := started(t)
	server := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	entry := e.entry("shop.acme.com", originOf(server))
	server.Close()
	e.put(entry)
	got := e.get("https://shop.acme.com/", e.probe("shop.acme.com")...)
	if got.status != 502 || got.header.Get("Nameplate-Edge-Error") != "origin-unreachable" || !strings.Contains(got.body, "does not answer") {
		t.Errorf("%d %q %q (expected: 502 origin-unreachable)", got.status, got.header.Get("Nameplate-Edge-Error"), got.body)
	}
	if got := e.get("https://shop.acme.com/"); got.header.Get("Nameplate-Edge-Error") != "" {
		t.Errorf("told everybody %q (expected: only probes)", got.header.Get("Nameplate-Edge-Error"))
	}
}

func pairOf(t *testing.T, chain string, key any) *tls.Certificate {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(chain), pemOf("PRIVATE KEY", der))
	if err != nil {
		t.Fatal(err)
	}
	return &pair
}
