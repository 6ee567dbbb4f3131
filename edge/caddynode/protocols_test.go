package caddynode

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"

	"nameplate.io/edge/protocol"
)

// kept are clients of each version that keep their connections, one for each name.
func (e *edge) kept() map[string]*http.Client {
	all := e.protocols()
	for _, client := range all {
		if transport, ok := client.Transport.(*http.Transport); ok {
			transport.DisableKeepAlives = false
			e.t.Cleanup(transport.CloseIdleConnections)
		}
	}
	return all
}

func TestEveryProtocolCarriesBodiesByteForByte(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))))
	random := rand.NewChaCha8([32]byte{3})
	for version, client := range e.kept() {
		for _, size := range []int{0, 1, 16_383, 65_536, 1<<20 + 7} {
			body := make([]byte, size)
			_, _ = random.Read(body)
			for how, reader := range map[string]io.Reader{"with a length": bytes.NewReader(body), "without one": io.MultiReader(bytes.NewReader(body))} {
				response, err := client.Post("https://shop.acme.com/", "application/octet-stream", reader)
				if err != nil {
					t.Fatalf("%s, %d bytes %s: %v", version, size, how, err)
				}
				back, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.Proto != version || !bytes.Equal(back, body) {
					t.Errorf("%s, %d bytes %s: %d bytes back over %s, %v", version, size, how, len(back), response.Proto, err)
				}
			}
		}
	}
}

func TestEveryProtocolCarriesLargeUploads(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, _ := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%d %s", n, hex.EncodeToString(sum.Sum(nil)))
	}))))
	const size = 32 << 20 // TestALargeUploadPassesThroughWithoutBeingKept sends 512 MB
	for version, client := range e.kept() {
		sum := sha256.New()
		body := io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{5}), size), sum)
		client.Timeout = 5 * time.Minute
		response, err := client.Post("https://shop.acme.com/", "application/octet-stream", body)
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		said, err := io.ReadAll(response.Body)
		response.Body.Close()
		if want := fmt.Sprintf("%d %s", size, hex.EncodeToString(sum.Sum(nil))); string(said) != want {
			t.Errorf("%s: %q, %v (expected: %s)", version, said, err, want)
		}
	}
}

// A visitor's own trailers end at the edge over HTTP/3: quic-go's server does not read them.
func TestEveryProtocolCarriesTrailers(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Trailer", "X-Sum")
		fmt.Fprint(w, "body")
		w.Header().Set("X-Sum", "seen "+r.Trailer.Get("X-Of-The-Visitor"))
	}))))
	for version, client := range e.kept() {
		r, err := http.NewRequest(http.MethodPost, "https://shop.acme.com/", io.MultiReader(strings.NewReader("body")))
		if err != nil {
			t.Fatal(err)
		}
		r.Trailer = http.Header{"X-Of-The-Visitor": {"yes"}}
		response, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		_, _ = io.ReadAll(response.Body)
		response.Body.Close()
		want := "seen yes"
		if version == "HTTP/3.0" {
			want = "seen"
		}
		if got := strings.TrimSpace(response.Trailer.Get("X-Sum")); got != want {
			t.Errorf("%s: trailer %q (expected: %s)", version, got, want)
		}
	}
}

func TestEveryProtocolPassesEventsOnAsTheyCome(t *testing.T) {
	e := started(t)
	goOn := make(chan struct{})
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-goOn: // it has been seen
			case <-r.Context().Done():
				return
			}
		}
	}))))
	for version, client := range e.kept() {
		response, err := client.Get("https://shop.acme.com/")
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		reader := bufio.NewReader(response.Body)
		for i := range 3 {
			line, err := reader.ReadString('\n')
			if err != nil || line != fmt.Sprintf("data: %d\n", i) {
				t.Fatalf("%s: %q, %v (expected: event %d)", version, line, err, i)
			}
			_, _ = reader.ReadString('\n')
			goOn <- struct{}{}
		}
		if rest, err := io.ReadAll(reader); err != nil || len(rest) > 0 {
			t.Errorf("%s: %q, %v (expected: the end)", version, rest, err)
		}
		response.Body.Close()
	}
}

func TestAVisitorOverHTTP2IsToldToGoOnWithTheBody(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", choosy(t)))
	client := e.client()
	client.Timeout = 5 * time.Minute
	client.Transport.(*http.Transport).ExpectContinueTimeout = time.Hour // no body without a word
	for path, want := range map[string]int{"/refused": 413, "/taken": 200} {
		r, err := http.NewRequest(http.MethodPost, "https://shop.acme.com"+path, strings.NewReader(strings.Repeat("x", 100_000)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Expect", "100-continue")
		told := false
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got100Continue: func() { told = true }}))
		response, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		said, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != want || response.ProtoMajor != 2 || want == 200 && (!told || string(said) != "100000") {
			t.Errorf("%s: %s %d %q, told to go on: %v (expected: %d)", path, response.Proto, response.StatusCode, said, told, want)
		}
	}
}

