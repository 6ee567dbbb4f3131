package node

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
	"nameplate.io/edge/replica"
)

func opened(t *testing.T) *Node {
	t.Helper()
	n, err := Open(Config{
		DataDir: t.TempDir(), Name: "edge-1", HTTPSAddress: "127.0.0.1:443", HTTPAddress: "127.0.0.1:80", Control: "https://127.0.0.1:1",
	}, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func put(t *testing.T, n *Node, name string, revision int64) {
	t.Helper()
	if err := n.Replica.Apply(&protocol.Changes{Epoch: 1, Revision: revision, Entries: []protocol.Entry{{
		Hostname: name, Revision: revision, DomainID: "dom_" + name, TeamID: "tea_1", State: protocol.Serving,
		Origin: &protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: protocol.HostOfVisitor},
	}}}); err != nil {
		t.Fatal(err)
	}
}

// onDisk is what another process would find in the node's data.
func onDisk(t *testing.T, n *Node) *replica.Replica {
	t.Helper()
	r, err := replica.Open(n.stateDir(), nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestDataThatCannotBeLentStaysTheNodes(t *testing.T) {
	n := opened(t)
	put(t, n, "a.example", 1)
	if err := n.Replica.Close(); err != nil { // so that closing it once more fails, as on a broken disk
		t.Fatal(err)
	}
	if err := n.Lend(); err == nil || strings.Contains(err.Error(), "taken back") {
		t.Fatalf("%v (expected: that the disk cannot be closed, and nothing else)", err)
	}
	if pid, err := Holder(n.Config.DataDir); pid != os.Getpid() {
		t.Errorf("the data is process %d's, %v (expected: this one's, %d)", pid, err, os.Getpid())
	}
	put(t, n, "b.example", 2)
	if found := onDisk(t, n); found.Position().Revision != 2 || found.Table.Stats().Names != 2 {
		t.Errorf("on the disk: %s, %d names (expected: both changes)", found.Position(), found.Table.Stats().Names)
	}
	if err := n.Lend(); err != nil {
		t.Errorf("the next time: %v (expected: lent)", err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatCameWhileTheDataWasLentIsWrittenWhenItIsTakenBack(t *testing.T) {
	n := opened(t)
	put(t, n, "a.example", 1)
	if err := n.Lend(); err != nil {
		t.Fatal(err)
	}
	if pid, err := Holder(n.Config.DataDir); err == nil {
		t.Errorf("the data is process %d's (expected: nobody's)", pid)
	}
	put(t, n, "b.example", 2)
	why := os.ErrDeadlineExceeded
	if err := n.TakeBack(why); err != why {
		t.Errorf("%v (expected: why the successor failed, and nothing else)", err)
	}
	if found := onDisk(t, n); found.Position().Revision != 2 || found.Table.Stats().Names != 2 {
		t.Errorf("on the disk: %s, %d names (expected: both changes)", found.Position(), found.Table.Stats().Names)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}
