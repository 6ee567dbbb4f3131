package caddynode

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nameplate.io/edge/frontdoor"
)

// from dials the edge's HTTPS address from a certain loopback address.
func (e *edge) from(address string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: 2 * time.Minute}
	return dialer.Dial("tcp", e.options.Node.HTTPSAddress)
}

// clientHello is what a client that asks for a name sends first.
func clientHello(t *testing.T, name string) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	go func() { _ = tls.Client(client, &tls.Config{ServerName: name}).Handshake() }()
	buffer := make([]byte, 8192)
	n, err := io.ReadAtLeast(server, buffer, 200)
	if err != nil {
		t.Fatal(err)
	}
	return buffer[:n]
}

// stderr catches what this process logs from now on, Caddy included, and returns it so far.
func stderr(t *testing.T) func() string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	before, logger := os.Stderr, slog.Default()
	os.Stderr = file
	slog.SetDefault(slog.New(slog.NewJSONHandler(file, nil)))
	t.Cleanup(func() {
		os.Stderr = before
		slog.SetDefault(logger)
		file.Close()
	})
	return func() string {
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestAFloodOfUnknownNamesLeavesNothingBehind(t *testing.T) {
	logged := stderr(t)
	e := newEdge(t)
	e.options.Limits = frontdoor.Limits{} // the flood has to be stood, not shut out
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	const names = 20_000
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // what a pool held goes with the second one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	lines, held := len(logged()), heap()

	var failed, asked atomic.Int64
	over := make(chan struct{})
	var visitors sync.WaitGroup
	visitors.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				if _, err := e.handshake("shop.acme.com"); err != nil {
					failed.Add(1)
				}
				asked.Add(1)
			}
		}
	})
	template := clientHello(t, "00000000.flood.example.com")
	at := bytes.Index(template, []byte("00000000.flood"))
	var flood sync.WaitGroup
	for part := range 4 {
		flood.Go(func() {
			hello := slices.Clone(template)
			for i := part; i < names; i += 4 {
				copy(hello[at:], fmt.Sprintf("%08d", i))
				c, err := e.from("127.0.90.66")
				if err != nil {
					continue
				}
				_, _ = c.Write(hello)
				answer, _ := io.ReadAll(c)
				if !bytes.Equal(answer, []byte{21, 3, 3, 0, 2, 2, 112}) {
					t.Errorf("a flooding client got % x", answer)
				}
				c.Close()
			}
		})
	}
	flood.Wait()
	close(over)
	visitors.Wait()

	if failed.Load() > 0 || asked.Load() == 0 {
		t.Errorf("good handshakes: %d, failed: %d", asked.Load(), failed.Load())
	}
	eventually(t, fmt.Sprintf("no more than 8 MiB stay behind %d names", names), 2*time.Minute, func() bool { return heap()-held <= 8<<20 })
	if lines == 0 {
		t.Error("the log is not where this test looks")
	}
	if all := logged(); len(all) > lines {
		t.Errorf("logged: %s", all[lines:])
	}
}

func TestASourceThatFloodsIsShutOutAndOthersAreNot(t *testing.T) {
	e := newEdge(t)
	e.options.Limits = frontdoor.Limits{UnknownPerSecond: 20}
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	hello := clientHello(t, "unknown.example.com")
	eventually(t, "closed unread", 2*time.Minute, func() bool {
		c, err := e.from("127.0.90.66")
		if err != nil {
			return false
		}
		defer c.Close()
		_, _ = c.Write(hello)
		answer, _ := io.ReadAll(c)
		return len(answer) == 0
	})
	if _, err := e.handshake("shop.acme.com"); err != nil {
		t.Errorf("another source: %v", err)
	}
}

