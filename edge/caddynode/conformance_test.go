package caddynode

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
)

func TestBodiesPassByteForByte(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip") // it is not: nothing may look into it
		body, _ := io.ReadAll(r.Body)              // Go's HTTP/1.1 server does not read on once it has begun to answer
		_, _ = w.Write(body)
	}))))
	random := rand.NewChaCha8([32]byte{1})
	for _, size := range []int{0, 1, 4096, 1 << 20, 5<<20 + 7} {
		body := make([]byte, size)
		_, _ = random.Read(body)
		for how, reader := range map[string]io.Reader{"with a length": bytes.NewReader(body), "in chunks": io.MultiReader(bytes.NewReader(body))} {
			r, err := http.NewRequest(http.MethodPut, "https://shop.acme.com/", reader)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", "gzip")
			got, err := e.do(r)
			if err != nil || sha256.Sum256([]byte(got.body)) != sha256.Sum256(body) {
				t.Errorf("%d bytes %s: %d bytes back, %v", size, how, len(got.body), err)
			}
		}
	}
}

func TestTrailersPassInBothDirections(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Trailer", "X-Sum")
		fmt.Fprint(w, "body")
		w.Header().Set("X-Sum", "seen "+r.Trailer.Get("X-Of-The-Visitor"))
	}))))
	r, err := http.NewRequest(http.MethodPost, "https://shop.acme.com/", io.MultiReader(strings.NewReader("body")))
	if err != nil {
		t.Fatal(err)
	}
	r.Trailer = http.Header{"X-Of-The-Visitor": {"yes"}}
	response, err := e.client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.ReadAll(response.Body)
	if got := response.Trailer.Get("X-Sum"); got != "seen yes" {
		t.Errorf("trailer %q (expected: seen yes)", got)
	}
}

// choosy is an origin that refuses bodies for /refused without reading them, and says how long others are.
func choosy(t *testing.T) *protocol.Origin {
	t.Helper()
	return originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusRequestEntityTooLarge) // without reading
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, len(body))
	}))
}

func TestABodyIsSentOnlyWhenTheOriginAsksForIt(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", choosy(t)))
	offer := func(path string) *bufio.Reader {
		conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"http/1.1"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: shop.acme.com\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n", path)
		reader := bufio.NewReader(conn)
		if path == "/taken" {
			if line, err := reader.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
				t.Fatalf("%q, %v (expected: 100 Continue)", line, err)
			}
			for line := ""; line != "\r\n"; line, _ = reader.ReadString('\n') {
			}
			fmt.Fprint(conn, strings.Repeat("x", 100_000))
		}
		return reader
	}
	for path, want := range map[string]int{"/refused": 413, "/taken": 200} {
		response, err := http.ReadResponse(offer(path), nil)
		if err != nil || response.StatusCode != want {
			t.Fatalf("%s: %+v, %v (expected: %d)", path, response, err, want)
		}
		if body, _ := io.ReadAll(response.Body); path == "/taken" && string(body) != "100000" {
			t.Errorf("%q (expected: 100000)", body)
		}
	}
}

// crowd asks for one page without a pause, and remembers what went wrong.
type crowd struct {
	t              *testing.T
	url            string
	bodies         []string // what a good answer may say
	served, failed atomic.Int64
	over           chan struct{}
	visitors       sync.WaitGroup
}

func newCrowd(t *testing.T, url string, bodies ...string) *crowd {
	return &crowd{t: t, url: url, bodies: bodies, over: make(chan struct{})}
}

