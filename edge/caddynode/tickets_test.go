package caddynode

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"testing"
	"time"
)

// sibling is another node of the same cluster, which has not been started.
func (e *edge) sibling() *edge {
	e.t.Helper()
	s := newEdge(e.t)
	s.control, s.ca = e.control, e.ca
	s.control.csr = "" // the token is good once more
	s.options.Node.Control = e.options.Node.Control
	if err := os.WriteFile(s.options.Node.JoinTokenFile, []byte(e.control.token), 0o600); err != nil {
		e.t.Fatal(err)
	}
	return s
}

// joined starts a node, and once more when it has joined: from then on it has its cluster's ticket keys from the first
// handshake on.
func (e *edge) joined() {
	e.t.Helper()
	e.start()
	e.ready()
	e.stop()
	e.start()
	e.ready()
}

// visit makes a request with the sessions of a visitor, and reports whether one was resumed.
func (e *edge) visit(name string, sessions tls.ClientSessionCache) bool {
	e.t.Helper()
	conn, err := tls.Dial("tcp", e.options.Node.HTTPSAddress, &tls.Config{
		ServerName: name, RootCAs: e.roots(), NextProtos: []string{"http/1.1"}, ClientSessionCache: sessions,
	})
	if err != nil {
		e.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", name)
	if _, err := io.ReadAll(conn); err != nil { // the ticket comes behind the handshake
		e.t.Fatal(err)
	}
	return conn.ConnectionState().DidResume
}

func TestAnotherNodeOfTheClusterResumesASessionAndNoOtherClustersDoes(t *testing.T) {
	const name = "shop.acme.com"
	first := newEdge(t)
	chain, key := first.ca.issue(name, time.Now().Add(12*time.Hour))
	put := func(e *edge) {
		entry := e.entry(name, saying(t, "hello"))
		entry.Certificate = e.control.withKey(chain, key, name) // one certificate, wherever it is
		e.control.put(entry)
	}
	put(first)
	first.joined()
	session := tls.NewLRUClientSessionCache(1)
	first.visit(name, session)
	kept, ok := session.Get(name)
	if !ok {
		t.Fatal("there is no ticket")
	}
	fromFirst := func() tls.ClientSessionCache {
		sessions := tls.NewLRUClientSessionCache(1)
		sessions.Put(name, kept)
		return sessions
	}
	if !first.visit(name, fromFirst()) {
		t.Error("the node itself did not resume")
	}
	first.stop()

	second := first.sibling()
	second.joined()
	if !second.visit(name, fromFirst()) {
		t.Error("another node of the cluster did not resume")
	}
	second.stop()

	other := newEdge(t)
	other.ca = first.ca
	put(other)
	other.joined()
	sessions := fromFirst()
	if other.visit(name, sessions) {
		t.Error("a node of another cluster resumed")
	}
	if !other.visit(name, sessions) {
		t.Error("the other cluster's node did not resume a session of its own")
	}
}
