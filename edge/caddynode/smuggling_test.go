package caddynode

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"nameplate.io/edge/protocol"
)

// A message that a proxy and an origin could cut differently hides a request in another one's body (RFC
// 9112 section 11.2). The origin of these tests takes every byte as RFC 9112 has it, without any of
// the leniency of a real one, and writes down where requests begin. Nothing that could be cut in two
// ways may get to it, and each visitor gets the answers to his own requests.

// exactOrigin answers each request with its target.
type exactOrigin struct {
	t       *testing.T
	mu      sync.Mutex
	targets []string
	faults  []string
}

func newExactOrigin(t *testing.T) (*exactOrigin, *protocol.Origin) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	o := &exactOrigin{t: t}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go o.serve(c)
		}
	}()
	address := l.Addr().(*net.TCPAddr)
	return o, &protocol.Origin{Scheme: "http", Host: address.IP.String(), Port: address.Port, Path: "/", HostHeader: protocol.HostOfVisitor}
}

func (o *exactOrigin) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	reader := bufio.NewReader(c)
	for {
		target, err := exactRequest(reader)
		switch {
		case err == nil:
			o.mu.Lock()
			o.targets = append(o.targets, target)
			o.mu.Unlock()
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(target), target)
		case errors.Is(err, errInexact):
			o.mu.Lock()
			o.faults = append(o.faults, fmt.Sprintf("%s: %v", target, err))
			o.mu.Unlock()
			return
		default:
			return // the connection ended, in the middle of a body or between two requests
		}
	}
}

var errInexact = errors.New("not exactly as RFC 9112 has it")

// exactRequest reads one request and returns its target.
func exactRequest(r *bufio.Reader) (string, error) {
	line, err := exactLine(r)
	if err != nil {
		return "", err
	}
	parts := strings.Split(line, " ")
	if len(parts) != 3 || parts[2] != "HTTP/1.1" {
		return line, fmt.Errorf("%w: request line %q", errInexact, line)
	}
	target := parts[1]
	length, chunked := -1, false
	for {
		field, err := exactLine(r)
		if err != nil {
			return target, err
		}
		if field == "" {
			break
		}
		name, value, ok := strings.Cut(field, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return target, fmt.Errorf("%w: field %q", errInexact, field)
		}
		value = strings.Trim(value, " \t")
		switch strings.ToLower(name) {
		case "content-length":
			n, err := strconv.ParseUint(value, 10, 62)
			if err != nil || length >= 0 || strconv.FormatUint(n, 10) != value {
				return target, fmt.Errorf("%w: Content-Length %q", errInexact, value)
			}
			length = int(n)
		case "transfer-encoding":
			if value != "chunked" || chunked {
				return target, fmt.Errorf("%w: Transfer-Encoding %q", errInexact, value)
			}
			chunked = true
		}
	}
	if chunked && length >= 0 {
		return target, fmt.Errorf("%w: a length and chunks", errInexact)
	}
	if chunked {
		return target, exactChunks(r)
	}
	_, err = io.CopyN(io.Discard, r, int64(max(0, length)))
	return target, err
}

func exactChunks(r *bufio.Reader) error {
	for {
		line, err := exactLine(r)
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(line, 16, 62)
		if err != nil {
			return fmt.Errorf("%w: chunk size %q", errInexact, line)
		}
		if _, err := io.CopyN(io.Discard, r, int64(size)); err != nil {
			return err
		}
		if size == 0 {
			for {
				trailer, err := exactLine(r)
				if trailer == "" || err != nil {
					return err
				}
			}
		}
		if end, err := exactLine(r); err != nil || end != "" {
			return fmt.Errorf("%w: %q after a chunk (%v)", errInexact, end, err)
		}
	}
}

func exactLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return line, err
	}
	line, ok := strings.CutSuffix(line, "\r\n")
	if !ok || strings.ContainsAny(line, "\r\n\x00") {
		return line, fmt.Errorf("%w: line %q", errInexact, line)
	}
	return line, nil
}

const hidden = "GET /smuggled HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n"