func TestSlowClientsHoldNobodyUpAndAreLetGo(t *testing.T) {
	e := newEdge(t)
	e.options.HeaderTimeout = 10 * time.Second // longer than a good request takes beside them
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	hello := clientHello(t, "shop.acme.com")
	const clients = 2_000
	slow := make([]net.Conn, 0, clients)
	for i := range clients {
		c, err := e.from("127.0.90.66")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = c.Write(hello[:i%len(hello)]) // some say nothing, some half a hello, none a whole one
		slow = append(slow, c)
	}
	for range 50 {
		if got := e.get("https://shop.acme.com/"); got.body != "here" {
			t.Fatalf("%d %q", got.status, got.body)
		}
	}
	for i, c := range slow {
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
		if _, err := io.Copy(io.Discard, c); os.IsTimeout(err) {
			t.Fatalf("slow client %d still holds its connection", i)
		}
	}
}

func TestSlowHeadersEndTheirConnection(t *testing.T) {
	e := newEdge(t)
	e.options.HeaderTimeout = 5 * time.Second // a handshake has to fit in, too
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	secure, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots()})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Dial("tcp", e.options.Node.HTTPAddress)
	if err != nil {
		t.Fatal(err)
	}
	for port, c := range map[string]net.Conn{"HTTPS": secure, "HTTP": plain} {
		defer c.Close()
		_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: shop.acme.com\r\nX-Slow: "))
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
		if _, err := io.Copy(io.Discard, c); os.IsTimeout(err) {
			t.Errorf("half a header holds a connection of the %s port for ever", port)
		}
	}
}

// proxied opens a page through something that sends a PROXY header (version 1) from a local address.
func (e *edge) proxied(t *testing.T, local, header string) (string, error) {
	t.Helper()
	c, err := e.from(local)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := io.WriteString(c, header); err != nil {
		return "", err
	}
	secure := tls.Client(c, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots()})
	if err := secure.HandshakeContext(context.Background()); err != nil {
		return "", err
	}
	request, _ := http.NewRequest(http.MethodGet, "https://shop.acme.com/", nil)
	request.Close = true
	if err := request.Write(secure); err != nil {
		return "", err
	}
	response, err := http.ReadResponse(bufio.NewReader(secure), request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestBelievesTheProxyProtocolOfItsBalancersAlone(t *testing.T) {
	e := newEdge(t)
	e.options.ProxyFrom = []netip.Prefix{netip.MustParsePrefix("127.0.90.60/32")}
	e.options.Limits = frontdoor.Defaults
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("X-Forwarded-For"))
	}))))
	const header = "PROXY TCP4 203.0.113.9 203.0.113.1 40000 443\r\n"
	if seen, err := e.proxied(t, "127.0.90.60", header); seen != "203.0.113.9" {
		t.Errorf("from the balancer: %q %v", seen, err)
	}
	if seen, err := e.proxied(t, "127.0.90.60", ""); seen != "127.0.90.60" {
		t.Errorf("from the balancer without a header: %q %v", seen, err)
	}
	if seen, err := e.proxied(t, "127.0.90.61", header); err == nil {
		t.Errorf("a stranger's header was read: %q", seen)
	}
	if seen, err := e.proxied(t, "127.0.90.61", ""); seen != "127.0.90.61" {
		t.Errorf("from a stranger without one: %q %v", seen, err)
	}
	for _, by := range []struct {
		local, header string
		status        int
	}{
		{"127.0.90.60", header, http.StatusPermanentRedirect}, {"127.0.90.60", "", http.StatusPermanentRedirect},
		{"127.0.90.61", header, http.StatusBadRequest}, {"127.0.90.61", "", http.StatusPermanentRedirect},
	} {
		if status, err := e.plainly(by.local, by.header); status != by.status {
			t.Errorf("by HTTP, from %s after %q: %d %v (expected: %d)", by.local, by.header, status, err, by.status)
		}
	}
}

// plainly asks for a page by HTTP, behind a PROXY header.
func (e *edge) plainly(local, header string) (int, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(local)}}
	c, err := dialer.Dial("tcp", e.options.Node.HTTPAddress)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if _, err := io.WriteString(c, header+"GET / HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n"); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