func TestChunksOfEverySizePassAsOneBody(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))))
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	reader := bufio.NewReader(conn)
	random := rand.NewChaCha8([32]byte{6})
	for round := range 3 { // on one connection: each request has to end where its chunks do
		var body, wire bytes.Buffer
		fmt.Fprint(&wire, "POST / HTTP/1.1\r\nHost: shop.acme.com\r\nTransfer-Encoding: chunked\r\n\r\n")
		for _, size := range []int{1, 2, 15, 16, 17, 4095, 4096, 4097, 70_000, 1 + round} {
			part := make([]byte, size)
			_, _ = random.Read(part)
			body.Write(part)
			fmt.Fprintf(&wire, "%X;name=\"value\"\r\n%s\r\n", size, part)
		}
		fmt.Fprint(&wire, "0\r\n\r\n")
		for rest := wire.Bytes(); len(rest) > 0; { // cut anywhere
			n := min(1+int(random.Uint64()%9000), len(rest))
			if _, err := conn.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != 200 || !bytes.Equal(back, body.Bytes()) {
			t.Fatalf("%d, %d of %d bytes, %v", response.StatusCode, len(back), body.Len(), err)
		}
	}
}

// All 400 pairs of 20 names of two teams over one connection for each name, in each protocol.
func TestAllPairsOfNamesOfTwoTeamsAreMisdirectedInEveryProtocol(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	var entries []protocol.Entry
	for i := range 10 {
		entries = append(entries, e.entry(fmt.Sprintf("n%d.acme.com", i), origin), e.entry(fmt.Sprintf("n%d.other.com", i), origin))
	}
	e.put(entries...)
	for version, client := range e.kept() {
		misdirected := 0
		for _, sni := range entries {
			for _, host := range entries {
				want := 200
				if sni.TeamID != host.TeamID {
					want = 421
				}
				r := mustRequest(t, "https://"+sni.Hostname+"/")
				r.Host = host.Hostname
				response, err := client.Do(r)
				if err != nil {
					t.Fatalf("%s, SNI %s, Host %s: %v", version, sni.Hostname, host.Hostname, err)
				}
				body, _ := io.ReadAll(response.Body)
				response.Body.Close()
				if response.StatusCode != want || response.Proto != version || (string(body) == "hello") != (want == 200) {
					t.Errorf("%s, SNI %s, Host %s: %s %d %q (expected: %d)", version, sni.Hostname, host.Hostname, response.Proto, response.StatusCode, body, want)
				}
				if response.StatusCode == 421 {
					misdirected++
				}
			}
		}
		if misdirected != 200 {
			t.Errorf("%s: %d pairs were misdirected (expected: 200)", version, misdirected)
		}
	}
}

func TestNoRandomChallengeTokenIsServedOverHTTPSEither(t *testing.T) {
	e := started(t)
	origin := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "from the origin") })
	e.put(e.entry("shop.acme.com", originOf(origin)))
	for version, client := range e.kept() {
		random := rand.New(rand.NewPCG(4, 2))
		for i := range 1_000 {
			response, err := client.Do(mustRequest(t, "https://shop.acme.com/.well-known/acme-challenge/"+randomToken(random, i)))
			if err != nil {
				t.Fatalf("%s: %v", version, err)
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if len(body) > 0 || response.StatusCode != http.StatusNotFound {
				t.Fatalf("%s: %d %q (expected: a bare 404)", version, response.StatusCode, body)
			}
		}
	}
}