// smuggled are requests that hide another one, by what is wrong with them. The first line is put
// before each, with a Host field where it says so.
var smuggled = map[string]string{
	"a length and chunks":                      head("Content-Length: 6", "Transfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
	"chunks and a length":                      head("Transfer-Encoding: chunked", "Content-Length: 4") + chunk(hidden) + "0\r\n\r\n",
	"space before the colon of the coding":     head("Content-Length: 6", "Transfer-Encoding : chunked") + "0\r\n\r\n" + hidden,
	"an unknown coding":                        head("Content-Length: 6", "Transfer-Encoding: xchunked") + "0\r\n\r\n" + hidden,
	"a tab before the coding":                  head("Content-Length: 6", "Transfer-Encoding:\tchunked") + "0\r\n\r\n" + hidden,
	"chunked, identity":                        head("Content-Length: 6", "Transfer-Encoding: chunked, identity") + "0\r\n\r\n" + hidden,
	"identity, chunked":                        head("Content-Length: 6", "Transfer-Encoding: identity, chunked") + "0\r\n\r\n" + hidden,
	"two codings":                              head("Content-Length: 6", "Transfer-Encoding: chunked", "Transfer-Encoding: cow") + "0\r\n\r\n" + hidden,
	"a coding twice":                           head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
	"a vertical tab before the coding":         head("Content-Length: 6", "Transfer-Encoding: \x0bchunked") + "0\r\n\r\n" + hidden,
	"a coding in quotes":                       head("Content-Length: 6", "Transfer-Encoding: \"chunked\"") + "0\r\n\r\n" + hidden,
	"a coding behind a bare line feed":         head("Content-Length: 6", "X: x\nTransfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
	"a coding behind a bare carriage return":   head("Content-Length: 6", "X: x\rTransfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
	"a folded coding":                          head("Content-Length: 6", "Transfer-Encoding:\r\n chunked") + "0\r\n\r\n" + hidden,
	"a coding folded into another field":       head("Content-Length: 6", "X: x\r\n\tTransfer-Encoding: chunked") + "0\r\n\r\n" + hidden,
	"a coding with a null":                     head("Content-Length: 6", "Transfer-Encoding: chunked\x00") + "0\r\n\r\n" + hidden,
	"two lengths":                              head("Content-Length: 0", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"two lengths in one field":                 head("Content-Length: 0, "+strconv.Itoa(len(hidden))) + hidden,
	"the same length twice, then more":         head("Content-Length: 1", "Content-Length: 1") + "x" + hidden,
	"a length with a plus":                     head("Content-Length: +0") + hidden,
	"a length with a minus":                    head("Content-Length: -1") + hidden,
	"a length in hexadecimal":                  head("Content-Length: 0x0") + hidden,
	"a length that does not fit":               head("Content-Length: 18446744073709551616") + hidden,
	"an empty length":                          head("Content-Length: ") + hidden,
	"a length with space before the colon":     head("Content-Length : "+strconv.Itoa(len(hidden))) + hidden,
	"a length that Connection takes away":      head("Connection: Content-Length", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"chunks that Connection takes away":        head("Connection: Transfer-Encoding", "Transfer-Encoding: chunked") + chunk(hidden) + "0\r\n\r\n",
	"a chunk size with 0x":                     head("Transfer-Encoding: chunked") + "0x0\r\n\r\n" + hidden,
	"a chunk size with an underscore":          head("Transfer-Encoding: chunked") + "1_0\r\n" + strings.Repeat("x", 16) + "\r\n0\r\n\r\n" + hidden,
	"a chunk size that does not fit":           head("Transfer-Encoding: chunked") + "10000000000000000\r\n" + hidden,
	"a chunk extension with a bare line feed":  head("Transfer-Encoding: chunked") + "2;\nxx\r\nzz\r\n0\r\n\r\n" + hidden,
	"a chunk line that ends in a line feed":    head("Transfer-Encoding: chunked") + "0\n\n" + hidden,
	"a chunk that is longer than it says":      head("Transfer-Encoding: chunked") + "1\r\nxx\r\n0\r\n\r\n" + hidden,
	"a chunk without an end":                   head("Transfer-Encoding: chunked") + "1\r\nx0\r\n\r\n" + hidden,
	"a trailer that frames":                    head("Transfer-Encoding: chunked") + "0\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n",
	"two hosts":                                "GET /attack HTTP/1.1\r\nHost: shop.acme.com\r\nHost: other.com\r\n\r\n",
	"a target with another host":               "GET http://other.com/attack HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n",
	"a space more in the request line":         "GET /attack HTTP/1.1 HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n",
	"a request in the target":                  "GET /attack%0d%0a%0d%0aGET%20/smuggled HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n",
	"chunks before HTTP/1.1":                   "POST /attack HTTP/1.0\r\nHost: shop.acme.com\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n" + chunk(hidden) + "0\r\n\r\n",
	"a body nobody asked for":                  "GET /attack HTTP/1.1\r\nHost: shop.acme.com\r\nContent-Length: " + strconv.Itoa(len(hidden)) + "\r\n\r\n" + hidden,
	"a body that waits to be asked for":        head("Expect: 100-continue", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"an expectation of something else":         head("Expect: 100-continue, x", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"an upgrade to HTTP/2 in clear":            head("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"a WebSocket of a version nobody speaks":   "GET /attack HTTP/1.1\r\nHost: shop.acme.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + hidden[:0],
	"a field without a name":                   head(": x", "Content-Length: 0"),
	"a field without a colon":                  head("Transfer-Encoding", "Content-Length: 6") + "0\r\n\r\n" + hidden,
	"a space before the first field":           "POST /attack HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: shop.acme.com\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + hidden,
	"space in front of the request":            " POST /attack HTTP/1.1\r\nHost: shop.acme.com\r\nContent-Length: 0\r\n\r\n",
	"an underscore instead of the length's":    head("Content_Length: 0", "Content-Length: "+strconv.Itoa(len(hidden))) + hidden,
	"a coding with an underscore":              head("Transfer_Encoding: chunked", "Content-Length: 6") + "0\r\n\r\n" + hidden,
	"a method with a request in it":            "GET\t/attack HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n",
	"a request whose lines end in a line feed": "POST /attack HTTP/1.1\nHost: shop.acme.com\nContent-Length: 6\nTransfer-Encoding: chunked\n\n0\r\n\r\n" + hidden,
}

func head(fields ...string) string {
	return "POST /attack HTTP/1.1\r\nHost: shop.acme.com\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
}

func chunk(body string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(body), body) }

func TestNoRequestIsSmuggled(t *testing.T) {
	e := started(t)
	o, to := newExactOrigin(t)
	e.put(e.entry("shop.acme.com", to))
	var all sync.WaitGroup
	number := 0
	for what, payload := range smuggled {
		number++
		mark := fmt.Sprintf("/m%d.", number)
		payload = marking(mark).Replace(payload)
		all.Go(func() {
			o.compare(t, what, mark, func(within time.Duration) ([]string, bool) { return e.attack(payload, "/canary"+mark, within) })
		})
	}
	all.Wait()
	o.check(t)
	if got := e.get("https://shop.acme.com/canary"); got.body != "/canary" {
		t.Errorf("afterwards: %d %q", got.status, got.body)
	}
}

// compare holds what the origin got under a mark against what its sender has answers for. What looks
// like two requests to the edge may be two: then both were answered. What the origin got beyond that
// was hidden from the edge. A visitor who ran out of time may only have left too early: he comes again and
// waits longer.
func (o *exactOrigin) compare(t *testing.T, what, mark string, attack func(within time.Duration) (answered []string, late bool)) {
	for within := 5 * time.Second; ; within *= 3 {
		from := o.count()
		answered, late := attack(within)
		got := o.under(mark, from)
		if slices.Equal(got, answered) {
			return
		}
		if !late || within > time.Minute {
			t.Errorf("%s: the origin got %q, the visitor has answers for %q", what, got, answered)
			return
		}
	}
}

// count is how many requests the origin got so far.
func (o *exactOrigin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.targets)
}

// under are the targets under a mark, but for the first so many of all.
func (o *exactOrigin) under(mark string, from int) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var got []string
	for _, target := range o.targets[from:] {
		if strings.Contains(target, mark) {
			got = append(got, target)
		}
	}
	return got
}

// check fails for what reached the origin and could be read in two ways.
func (o *exactOrigin) check(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, fault := range o.faults {
		t.Errorf("the origin got %s", fault)
	}
	if len(o.targets) == 0 {
		t.Error("the origin got nothing at all")
	}
}

// attack sends a payload and a request of its own on one connection, and returns what the origin's
// answers on it were for, and whether the visitor left because his time was over. A refusal by the edge is
// no answer.
func (e *edge) attack(payload, canary string, within time.Duration) (targets []string, late bool) {
	c, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"http/1.1"}})
	if err != nil {
		e.t.Error(err)
		return nil, false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within)) // a body that never ends is waited for
	go func() {
		_, _ = io.WriteString(c, payload)
		_, _ = io.WriteString(c, "GET "+canary+" HTTP/1.1\r\nHost: shop.acme.com\r\nConnection: close\r\n\r\n")
	}()
	for reader := bufio.NewReader(c); ; {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return targets, os.IsTimeout(err)
		}
		if response.StatusCode == http.StatusContinue {
			continue
		}
		body, err := io.ReadAll(response.Body)
		if response.StatusCode == http.StatusOK && err == nil {
			targets = append(targets, string(body))
		}
	}
}

