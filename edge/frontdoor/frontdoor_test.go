package frontdoor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

// known is the one name behind the doors of these tests.
const known = "shop.example.com"

// hello is what crypto/tls sends first.
func hello(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	go func() { _ = tls.Client(client, config).Handshake() }()
	buffer := make([]byte, helloSize)
	n, err := readHello(server, buffer, 0)
	if err != nil {
		t.Fatal(err)
	}
	return buffer[:n]
}

func TestReadsTheNameOutOfAClientHello(t *testing.T) {
	sent := hello(t, &tls.Config{ServerName: known})
	if name, whole := serverName(sent); name != known || !whole {
		t.Errorf("%q %v", name, whole)
	}
	if name, whole := serverName(hello(t, &tls.Config{InsecureSkipVerify: true})); name != "" || !whole {
		t.Errorf("without a name: %q %v", name, whole)
	}
	for cut := range len(sent) {
		if name, whole := serverName(sent[:cut]); whole {
			t.Fatalf("%d of %d bytes were taken as whole: %q", cut, len(sent), name)
		}
	}
	if _, whole := serverName([]byte("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")); whole {
		t.Error("a request in clear was taken for a ClientHello")
	}
}

func FuzzServerName(f *testing.F) {
	f.Add(hello(f, &tls.Config{ServerName: known}))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, p []byte) {
		if name, whole := serverName(p); !whole && name != "" {
			t.Errorf("%q of half a hello", name)
		}
	})
}

// house is a TLS server behind a door, which answers each connection with "welcome".
type house struct {
	door    *Door
	address string
}

func newHouse(t *testing.T, limits Limits, secure bool) house {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := New(limits, false, func(name string) bool { return name == known })
	l := door.Guard(inner, secure)
	t.Cleanup(func() { l.Close() })
	config := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(2 * time.Minute))
				if secure {
					c = tls.Server(c, config)
				}
				if _, err := io.CopyN(io.Discard, c, 1); err == nil {
					_, _ = c.Write([]byte("welcome"))
				}
			}()
		}
	}()
	return house{door, inner.Addr().String()}
}

func selfSigned(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{known}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (h house) visit(name string) (string, error) {
	c, err := tls.Dial("tcp", h.address, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.Write([]byte{1}); err != nil {
		return "", err
	}
	said, err := io.ReadAll(c)
	return string(said), err
}

func (h house) settle(t *testing.T, what string, is func(Figures) bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(h.door.Figures()); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: %+v", what, h.door.Figures())
		}
	}
}

func TestLetsKnownNamesInAndRefusesOthersWithTheirAlert(t *testing.T) {
	h := newHouse(t, Limits{}, true)
	if said, err := h.visit(known); said != "welcome" {
		t.Fatal(said, err)
	}
	for _, name := range []string{"other.example.com", ""} {
		if _, err := h.visit(name); err == nil || err.Error() != "remote error: tls: unrecognized name" {
			t.Errorf("%q: %v (expected: alert unrecognized_name)", name, err)
		}
	}
	h.settle(t, "both were counted and none is open", func(f Figures) bool { return f.Unknown == 2 && f.Open == 0 })
}

// Nothing is served, and no goroutine begun, for an unknown name whose hello is there in time.
func TestAnUnknownNameIsRefusedAsItIsAccepted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a kernel that waits for the hello")
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := New(Limits{}, false, func(name string) bool { return name == known })
	l := door.Guard(inner, true)
	defer l.Close()
	say := func(text []byte) net.Conn {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := c.Write(text); err != nil {
			t.Fatal(err)
		}
		return c
	}
	unknown := say(hello(t, &tls.Config{ServerName: "other.example.com"}))
	good := hello(t, &tls.Config{ServerName: known})
	say(good)
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	got := make([]byte, len(good))
	if _, err := io.ReadFull(first, got); err != nil || !bytes.Equal(got, good) {
		t.Errorf("%v: accepted what is not the good hello", err)
	}
	if answer, err := io.ReadAll(unknown); err != nil || !bytes.Equal(answer, unrecognizedName) {
		t.Errorf("% x %v (expected: the alert)", answer, err)
	}
	if f := door.Figures(); f.Unknown != 1 || f.Open != 1 {
		t.Errorf("%+v (expected: one unknown, one open)", f)
	}
}

func TestWhoSaysNothingIsAcceptedAllTheSame(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := New(Limits{}, false, func(string) bool { return false }).Guard(inner, true)
	defer l.Close()
	silent, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	_ = inner.(*net.TCPListener).SetDeadline(time.Now().Add(2 * time.Minute))
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := accepted.Close(); err != nil {
		t.Error(err)
	}
}

