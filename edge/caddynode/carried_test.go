package caddynode

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"nameplate.io/edge/protocol"
)

// talk answers a call of either kind: each word comes back as it arrives, "stop" ends with an error.
var talk = grpc.ServiceDesc{
	ServiceName: "nameplate.test.Talk",
	HandlerType: (*any)(nil),
	Streams: []grpc.StreamDesc{{
		StreamName: "Echo", ServerStreams: true, ClientStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error {
			for {
				word := new(wrapperspb.StringValue)
				if err := stream.RecvMsg(word); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
				if word.Value == "stop" {
					return status.Error(codes.NotFound, "no such word")
				}
				if err := stream.SendMsg(wrapperspb.String("echo " + word.Value)); err != nil {
					return err
				}
			}
		},
	}},
}

func TestCarriesGRPC(t *testing.T) {
	e := newEdge(t)
	e.trust(e.ca)
	e.start()
	e.ready()
	chain, key := e.ca.issue("origin.acme.com", time.Now().Add(time.Hour))
	pair := tls.Certificate{PrivateKey: key, Certificate: derOf(chain)}
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&pair)))
	server.RegisterService(&talk, nil)
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	address := l.Addr().(*net.TCPAddr)
	e.put(e.entry("rpc.acme.com", &protocol.Origin{
		Scheme: "https", Host: address.IP.String(), Port: address.Port, Path: "/", HostHeader: protocol.HostOfVisitor, ServerName: "origin.acme.com",
	}))
	connection, err := grpc.NewClient("passthrough:///"+e.options.Node.HTTPSAddress,
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: e.roots(), ServerName: "rpc.acme.com"})), grpc.WithAuthority("rpc.acme.com"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	stream, err := connection.NewStream(ctx, &talk.Streams[0], "/nameplate.test.Talk/Echo")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one", "two"} { // each answer comes before the next word goes
		if err := stream.SendMsg(wrapperspb.String(word)); err != nil {
			t.Fatal(err)
		}
		answer := new(wrapperspb.StringValue)
		if err := stream.RecvMsg(answer); err != nil || answer.Value != "echo "+word {
			t.Fatalf("%q %v", answer.Value, err)
		}
	}
	if err := stream.SendMsg(wrapperspb.String("stop")); err != nil {
		t.Fatal(err)
	}
	if err := stream.RecvMsg(new(wrapperspb.StringValue)); status.Code(err) != codes.NotFound || !strings.Contains(err.Error(), "no such word") {
		t.Errorf("the error in the trailers: %v", err)
	}
}

func TestALargeUploadPassesThroughWithoutBeingKept(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, _ := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%d %s", n, hex.EncodeToString(sum.Sum(nil)))
	}))))
	const size = 512 << 20
	sum := sha256.New()
	body := io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{7}), size), sum)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := http.NewRequest(http.MethodPut, "https://shop.acme.com/", body)
	if err != nil {
		t.Fatal(err)
	}
	client := e.client()
	client.Timeout = 5 * time.Minute
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(response.Body)
	runtime.ReadMemStats(&after)
	if want := fmt.Sprintf("%d %s", size, hex.EncodeToString(sum.Sum(nil))); string(said) != want {
		t.Errorf("%s (expected: %s)", said, want)
	}
	// Visitor, edge and origin live in this process: what it got from the system is more than the edge's share.
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > size/8 {
		t.Errorf("the heap grew by %d MiB for %d MiB", grown>>20, size>>20)
	}
}

func TestWebSocketsKeepTheirFramesMessagesAndCloseCodes(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{"chat"}})
		if err != nil {
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(8 << 20)
		for {
			kind, message, err := c.Read(r.Context())
			if err != nil {
				return
			}
			if string(message) == "leave" {
				_ = c.Close(4000, "as you wish")
				return
			}
			if c.Write(r.Context(), kind, message) != nil {
				return
			}
		}
	}))))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	client := e.client()
	client.Timeout = 0
	client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	c, _, err := websocket.Dial(ctx, "wss://shop.acme.com/", &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"chat"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(8 << 20)
	if c.Subprotocol() != "chat" {
		t.Errorf("subprotocol %q (expected: chat)", c.Subprotocol())
	}
	random := rand.NewChaCha8([32]byte{9})
	for _, size := range []int{0, 1, 125, 126, 65_535, 65_536, 4 << 20} {
		message := make([]byte, size)
		_, _ = random.Read(message)
		if err := c.Write(ctx, websocket.MessageBinary, message); err != nil {
			t.Fatal(err)
		}
		kind, back, err := c.Read(ctx)
		if err != nil || kind != websocket.MessageBinary || string(back) != string(message) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(back), err)
		}
	}
	writer, err := c.Writer(ctx, websocket.MessageText) // in fragments, with a ping between them
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(writer, strings.Repeat("a", 40_000))
	_, _ = io.WriteString(writer, strings.Repeat("b", 40_000))
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if kind, back, err := c.Read(ctx); err != nil || kind != websocket.MessageText || len(back) != 80_000 {
		t.Fatalf("fragments: %d bytes, %v", len(back), err)
	}
	if err := c.Write(ctx, websocket.MessageText, []byte("leave")); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Read(ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != 4000 || closed.Reason != "as you wish" {
		t.Errorf("%v (expected: close code 4000)", err)
	}
}