// field is one of HTTP/2, written as it is.
type field struct{ name, value string }

func request2(path string, more ...field) []field {
	return append([]field{{":method", "POST"}, {":scheme", "https"}, {":authority", "shop.acme.com"}, {":path", path}}, more...)
}

// smuggled2 are requests of HTTP/2 that would be others when written as HTTP/1.1.
var smuggled2 = map[string][]field{
	"a length that is less than the body": request2("/attack", field{"content-length", "0"}),
	"a length that is more than the body": request2("/attack", field{"content-length", "1000"}),
	"a transfer coding":                   request2("/attack", field{"transfer-encoding", "chunked"}),
	"a connection field":                  request2("/attack", field{"connection", "transfer-encoding"}),
	"a line end in a value":               request2("/attack", field{"x", "x\r\ntransfer-encoding: chunked"}),
	"a line feed in a value":              request2("/attack", field{"x", "x\ncontent-length: 0"}),
	"a line end in a name":                request2("/attack", field{"x: x\r\ntransfer-encoding", "chunked"}),
	"a colon in a name":                   request2("/attack", field{"transfer-encoding:", "chunked"}),
	"capitals in a name":                  request2("/attack", field{"Transfer-Encoding", "chunked"}),
	"a line end in the path":              request2("/attack HTTP/1.1\r\nHost: shop.acme.com\r\n\r\nGET /smuggled"),
	"a space in the path":                 request2("/attack HTTP/1.1"),
	"a path without a slash":              request2("attack"),
	"a line end in the authority":         {{":method", "GET"}, {":scheme", "https"}, {":authority", "shop.acme.com\r\nx: y"}, {":path", "/attack"}},
	"a line end in the method":            {{":method", "GET /smuggled HTTP/1.1\r\nx: y\r\n\r\nGET"}, {":scheme", "https"}, {":authority", "shop.acme.com"}, {":path", "/attack"}},
	"a space in the method":               {{":method", "GET /smuggled"}, {":scheme", "https"}, {":authority", "shop.acme.com"}, {":path", "/attack"}},
	"another host beside the authority":   request2("/attack", field{"host", "other.com"}),
	"a pseudo-field behind a field":       append(request2("/attack", field{"x", "y"}), field{":path", "/smuggled"}),
	"two paths":                           request2("/attack", field{":path", "/smuggled"}),
	"a null in a value":                   request2("/attack", field{"x", "x\x00"}),
	"an unknown pseudo-field":             request2("/attack", field{":smuggled", "/smuggled"}),
	"te of something else than trailers":  request2("/attack", field{"te", "chunked"}),
	"a scheme with a request in it":       {{":method", "GET"}, {":scheme", "https://shop.acme.com/smuggled HTTP/1.1\r\n\r\n"}, {":authority", "shop.acme.com"}, {":path", "/attack"}},
	"an upgrade":                          request2("/attack", field{"upgrade", "websocket"}),
	"two lengths":                         request2("/attack", field{"content-length", "0"}, field{"content-length", strconv.Itoa(len(hidden))}),
	"an expectation":                      request2("/attack", field{"expect", "100-continue"}),
	"a proxy's connection field":          request2("/attack", field{"proxy-connection", "keep-alive"}),
	"keep-alive":                          request2("/attack", field{"keep-alive", "timeout=5"}),
	"an empty name":                       request2("/attack", field{"", "x"}),
	"a value with space around it":        request2("/attack", field{"x", " \tx "}),
	"a length that is no number":          request2("/attack", field{"content-length", "0x0"}),
	"a length with a plus":                request2("/attack", field{"content-length", "+" + strconv.Itoa(len(hidden))}),
}

