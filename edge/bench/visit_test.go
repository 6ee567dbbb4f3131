package bench

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/quic-go/quic-go/http3"
)

// server answers in every protocol on one port, and hands each request to handle first, which says
// whether it is done with.
func server(t *testing.T, handle func(http.ResponseWriter, *http.Request) bool) *Visitors {
	t.Helper()
	chain, key, err := Pair("www.example.com")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(chain), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handle(w, r) {
			return
		}
		if r.Header.Get("Upgrade") == "" {
			_, _ = w.Write([]byte("a page"))
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for {
			kind, text, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), kind, text) != nil {
				return
			}
		}
	})
	tcp := httptest.NewUnstartedServer(handler)
	// The port of one protocol may be taken in the other.
	for range 20 {
		udp, err := net.ListenPacket("udp", tcp.Listener.Addr().String())
		if err == nil {
			three := &http3.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{http3.NextProtoH3}}}
			go func() { _ = three.Serve(udp) }() // until Close
			t.Cleanup(func() { three.Close(); udp.Close() })
			break
		}
		tcp.Listener.Close()
		if tcp.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	tcp.EnableHTTP2, tcp.TLS = true, &tls.Config{Certificates: []tls.Certificate{pair}}
	tcp.StartTLS()
	t.Cleanup(tcp.Close)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(chain))
	name := func() string { return "www.example.com" }
	return &Visitors{
		Nodes: []string{tcp.Listener.Addr().String()}, Roots: roots, Page: name, Socket: name, Each: 2, Pause: time.Millisecond,
		Say: func(text string) { t.Log(text) },
	}
}

func TestVisitorsOfEveryKindKeepTheirConnectionsAndMissNothing(t *testing.T) {
	v := server(t, func(http.ResponseWriter, *http.Request) bool { return false })
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	for kind, seen := range v.Run(ctx, end) {
		if seen.Requests < 2 || seen.Failed != 0 || seen.Dropped != 0 || seen.Connections < 2 {
			t.Errorf("%s: %+v (expected: requests of two connections, all answered)", kind, seen)
		}
	}
}

func TestVisitorsNoticeEachConnectionThatEndsAndEachWrongAnswer(t *testing.T) {
	var asked atomic.Int64
	v := server(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Upgrade") != "" {
			return false
		}
		switch n := asked.Add(1); {
		case n%5 == 0 && r.ProtoMajor == 1:
			w.Header().Set("Connection", "close")
			return false
		case n%7 == 0:
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		return false
	})
	v.Each = 1
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	go func() {
		for asked.Load() < 300 && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		end()
	}()
	seen := v.Run(ctx, func() {})
	if seen["h1"].Dropped == 0 || seen["h1"].Failed < seen["h1"].Dropped {
		t.Errorf("h1: %+v (expected: dropped connections, counted as failed too)", seen["h1"])
	}
	for _, kind := range []string{"h2", "h3"} {
		if seen[kind].Failed == 0 || seen[kind].Dropped != 0 {
			t.Errorf("%s: %+v (expected: failed requests on connections that stay)", kind, seen[kind])
		}
	}
	if seen["websocket"].Failed != 0 {
		t.Errorf("websocket: %+v (expected: no failure)", seen["websocket"])
	}
}

func TestBroughtNamesComeWithTheirKeys(t *testing.T) {
	b := Brought{Run: "x", Pages: 3, Sockets: 1, PageOrigin: "http://192.0.2.1", SocketOrigin: "http://192.0.2.2"}
	lines, root := t.TempDir()+"/lines", t.TempDir()+"/root"
	if err := b.Write(lines, root); err != nil {
		t.Fatal(err)
	}
	checkBrought(t, &b, lines, root)
}

func checkBrought(t *testing.T, b *Brought, lines, root string) {
	t.Helper()
	pem, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	text, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{b.PageOf(0), b.PageOf(1), b.PageOf(2), b.SocketOf(0)}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var in struct {
			Hostname, Origin, Certificate string
			PrivateKey                    string `json:"private_key"`
		}
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair([]byte(in.Certificate), []byte(in.PrivateKey))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: names[i], Roots: roots}); err != nil || in.Hostname != names[i] {
			t.Errorf("%s: %v (expected: a certificate for %s)", in.Hostname, err, names[i])
		}
		if socket := i == 3; (in.Origin == b.SocketOrigin) != socket {
			t.Errorf("%s has the origin %s", in.Hostname, in.Origin)
		}
	}
}
