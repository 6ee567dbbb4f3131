package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
)

const (
	// visitTimeout is how long one request may take.
	visitTimeout = 15 * time.Second
	// perConnection is how many requests a visitor makes before it goes on to another name.
	perConnection = 200
)

// Visitors ask nodes for names as browsers do, over connections that they keep, and notice whatever is
// not as it should be: an answer that is not 200, and a connection that ends before they end it. Nothing
// is tried again silently.
type Visitors struct {
	Nodes  []string       // host:port of each node's HTTPS
	Roots  *x509.CertPool // whom they trust
	Page   func() string  // a name with pages, at random
	Socket func() string  // a name whose origin echoes over WebSocket, at random
	Each   int            // visitors of each kind
	Pause  time.Duration  // of a visitor between two requests
	Say    func(string)   // told of each failure
}

// Kinds are how visitors come, in the order in which they are told of.
var Kinds = []string{"h1", "h2", "h3", "websocket"}

// Visits is what visitors of one kind saw.
type Visits struct {
	Requests    int64 `json:"requests"`
	Failed      int64 `json:"failed"`  // no answer, or not the expected one
	Dropped     int64 `json:"dropped"` // connections that ended by themselves
	Connections int64 `json:"connections"`
}

type tally struct{ requests, failed, dropped, connections atomic.Int64 }

// visit is one connection to a node for one name.
type visit interface {
	// ask makes a request. A lost connection is an errDropped.
	ask(ctx context.Context) error
	close()
}

// errDropped means that the connection ended although the visitor kept it.
var errDropped = errors.New("the connection was dropped")

// Run visits until the context ends, and then lets what is under way end. Ready is called when every
// visitor has had its first answer.
func (v *Visitors) Run(ctx context.Context, ready func()) map[string]Visits {
	open := map[string]func(context.Context, string) (visit, string, error){"h1": v.openH1, "h2": v.openH2, "h3": v.openH3, "websocket": v.openSocket}
	tallies := map[string]*tally{}
	var all, first sync.WaitGroup
	for _, kind := range Kinds {
		t := &tally{}
		tallies[kind] = t
		for i := range v.Each {
			first.Add(1)
			all.Go(func() {
				v.visit(ctx, kind, v.Nodes[i%len(v.Nodes)], open[kind], t, sync.OnceFunc(first.Done))
			})
		}
	}
	all.Go(func() {
		first.Wait()
		ready()
	})
	all.Wait()
	out := map[string]Visits{}
	for kind, t := range tallies {
		out[kind] = Visits{t.requests.Load(), t.failed.Load(), t.dropped.Load(), t.connections.Load()}
	}
	return out
}

func (v *Visitors) visit(
	ctx context.Context, kind, node string, open func(context.Context, string) (visit, string, error), t *tally, first func(),
) {
	defer first()
	for ctx.Err() == nil {
		t.connections.Add(1)
		// What is under way when the visit ends is let end: it must not fail either.
		within, cancel := context.WithTimeout(context.Background(), visitTimeout)
		c, name, err := open(within, node)
		cancel()
		if err != nil {
			t.failed.Add(1)
			v.Say(fmt.Sprintf("%s: %s at %s: no connection: %v", kind, name, node, err))
			v.pause(ctx, time.Second)
			continue
		}
		for i := 0; i < perConnection && ctx.Err() == nil; i++ {
			t.requests.Add(1)
			within, cancel := context.WithTimeout(context.Background(), visitTimeout)
			err := c.ask(within)
			cancel()
			if err == nil {
				first()
				v.pause(ctx, v.Pause)
				continue
			}
			if t.failed.Add(1); errors.Is(err, errDropped) {
				t.dropped.Add(1)
			}
			v.Say(fmt.Sprintf("%s: %s at %s, request %d of its connection: %v", kind, name, node, i+1, err))
			v.pause(ctx, 100*time.Millisecond)
			break
		}
		c.close()
	}
}

func (v *Visitors) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d/2 + rand.N(d+1)):
	}
}

func (v *Visitors) tls(name string, protocol ...string) *tls.Config {
	return &tls.Config{ServerName: name, RootCAs: v.Roots, NextProtos: protocol, MinVersion: tls.VersionTLS12}
}

