package node

import (
	"crypto/tls"
	"net/http"
	"testing"
)

func TestOnlyRequestsWithoutBodyAndUpgradeAreSimple(t *testing.T) {
	request := func(change func(r *http.Request)) *http.Request {
		r := &http.Request{Method: http.MethodGet, Header: http.Header{}, TLS: &tls.ConnectionState{HandshakeComplete: true}}
		change(r)
		return r
	}
	field := func(name, value string) func(r *http.Request) {
		return func(r *http.Request) { r.Header.Add(name, value) }
	}
	for what, change := range map[string]func(r *http.Request){
		"GET":                    func(*http.Request) {},
		"HEAD":                   func(r *http.Request) { r.Method = http.MethodHead },
		"Connection: keep-alive": field("Connection", "keep-alive"),
		"Connection: Close":      field("Connection", "Close"),
	} {
		if !simple(request(change)) {
			t.Errorf("%s: not simple (expected: simple)", what)
		}
	}
	for what, change := range map[string]func(r *http.Request){
		"POST":                      func(r *http.Request) { r.Method = http.MethodPost },
		"CONNECT":                   func(r *http.Request) { r.Method = http.MethodConnect },
		"a body":                    func(r *http.Request) { r.ContentLength = 1 },
		"a body of unknown length":  func(r *http.Request) { r.ContentLength = -1 },
		"early data":                func(r *http.Request) { r.TLS.HandshakeComplete = false },
		"Upgrade":                   field("Upgrade", "websocket"),
		"Expect":                    field("Expect", "100-continue"),
		"Te":                        field("Te", "trailers"),
		"Trailer":                   field("Trailer", "X-Sum"),
		"a field between servers":   field("Connection", "keep-alive, X-Near"),
		"Connection twice":          func(r *http.Request) { r.Header["Connection"] = []string{"keep-alive", "X-Near"} },
		"an answer as it comes":     field("Incremental", "?1"),
		"a transfer coding":         field("Transfer-Encoding", "chunked"),
		"an extended CONNECT's GET": func(r *http.Request) { r.Header[":protocol"] = []string{"websocket"} },
	} {
		if simple(request(change)) {
			t.Errorf("%s: simple (expected: not)", what)
		}
	}
}