func TestNoRequestIsSmuggledThroughHTTP2(t *testing.T) {
	e := started(t)
	e.smuggleFields(e.attack2)
}

// smuggleFields sends every payload of smuggled2 by a protocol that has fields and frames.
func (e *edge) smuggleFields(attack func(fields []field, hidden string, within time.Duration) (targets []string, late bool)) {
	e.t.Helper()
	o, to := newExactOrigin(e.t)
	e.put(e.entry("shop.acme.com", to))
	var all sync.WaitGroup
	number := 0
	for what, fields := range smuggled2 {
		number++
		mark := fmt.Sprintf("/m%d.", number)
		own := marking(mark)
		marked := slices.Clone(fields)
		for i := range marked {
			marked[i].value = own.Replace(marked[i].value)
		}
		all.Go(func() {
			o.compare(e.t, what, mark, func(within time.Duration) ([]string, bool) {
				return attack(marked, own.Replace(hidden), within)
			})
		})
	}
	if answered, _ := attack(request2("/good"), hidden, 2*time.Minute); len(answered) != 1 || answered[0] != "/good" {
		e.t.Errorf("a good request was answered with %q (expected: /good)", answered)
	}
	all.Wait()
	if got := e.get("https://shop.acme.com/canary"); got.body != "/canary" {
		e.t.Errorf("afterwards: %d %q", got.status, got.body)
	}
	o.check(e.t)
}