// A visitor's frames are the origin's business, good ones and bad ones: once an origin has taken an upgrade the edge looks
// into nothing, so whatever a suite like Autobahn's sends arrives as it was sent.
func TestUpgradedConnectionsPassEveryByteBothWays(t *testing.T) {
	e := started(t)
	answer := func(sent []byte) []byte { // told apart from an echo
		out := bytes.Clone(sent)
		for i := range out {
			out[i] ^= 0xa5
		}
		return out
	}
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
		part := make([]byte, 10_000)
		for {
			n, err := buffered.Read(part)
			if _, err := conn.Write(answer(part[:n])); err != nil {
				return
			}
			if err != nil {
				return
			}
		}
	}))))
	mask := []byte{1, 2, 3, 4}
	frame := func(first byte, payload string) []byte {
		out := []byte{first}
		switch n := len(payload); {
		case n < 126:
			out = append(out, 0x80|byte(n))
		default:
			out = append(out, 0x80|126, byte(n>>8), byte(n))
		}
		return append(append(out, mask...), payload...)
	}
	sent := bytes.Join([][]byte{
		frame(0x81, "text"), frame(0x82, "\x00\xff"), frame(0x89, "ping"), frame(0x8a, "pong nobody asked for"),
		frame(0x01, "a fragment"), frame(0x89, "a ping between"), frame(0x80, "its end"), frame(0x80, "an end of nothing"),
		frame(0xc1, "reserved bits"), frame(0xf2, "all of them"), frame(0x83, "an opcode that is none"), frame(0x8f, "another"),
		frame(0x89, strings.Repeat("x", 126)), frame(0x09, "a fragmented ping"), frame(0x81, "\xce\xba\xed\xa0\x80"), frame(0x81, "\xf4\x90\x80\x80"),
		{0x81, 4, 'b', 'a', 'r', 'e'},           // without a mask
		{0x81, 0xfe, 0, 1, 1, 2, 3, 4, 'x'},     // a length written longer than it need be
		{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, // a length of 2^63
		frame(0x88, ""), frame(0x88, "\x03"),    // a close of one byte
		frame(0x88, "\x03\xeb never to be sent"), // 1003
		frame(0x88, "\x00\x00"), frame(0x88, "\xff\xff"), []byte("GET / HTTP/1.1\r\nHost: other.com\r\n\r\n"),
	}, nil)
	random := rand.NewChaCha8([32]byte{8})
	more := make([]byte, 1<<20)
	_, _ = random.Read(more)
	sent = append(sent, more...)
	conn, reader := e.webSocket("shop.acme.com")
	go func() {
		for rest := sent; len(rest) > 0; {
			n := min(1+int(random.Uint64()%5000), len(rest))
			if _, err := conn.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
	}()
	back := make([]byte, len(sent))
	if n, err := io.ReadFull(reader, back); err != nil || !bytes.Equal(back, answer(sent)) {
		t.Errorf("%d of %d bytes came back, as answered: %v, %v", n, len(sent), bytes.Equal(back, answer(sent)), err)
	}
}

func TestNoRequestIsSmuggledThroughHTTP3(t *testing.T) {
	e := started(t)
	e.smuggleFields(e.attack3)
}

const (
	frameData    = 0x0 // RFC 9114 section 7.2
	frameHeaders = 0x1
	streamOfRest = 0x0 // the control stream, section 6.2.1
)

// attack3 sends one request with a hidden one as its body, frame by frame, and returns what the
// origin's answer was for, and whether the visitor left because his time was over. A refusal is none.
func (e *edge) attack3(fields []field, hidden string, within time.Duration) (targets []string, late bool) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	c, err := quic.DialAddr(ctx, e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"h3"}}, nil)
	if err != nil {
		return nil, true // nothing was asked yet
	}
	defer func() { _ = c.CloseWithError(0x100, "") }()
	settings, err := c.OpenUniStreamSync(ctx)
	if err != nil {
		return nil, true
	}
	_, _ = settings.Write([]byte{streamOfRest, 0x4, 0}) // no settings
	stream, err := c.OpenStreamSync(ctx)
	if err != nil {
		return nil, true
	}
	_ = stream.SetDeadline(time.Now().Add(within))
	var block bytes.Buffer
	encoder := qpack.NewEncoder(&block)
	for _, f := range fields {
		_ = encoder.WriteField(qpack.HeaderField{Name: f.name, Value: f.value})
	}
	frame := func(kind uint64, payload []byte) []byte {
		return append(quicvarint.Append(quicvarint.Append(nil, kind), uint64(len(payload))), payload...)
	}
	_, _ = stream.Write(append(frame(frameHeaders, block.Bytes()), frame(frameData, []byte(hidden))...))
	_ = stream.Close()
	reader := bufio.NewReader(stream)
	ok := false
	var body bytes.Buffer
	for {
		kind, err := quicvarint.Read(reader)
		if err == io.EOF && ok {
			return []string{body.String()}, false
		}
		if err != nil {
			return nil, ctx.Err() != nil || os.IsTimeout(err)
		}
		size, err := quicvarint.Read(reader)
		if err != nil {
			return nil, ctx.Err() != nil || os.IsTimeout(err)
		}
		payload := make([]byte, min(size, 1<<20))
		if _, err := io.ReadFull(reader, payload); err != nil {
			return nil, ctx.Err() != nil || os.IsTimeout(err)
		}
		switch kind {
		case frameHeaders:
			next := qpack.NewDecoder().Decode(payload)
			for f, err := next(); err == nil; f, err = next() {
				ok = ok || f.Name == ":status" && f.Value == "200"
			}
		case frameData:
			body.Write(payload)
		}
	}
}

// What comes before the end of a handshake could be a copy that somebody sends once more.
func TestNothingIsTakenBeforeTheHandshakeIsOver(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	sessions := tls.NewLRUClientSessionCache(4)
	visit := func() (resumed, early bool) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		conn := make(chan *quic.Conn, 1)
		three := e.http3()
		defer three.Close()
		three.TLSClientConfig = &tls.Config{RootCAs: e.roots(), ClientSessionCache: sessions}
		dial := three.Dial
		three.Dial = func(ctx context.Context, address string, tlsConfig *tls.Config, config *quic.Config) (*quic.Conn, error) {
			c, err := dial(ctx, address, tlsConfig, config)
			if err == nil {
				conn <- c
			}
			return c, err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://shop.acme.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := three.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if body, err := io.ReadAll(response.Body); err != nil || string(body) != "hello" {
			t.Fatalf("%q, %v", body, err)
		}
		state := (<-conn).ConnectionState()
		return state.TLS.DidResume, state.Used0RTT
	}
	eventually(t, "a session over QUIC is resumed", 2*time.Minute, func() bool {
		resumed, early := visit()
		if early {
			t.Fatal("0-RTT data was taken")
		}
		return resumed
	})
}