func TestAHelloThatComesByteByByteIsReadAsOne(t *testing.T) {
	h := newHouse(t, Limits{}, true)
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, b := range hello(t, &tls.Config{ServerName: "other.example.com"}) {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(answer, unrecognizedName) {
		t.Errorf("% x %v", answer, err)
	}
}

func TestWhatIsNoHelloIsLeftToTheServer(t *testing.T) {
	h := newHouse(t, Limits{}, true)
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Logf("the server ended it: %v", err)
	}
	h.settle(t, "nothing is left open", func(f Figures) bool { return f.Open == 0 && f.Unknown == 0 })
}

func TestASourceHasOnlySoManyConnections(t *testing.T) {
	h := newHouse(t, Limits{ConnectionsPerSource: 3}, false)
	var open []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	h.settle(t, "three are in", func(f Figures) bool { return f.Open == 3 })
	if said := h.speak(t); said != "" {
		t.Errorf("a fourth was let in: %q", said)
	}
	open[0].Close()
	h.settle(t, "one left", func(f Figures) bool { return f.Open == 2 })
	if said := h.speak(t); said != "welcome" {
		t.Errorf("after one left: %q", said)
	}
	if f := h.door.Figures(); f.FullSource != 1 {
		t.Errorf("%+v", f)
	}
}

func TestOtherLimitsHoldForWhoeverComesNext(t *testing.T) {
	h := newHouse(t, Limits{ConnectionsPerSource: 1}, false)
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h.settle(t, "one is in", func(f Figures) bool { return f.Open == 1 })
	if said := h.speak(t); said != "" {
		t.Errorf("a second was let in: %q", said)
	}
	h.door.Limit(Limits{ConnectionsPerSource: 2})
	if said := h.speak(t); said != "welcome" {
		t.Errorf("of two: %q", said)
	}
	h.door.Limit(Limits{ConnectionsPerSource: 1})
	_, _ = c.Write([]byte{1}) // it was in before
	if said, _ := io.ReadAll(c); string(said) != "welcome" {
		t.Errorf("who was in: %q", said)
	}
	if f := h.door.Figures(); f.Refused() != 1 {
		t.Errorf("%+v (expected: one refused)", f)
	}
}

// speak says one byte in clear and returns the answer, empty when the connection is closed instead.
func (h house) speak(t *testing.T) string {
	t.Helper()
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Minute))
	_, _ = c.Write([]byte{1})
	said, _ := io.ReadAll(c)
	return string(said)
}

func TestTheDoorHasOnlySoManyConnections(t *testing.T) {
	h := newHouse(t, Limits{Connections: 1}, false)
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h.settle(t, "one is in", func(f Figures) bool { return f.Open == 1 })
	if said := h.speak(t); said != "" {
		t.Errorf("a second was let in: %q", said)
	}
	if f := h.door.Figures(); f.FullDoor != 1 {
		t.Errorf("%+v", f)
	}
}

func TestASourceThatKeepsAskingForUnknownNamesIsShutOutForAWhile(t *testing.T) {
	h := newHouse(t, Limits{UnknownPerSecond: 2}, true)
	for range 5 {
		_, _ = h.visit("other.example.com")
	}
	if said, err := h.visit(known); err == nil {
		t.Fatalf("let in all the same: %q", said)
	}
	if f := h.door.Figures(); f.FloodSource != 1 || f.Unknown != 5 {
		t.Errorf("%+v", f)
	}
	h.door.Forget()
	if said, err := h.visit(known); said != "welcome" {
		t.Errorf("after a while: %q %v", said, err)
	}
}

func TestSourcesAreAddressesAndHomesOfAddresses(t *testing.T) {
	for text, expected := range map[string]string{
		"192.0.2.7":             "192.0.2.7/32",
		"::ffff:192.0.2.7":      "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6":  "2001:db8:1:2::/64",
		"2001:db8:1:2::ffff":    "2001:db8:1:2::/64",
		"2001:db8:1:3::ffff":    "2001:db8:1:3::/64",
		"fe80::1":               "fe80::/64",
		"2001:db8:ffff:ffff::1": "2001:db8:ffff:ffff::/64",
	} {
		got := sourceOf(&net.TCPAddr{IP: net.ParseIP(text), Port: 1})
		if got != netip.MustParsePrefix(expected) {
			t.Errorf("%s: %s (expected: %s)", text, got, expected)
		}
	}
}

func BenchmarkRefusingAnUnknownName(b *testing.B) {
	sent := hello(b, &tls.Config{ServerName: "other.example.com"})
	door := New(Limits{}, false, func(string) bool { return false })
	b.ReportAllocs()
	for b.Loop() {
		c := door.admit(&canned{hello: sent}, true)
		if _, err := c.Read(make([]byte, 512)); err == nil {
			b.Fatal("let in")
		}
	}
}

// canned is a client that sends one hello and listens.
type canned struct {
	net.Conn
	hello []byte
}

func (c *canned) Read(p []byte) (int, error)  { return copy(p, c.hello), nil }
func (c *canned) Write(p []byte) (int, error) { return len(p), nil }
func (c *canned) Close() error                { return nil }
func (c *canned) RemoteAddr() net.Addr        { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 1} }