// protocols are clients that speak one version each.
func (e *edge) protocols() map[string]*http.Client {
	one, two := e.client(), e.client()
	one.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	three := e.http3()
	e.t.Cleanup(func() { three.Close() })
	return map[string]*http.Client{"HTTP/1.1": one, "HTTP/2.0": two, "HTTP/3.0": {Transport: three, Timeout: 2 * time.Minute}}
}

func TestForgedHeadersDoNotReachTheOriginInAnyProtocol(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.Header.Write(w)
	}))))
	forged := http.Header{}
	for _, name := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix",
		"X-Forwarded", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Original-URL", "X-Rewrite-URL",
		"Nameplate-Probe", "X_Forwarded_For", "X-Forwarded_For",
	} {
		forged[http.CanonicalHeaderKey(name)] = []string{"forged.example", "forged.example"}
	}
	for version, client := range e.protocols() {
		for _, connection := range []string{"", "X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, X-Real-IP"} {
			r := mustRequest(t, "https://shop.acme.com/")
			r.Header = forged.Clone()
			if connection != "" {
				if version != "HTTP/1.1" {
					continue // it has no such field
				}
				r.Header.Set("Connection", connection) // asks the proxy to take them away, its own included
			}
			response, err := client.Do(r)
			if err != nil {
				t.Fatalf("%s: %v", version, err)
			}
			seen, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if response.Proto != version || strings.Contains(string(seen), "forged.example") {
				t.Errorf("%s over %s: a forged header reached the origin:\n%s", version, response.Proto, seen)
			}
			for _, want := range []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: shop.acme.com", "X-Forwarded-For: 127.0.0.1"} {
				if !strings.Contains(string(seen), want) {
					t.Errorf("%s: %q is missing in:\n%s", version, want, seen)
				}
			}
		}
	}
}

func TestNoneOfTenThousandRandomChallengeTokensIsServed(t *testing.T) {
	e := started(t)
	origin := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "from the origin") })
	e.put(e.entry("shop.acme.com", originOf(origin)), e.entry("shop.other.com", originOf(origin)))
	e.reached(e.control.putAnswer(protocol.Answer{
		Hostname: "shop.other.com", Token: "theirs", Value: "theirs.thumb", ExpiresAt: time.Now().Add(time.Hour),
	}))
	client := e.client()
	client.Transport.(*http.Transport).DisableKeepAlives = false
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 8
	const each = 1_250
	var all sync.WaitGroup
	for part := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(part), 1))
			for i := range each {
				token := randomToken(random, i)
				r := mustRequest(t, "http://shop.acme.com/.well-known/acme-challenge/"+token)
				response, err := client.Do(r)
				if err != nil {
					t.Errorf("%q: %v", token, err)
					return
				}
				body, _ := io.ReadAll(response.Body)
				response.Body.Close()
				if len(body) > 0 || response.StatusCode != http.StatusNotFound {
					t.Errorf("%q: %d %q (expected: a bare 404)", token, response.StatusCode, body)
				}
			}
		})
	}
	all.Wait()
	if got := e.get("http://shop.other.com/.well-known/acme-challenge/theirs"); got.body != "theirs.thumb" {
		t.Errorf("the one there is: %d %q", got.status, got.body)
	}
}

func randomToken(random *rand.Rand, i int) string {
	switch i % 25 {
	case 0:
		return "theirs" // of another team's name
	case 1:
		return "..%2Ftheirs"
	case 2:
		return "theirs%00"
	case 3:
		return strings.Repeat("x", 200+i)
	default:
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		token := make([]byte, 1+random.IntN(64))
		for at := range token {
			token[at] = letters[random.IntN(len(letters))]
		}
		return string(token)
	}
}

// derOf reads a PEM chain.
func derOf(chain string) [][]byte {
	var all [][]byte
	for rest := []byte(chain); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		all = append(all, block.Bytes)
	}
}
