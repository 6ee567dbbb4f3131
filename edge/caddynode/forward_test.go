package caddynode

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

// raw is an origin that answers each request of a connection with the same bytes, and says what it got.
func raw(t *testing.T, answer string) (*net.TCPAddr, <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got := make(chan string, 16)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := bufio.NewReader(conn); ; {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					var lines []string
					for name, values := range request.Header {
						lines = append(lines, fmt.Sprintf("%s: %q", name, values))
					}
					slices.Sort(lines)
					got <- request.Host + " " + request.RequestURI + "\n" + strings.Join(lines, "\n")
					if _, err := io.WriteString(conn, answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr), got
}

// Most requests are passed on by the node itself, the others by Caddy's reverse proxy, and nobody can
// tell. What differs below, a POST without a body, has nothing to do with what is compared.
func TestTheShortWayIsLikeTheReverseProxys(t *testing.T) {
	e := started(t)
	address, got := raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: X-Near, keep-alive\r\nX-Near: 1\r\nX-Far: 2\r\n"+
		"Keep-Alive: timeout=5\r\nServer: theirs\r\nVia: 1.1 theirs\r\nAlt-Svc: h3=\":1\"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"+
		"Nameplate-Node: forged\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\n\r\nhello")
	to := saying(t, "")
	to.Host, to.Port, to.Path = address.IP.String(), address.Port, "/base"
	e.put(e.entry("shop.acme.com", to))
	headers := []string{
		"Accept", "text/html", "Accept", "image/png", "Cookie", "a=1", "Via", "1.0 far", "X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1",
		"X-Real-Ip", "192.0.2.1", "Proxy-Authorization", "secret", "Alt-Svc", "clear", "Cdn-Loop", "another", "User-Agent", "",
	}
	type outcome struct{ sent, status, header, body string }
	send := func(method, path string) outcome {
		r, err := http.NewRequest(method, "https://shop.acme.com"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		answer, err := e.do(r)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for name, values := range answer.header {
			lines = append(lines, fmt.Sprintf("%s: %q", name, values))
		}
		slices.Sort(lines)
		sent := slices.DeleteFunc(strings.Split(<-got, "\n"), func(line string) bool { return strings.HasPrefix(line, "Content-Length") })
		return outcome{strings.Join(sent, "\n"), fmt.Sprint(answer.status), strings.Join(lines, "\n"), answer.body}
	}
	for _, path := range []string{"/", "/a%2Fb/../c?x=1&y=%20", "/?"} {
		short, long := send(http.MethodGet, path), send(http.MethodPost, path)
		if short != long {
			t.Errorf("%s: the short way\n%+v\nthe reverse proxy\n%+v", path, short, long)
		}
		if short.body != "hello" || !strings.Contains(short.header, `Via: ["1.1 Caddy" "1.1 theirs"]`) || strings.Contains(short.header, "X-Near") ||
			strings.Contains(short.header, "Nameplate") || strings.Contains(short.sent, "192.0.2.1") {
			t.Errorf("%s: %+v (expected: hello, both Via, nothing that is between two servers, nothing forged)", path, short)
		}
	}
}

func TestAnOriginThatBreaksOffIsNotTakenForComplete(t *testing.T) {
	e := started(t)
	address, _ := raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nhalf")
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() { // passes one answer on and hangs up
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		to, err := net.Dial("tcp", address.String())
		if err != nil {
			return
		}
		defer to.Close()
		go func() { _, _ = io.Copy(to, conn) }()
		_, _ = io.CopyN(conn, to, int64(len("HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nhalf")))
	}()
	to := saying(t, "")
	to.Port = l.Addr().(*net.TCPAddr).Port
	e.put(e.entry("shop.acme.com", to))
	r, err := http.NewRequest(http.MethodGet, "https://shop.acme.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := e.do(r); err == nil {
		t.Errorf("%d %q (expected: an error)", got.status, got.body)
	}
}

func TestPassesEarlyHintsAndTrailersOfSimpleRequestsOn(t *testing.T) {
	e := started(t)
	address, _ := raw(t, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"+
		"5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n")
	to := saying(t, "")
	to.Port = address.Port
	e.put(e.entry("shop.acme.com", to))
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots()})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n")
	in := bufio.NewReader(conn)
	text := textproto.NewReader(in)
	line, err := text.ReadLine()
	if err != nil || !strings.Contains(line, " 103 ") {
		t.Fatalf("%q, %v (expected: 103)", line, err)
	}
	hints, err := text.ReadMIMEHeader()
	if err != nil || hints.Get("Link") != "</a.css>" {
		t.Errorf("%v, %v (expected: the origin's Link)", hints, err)
	}
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "hello" || response.Trailer.Get("X-Sum") != "7" || response.Header.Get("Link") != "" {
		t.Errorf("%q, %v, trailer %v, header %v (expected: hello, X-Sum 7, no Link)", body, err, response.Trailer, response.Header)
	}
}

func TestAnUnaskedUpgradeIsTheOriginsFailure(t *testing.T) {
	e := started(t)
	address, _ := raw(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
	to := saying(t, "")
	to.Port = address.Port
	e.put(e.entry("shop.acme.com", to))
	if got := e.get("https://shop.acme.com/"); got.status != 502 {
		t.Errorf("%d %q (expected: 502)", got.status, got.body)
	}
}