// marking gives the requests of a payload, and those hidden in it, a mark of their own.
func marking(mark string) *strings.Replacer {
	return strings.NewReplacer("/attack", "/attack"+mark, "/smuggled", "/smuggled"+mark)
}

// attack2 sends one request with a hidden one as its body, frame by frame, and returns what the
// origin's answer was for, and whether the visitor left because his time was over. A refusal is none.
func (e *edge) attack2(fields []field, hidden string, within time.Duration) (targets []string, late bool) {
	c, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots(), NextProtos: []string{"h2"}})
	if err != nil {
		e.t.Error(err)
		return nil, false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	framer := http2.NewFramer(c, c)
	framer.AllowIllegalWrites = true
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range fields {
		_ = encoder.WriteField(hpack.HeaderField{Name: f.name, Value: f.value})
	}
	_, _ = io.WriteString(c, http2.ClientPreface)
	_ = framer.WriteSettings()
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true})
	_ = framer.WriteData(1, true, []byte(hidden))
	ok := false
	var body bytes.Buffer
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return nil, os.IsTimeout(err)
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			ok = f.PseudoValue("status") == "200"
			if f.StreamEnded() {
				return nil, false
			}
		case *http2.DataFrame:
			body.Write(f.Data())
			if f.StreamEnded() && ok {
				return []string{body.String()}, false
			}
			if f.StreamEnded() {
				return nil, false
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return nil, false
		case *http2.SettingsFrame:
			if !f.IsAck() {
				_ = framer.WriteSettingsAck()
			}
		}
	}
}
