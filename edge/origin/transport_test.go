package origin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"nameplate.io/edge/protocol"
)

func TestWhatIsNoOriginIsRefused(t *testing.T) {
	good := protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, Path: "/", HostHeader: "visitor"}
	if _, err := New(&good); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(o *protocol.Origin){
		"scheme":      func(o *protocol.Origin) { o.Scheme = "ftp" },
		"no host":     func(o *protocol.Origin) { o.Host = "" },
		"host":        func(o *protocol.Origin) { o.Host = "a/b" },
		"user info":   func(o *protocol.Origin) { o.Host = "user@host" },
		"port":        func(o *protocol.Origin) { o.Port = 0 },
		"big port":    func(o *protocol.Origin) { o.Port = 65536 },
		"path":        func(o *protocol.Origin) { o.Path = "app" },
		"escape":      func(o *protocol.Origin) { o.Path = "/a%2" },
		"query":       func(o *protocol.Origin) { o.Path = "/app?x" },
		"line break":  func(o *protocol.Origin) { o.Path = "/a\r\nb" },
		"host header": func(o *protocol.Origin) { o.HostHeader = "mine" },
		"server name": func(o *protocol.Origin) { o.Scheme, o.ServerName = "https", "a b" },
	} {
		bad := good
		change(&bad)
		if o, err := New(&bad); err == nil {
			t.Errorf("%s: %+v (expected: refused)", what, o)
		}
	}
}

func TestWireGivesBackWhatNewRead(t *testing.T) {
	for _, wire := range []protocol.Origin{
		{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: "visitor"},
		{Scheme: "https", Host: "::1", Port: 8443, Path: "/base", HostHeader: "origin", ServerName: "tls.example"},
	} {
		o, err := New(&wire)
		if err != nil || *o.Wire() != wire {
			t.Errorf("%+v, %v (expected: %+v)", o, err, wire)
		}
	}
}

func TestPoolsAreKeptApartByServerName(t *testing.T) {
	pool := func(host, serverName string) string {
		o, err := New(&protocol.Origin{Scheme: "https", Host: host, Port: 443, ServerName: serverName})
		if err != nil {
			t.Fatal(err)
		}
		return o.pool
	}
	seen := map[string]bool{}
	for _, names := range [][2]string{{"a.example", ""}, {"a.example", "b.example"}, {"b.example", "a.example"}, {"192.0.2.1", "a.example"}, {"2001:db8::1", "a.example"}, {"2001:db8::1", ""}} {
		p := pool(names[0], names[1])
		if seen[p] {
			t.Errorf("%v shares the pool %s", names, p)
		}
		seen[p] = true
	}
}

// A name that leads to a public address when it is checked and to loopback when it is dialled must
// not get through: the checked address is the dialled one.
func TestAFlippingNameNeverLeadsToLoopback(t *testing.T) {
	var reached atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	public := netip.MustParseAddr("192.0.2.1") // documentation: nothing answers there
	var asked, refused int
	var leave context.CancelFunc
	lookup := func(context.Context, string) ([]netip.Addr, error) {
		if asked++; asked%2 == 1 {
			leave() // rather than wait for an answer that never comes
			return []netip.Addr{public}, nil
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}, nil
	}
	transport := NewTransport(Rules{Allowed: []netip.Prefix{netip.PrefixFrom(public, 32)}}, lookup, nil)
	o, err := New(&protocol.Origin{Scheme: "http", Host: "flips.example", Port: port})
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		var ctx context.Context
		ctx, leave = context.WithCancel(context.WithValue(context.Background(), PassageKey{}, &Passage{Origin: o}))
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://visitor.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = transport.RoundTrip(request); errors.Is(err, ErrRefusedAddress) {
			refused++
		}
		leave()
	}
	if reached.Load() != 0 || asked != 500 || refused != 250 {
		t.Errorf("loopback reached %d times, asked %d times, refused %d times (expected: 0, 500, 250)", reached.Load(), asked, refused)
	}
}

func TestABasePathIsSentAsItWasWritten(t *testing.T) {
	for _, each := range []struct{ base, asked, sent string }{
		{"/app", "/x", "/app/x"},
		{"/app", "/a%2Fb", "/app/a%2Fb"},
		{"/a%20b", "/x", "/a%20b/x"},
		{"/a%20b", "/c%20d", "/a%20b/c%20d"},
		{"/a%2Fb", "/x", "/a%2Fb/x"},
		{"/a%2Fb", "/c%2Fd", "/a%2Fb/c%2Fd"},
		{"/100%25", "/../x", "/100%25/x"},
		{"/caf%C3%A9", "/%C3%A9", "/caf%C3%A9/%C3%A9"},
	} {
		u, err := url.Parse("http://visitor.example" + each.asked)
		if err != nil {
			t.Fatal(err)
		}
		below(each.base, u)
		if got := u.RequestURI(); got != each.sent {
			t.Errorf("%s below %s is sent as %s (expected: %s)", each.asked, each.base, got, each.sent)
		}
	}
}
