package caddynode

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/node"
	"nameplate.io/edge/protocol"
)

// edge is a real Caddy with our modules on loopback addresses of its own. There is one at a time.
type edge struct {
	t       *testing.T
	control *control
	ca      *authority // of the served certificates
	options Options
}

// freePorts are addresses with ports that nobody listens at; no two are the same.
func freePorts(t *testing.T, address string, n int) []string {
	t.Helper()
	var free []string
	for range n {
		l, err := net.Listen("tcp", address+":0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		free = append(free, l.Addr().String())
	}
	return free
}

func freePort(t *testing.T, address string) string {
	t.Helper()
	return freePorts(t, address, 1)[0]
}

// newEdge makes an edge that has not been started.
func newEdge(t *testing.T) *edge {
	t.Helper()
	e := &edge{t: t, control: newControl(t), ca: newAuthority(t, "test CA")}
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte(e.control.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ports := freePorts(t, "127.0.90.1", 3)
	e.options = Options{Grace: 2 * time.Second, AdminAddress: ports[0], Node: node.Config{
		DataDir: filepath.Join(dir, "edge"), Name: "edge-test", HTTPSAddress: ports[1], HTTPAddress: ports[2],
		Control: "https://" + e.control.server.Listener.Addr().String(), JoinTokenFile: token,
		AllowOrigins: []netip.Prefix{netip.MustParsePrefix("127.0.91.1/32")}, Version: "test",
	}}
	return e
}

// started makes an edge and waits until it is ready.
func started(t *testing.T) *edge {
	t.Helper()
	e := newEdge(t)
	e.start()
	e.ready()
	return e
}

func (e *edge) start() {
	e.t.Helper()
	if err := Run(e.options); err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(e.stop)
}

func (e *edge) stop() {
	if err := Stop(e.options.Grace); err != nil {
		e.t.Error(err)
	}
}

// eventually waits for a condition that another process of events brings about.
func eventually(t *testing.T, what string, within time.Duration, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

func (e *edge) status() (int, node.Status) {
	e.t.Helper()
	var s node.Status
	response, err := http.Get("http://" + e.options.AdminAddress + "/readyz")
	if err != nil {
		return 0, s
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&s); err != nil {
		e.t.Fatal(err)
	}
	return response.StatusCode, s
}

// metrics are what monitoring reads at a path of the admin address.
func (e *edge) metrics(path string) string {
	e.t.Helper()
	response, err := http.Get("http://" + e.options.AdminAddress + path)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		e.t.Fatalf("%s: %d %q, %v (expected: metrics)", path, response.StatusCode, text, err)
	}
	return string(text)
}

func (e *edge) ready() {
	e.t.Helper()
	var last node.Status
	defer func() {
		if e.t.Failed() {
			e.t.Logf("status: %+v", last)
		}
	}()
	eventually(e.t, "ready", 120*time.Second, func() bool {
		code, s := e.status()
		last = s
		return code == 200
	})
}

// reached waits until the node has applied a position.
func (e *edge) reached(p protocol.Position) {
	e.t.Helper()
	eventually(e.t, "position "+p.String(), 2*time.Minute, func() bool {
		return !Running().Replica.Position().Before(p)
	})
}

// origin starts a server that customers could name; it answers on the address that is allowed.
func newOrigin(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func originOf(server *httptest.Server) *protocol.Origin {
	address := server.Listener.Addr().(*net.TCPAddr)
	scheme := "http"
	if server.TLS != nil {
		scheme = "https"
	}
	return &protocol.Origin{Scheme: scheme, Host: address.IP.String(), Port: address.Port, Path: "/", HostHeader: protocol.HostOfVisitor}
}

// saying is an origin that answers with a text.
func saying(t *testing.T, text string) *protocol.Origin {
	return originOf(newOrigin(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }))
}

// entry is a served name with a certificate; its domain and team follow from the name.
func (e *edge) entry(name string, to *protocol.Origin) protocol.Entry {
	return protocol.Entry{
		Hostname: name, DomainID: "dom_" + name, TeamID: "tea_" + registrable(name),
		State: protocol.Serving, Origin: to, Certificate: e.control.certificate(e.ca, name),
	}
}

// put writes entries and waits until the node serves them.
func (e *edge) put(entries ...protocol.Entry) {
	e.t.Helper()
	e.reached(e.control.put(entries...))
}

func (e *edge) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(e.ca.certificate)
	return pool
}

// client reaches the edge whatever the name, and opens a connection for every request.
func (e *edge) client() *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := e.options.Node.HTTPSAddress
			if strings.HasSuffix(address, ":80") {
				to = e.options.Node.HTTPAddress
			}
			return (&net.Dialer{}).DialContext(ctx, network, to)
		},
		TLSClientConfig:   &tls.Config{RootCAs: e.roots()},
		ForceAttemptHTTP2: true,
		DisableKeepAlives: true,
	}
	return &http.Client{
		Transport: transport, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type answer struct {
	status int
	header http.Header
	body   string
	tls    *tls.ConnectionState
}

func (e *edge) do(r *http.Request) (answer, error) {
	response, err := e.client().Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body), response.TLS}, err
}

func (e *edge) get(url string, header ...string) answer {
	e.t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Add(header[i], header[i+1])
		}
	}
	got, err := e.do(r)
	if err != nil {
		e.t.Fatalf("GET %s: %v", url, err)
	}
	return got
}

func (e *edge) handshake(name string) (*x509.Certificate, error) {
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: name, RootCAs: e.roots()})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}

func (e *edge) httpsPort() int {
	_, port, _ := net.SplitHostPort(e.options.Node.HTTPSAddress)
	n, _ := strconv.Atoi(port)
	return n
}

// registrable is the last two labels of a name, or all of it.
func registrable(name string) string {
	labels := strings.Split(name, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