func (v *Visitors) dial(ctx context.Context, node, name, protocol string) (*tls.Conn, error) {
	conn, err := (&tls.Dialer{Config: v.tls(name, protocol)}).DialContext(ctx, "tcp", node)
	if err != nil {
		return nil, err
	}
	return conn.(*tls.Conn), nil
}

func page(ctx context.Context, name string) *http.Request {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+name+"/", nil)
	if err != nil {
		panic(err) // a constant but for the name, which was made here
	}
	request.Header.Set("User-Agent", "nameplate-bench")
	return request
}

// read takes an answer in, whole.
func read(response *http.Response) error {
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("%w: in the middle of an answer: %w", errDropped, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

type h1Visit struct {
	conn net.Conn
	in   *bufio.Reader
	name string
}

func (v *Visitors) openH1(ctx context.Context, node string) (visit, string, error) {
	name := v.Page()
	conn, err := v.dial(ctx, node, name, "http/1.1")
	if err != nil {
		return nil, name, err
	}
	return &h1Visit{conn, bufio.NewReader(conn), name}, name, nil
}

func (c *h1Visit) close() { c.conn.Close() }

func (c *h1Visit) ask(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	request := page(ctx, c.name)
	if err := errors.Join(c.conn.SetDeadline(deadline), request.Write(c.conn)); err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	response, err := http.ReadResponse(c.in, request)
	if err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	if err := read(response); err != nil {
		return err
	}
	if response.Close {
		return fmt.Errorf("%w: the answer says Connection: close", errDropped)
	}
	return nil
}

type h2Visit struct {
	//lint:ignore SA1019 net/http's dials for itself, and we want to see this connection end
	conn *http2.ClientConn
	name string
}

func (v *Visitors) openH2(ctx context.Context, node string) (visit, string, error) {
	name := v.Page()
	conn, err := v.dial(ctx, node, name, "h2")
	if err != nil {
		return nil, name, err
	}
	//lint:ignore SA1019 as above
	client, err := (&http2.Transport{}).NewClientConn(conn)
	if err != nil {
		conn.Close()
		return nil, name, err
	}
	return &h2Visit{client, name}, name, nil
}

func (c *h2Visit) close() { _ = c.conn.Close() } // it may be gone already

func (c *h2Visit) ask(ctx context.Context) error {
	if !c.conn.CanTakeNewRequest() {
		return fmt.Errorf("%w: it takes no more requests", errDropped)
	}
	response, err := c.conn.RoundTrip(page(ctx, c.name))
	if err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	return read(response)
}

type h3Visit struct {
	conn   *quic.Conn
	client *http3.ClientConn
	name   string
}

func (v *Visitors) openH3(ctx context.Context, node string) (visit, string, error) {
	name := v.Page()
	conn, err := quic.DialAddr(ctx, node, v.tls(name, http3.NextProtoH3), &quic.Config{})
	if err != nil {
		return nil, name, err
	}
	return &h3Visit{conn, (&http3.Transport{}).NewClientConn(conn), name}, name, nil
}

func (c *h3Visit) close() {
	_ = c.conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
} // as above

func (c *h3Visit) ask(ctx context.Context) error {
	response, err := c.client.RoundTrip(page(ctx, c.name))
	if err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	return read(response)
}

type socketVisit struct {
	conn *websocket.Conn
	http *http.Transport
	sent int
}

func (v *Visitors) openSocket(ctx context.Context, node string) (visit, string, error) {
	name := v.Socket()
	transport := &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return v.dial(ctx, node, name, "http/1.1")
	}}
	conn, _, err := websocket.Dial(ctx, "wss://"+name+"/", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, name, err
	}
	return &socketVisit{conn: conn, http: transport}, name, nil
}

func (c *socketVisit) close() {
	_ = c.conn.Close(websocket.StatusNormalClosure, "") // as above
	c.http.CloseIdleConnections()
}

func (c *socketVisit) ask(ctx context.Context) error {
	c.sent++
	text := fmt.Sprintf("message %d", c.sent)
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	_, back, err := c.conn.Read(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errDropped, err)
	}
	if string(back) != text {
		return fmt.Errorf("%q came back (expected: %q)", back, text)
	}
	return nil
}