// visit lets one more visitor come, until the crowd leaves.
func (c *crowd) visit(client *http.Client) {
	c.visitors.Go(func() {
		for {
			select {
			case <-c.over:
				return
			default:
			}
			response, err := client.Get(c.url)
			if err != nil {
				c.failed.Add(1)
				c.t.Log(err)
				continue
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || response.StatusCode != 200 || !slices.Contains(c.bodies, string(body)) {
				c.failed.Add(1)
				c.t.Logf("%d %q %v", response.StatusCode, body, err)
			}
			c.served.Add(1)
		}
	})
}

// leave ends it once so many pages were served, and fails if any went wrong.
func (c *crowd) leave(atLeast int64) {
	c.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); c.served.Load() < atLeast && time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
	}
	close(c.over)
	c.visitors.Wait()
	if c.failed.Load() > 0 || c.served.Load() < atLeast {
		c.t.Errorf("%d served, %d failed (expected: many, none)", c.served.Load(), c.failed.Load())
	}
}

// Requests go on over connections of every kind while the names they are for are changed all the time.
func TestNothingFailsWhileNamesChange(t *testing.T) {
	e := started(t)
	one, two := saying(t, "one"), saying(t, "two")
	entry := e.entry("shop.acme.com", one)
	e.put(entry, e.entry("socket.acme.com", originOf(upgraded(t))))
	conn, reader := e.webSocket("socket.acme.com")

	crowd := newCrowd(t, "https://shop.acme.com/", "one", "two")
	for _, change := range []func(*http.Transport){
		func(tr *http.Transport) {},                                                            // a handshake for each request
		func(tr *http.Transport) { tr.DisableKeepAlives = false },                              // HTTP/2 that stays open
		func(tr *http.Transport) { tr.DisableKeepAlives, tr.ForceAttemptHTTP2 = false, false }, // HTTP/1.1 that stays open
	} {
		client := e.client()
		change(client.Transport.(*http.Transport))
		crowd.visit(client)
	}
	var last protocol.Position
	for i := range 200 {
		entry.Origin = []*protocol.Origin{one, two}[i%2]
		if i%5 == 0 {
			entry.Certificate = e.control.certificate(e.ca, "shop.acme.com")
		}
		last = e.control.put(entry)
		if i%20 == 0 {
			e.reached(last)
		}
	}
	e.reached(last)
	crowd.leave(50)
	fmt.Fprintln(conn, "still open")
	if line, err := reader.ReadString('\n'); err != nil || line != "echo still open\n" {
		t.Errorf("WebSocket: %q, %v (expected: it stayed open)", line, err)
	}
}

func TestAllPairsOfNamesOfTwoTeamsAreMisdirected(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	var entries []protocol.Entry
	for i := range 10 {
		entries = append(entries, e.entry(fmt.Sprintf("n%d.acme.com", i), origin), e.entry(fmt.Sprintf("n%d.other.com", i), origin))
	}
	e.put(entries...)
	for _, sni := range entries {
		for _, host := range entries {
			want := 200
			if sni.TeamID != host.TeamID {
				want = 421
			}
			if got := e.get("https://"+sni.Hostname+"/", "Host", host.Hostname); got.status != want {
				t.Errorf("SNI %s, Host %s: %d (expected: %d)", sni.Hostname, host.Hostname, got.status, want)
			}
		}
	}
}

func TestOffersWhatMozillasIntermediateListHas(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	dial := func(config *tls.Config) (tls.ConnectionState, error) {
		config.ServerName, config.RootCAs = "shop.acme.com", e.roots()
		conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, config)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer conn.Close()
		return conn.ConnectionState(), nil
	}
	state, err := dial(&tls.Config{})
	if err != nil || state.Version != tls.VersionTLS13 || state.CurveID != tls.X25519MLKEM768 {
		t.Errorf("%s %s, %v (expected: TLS 1.3 with X25519MLKEM768)", tls.VersionName(state.Version), state.CurveID, err)
	}
	if state, err := dial(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Errorf("%s went through (expected: refused)", tls.VersionName(state.Version))
	}
	intermediate := map[string]bool{
		"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": true, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": true,
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": true,
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.SupportedVersions[0] == tls.VersionTLS13 {
			continue
		}
		_, err := dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
		if (err == nil) != intermediate[suite.Name] {
			t.Errorf("%s: %v (expected: %v)", suite.Name, err == nil, intermediate[suite.Name])
		}
	}
}
