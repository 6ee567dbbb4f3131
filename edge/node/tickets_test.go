package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"nameplate.io/edge/seal"
)

func clusterKey(t *testing.T, first byte) *seal.ClusterKey {
	t.Helper()
	root := make([]byte, 32)
	root[0] = first
	key, err := seal.NewClusterKey(root)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// visitor has been to a site and remembers its session.
type visitor struct {
	t           *testing.T
	certificate tls.Certificate
	client      *tls.Config
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"shop.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &visitor{t, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{
		ServerName: "shop.example", RootCAs: roots, ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}}
}

// resumes visits a node with these ticket keys, and reports whether the session of the visit before was resumed.
func (v *visitor) resumes(keys [][32]byte) bool {
	v.t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{v.certificate}}
	config.SetSessionTicketKeys(keys)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		v.t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		server := tls.Server(conn, config)
		_, _ = server.Write([]byte("hello")) // behind the ticket
		_, _ = io.Copy(io.Discard, server)
	}()
	client, err := tls.Dial("tcp", listener.Addr().String(), v.client)
	if err != nil {
		v.t.Fatal(err)
	}
	defer client.Close()
	if _, err := io.ReadFull(client, make([]byte, 5)); err != nil {
		v.t.Fatal(err)
	}
	return client.ConnectionState().DidResume
}

func TestAllNodesOfAClusterOpenEachOthersTicketsAndNoOtherClusters(t *testing.T) {
	v := newVisitor(t)
	begun := time.Date(2027, 1, 1, 10, 59, 0, 0, time.UTC)
	one := clusterKey(t, 1)
	if v.resumes(ticketKeys(one, begun)) {
		t.Fatal("the first visit resumed something")
	}
	if !v.resumes(ticketKeys(clusterKey(t, 1), begun)) {
		t.Error("another node of the cluster did not resume")
	}
	if !v.resumes(ticketKeys(one, begun.Add(2*time.Minute))) {
		t.Error("not resumed in the hour after")
	}
	if v.resumes(ticketKeys(clusterKey(t, 2), begun)) {
		t.Error("another cluster's node resumed")
	}
}

func TestTicketKeysRotateWithTheHour(t *testing.T) {
	key, begun := clusterKey(t, 1), time.Date(2027, 1, 1, 10, 59, 0, 0, time.UTC)
	at := func(hours int) [][32]byte { return ticketKeys(key, begun.Add(time.Duration(hours)*time.Hour)) }
	if at(0)[0] == at(1)[0] || at(0)[0] != ticketKeys(key, begun.Add(-30*time.Minute))[0] {
		t.Error("the key that seals is not one for each hour")
	}
	for hours, want := range map[int]bool{-1: true, 11: true, 12: false} { // -1: a node whose clock is behind
		v := newVisitor(t)
		v.resumes(at(0))
		if got := v.resumes(at(hours)); got != want {
			t.Errorf("%d hours later resumed: %v (expected: %v)", hours, got, want)
		}
	}
}
