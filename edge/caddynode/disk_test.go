package caddynode

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
)

// A node whose disk is full serves what it holds, says so, and takes the missing changes once there is room.
func TestAFullDiskIsSurvivedAndSaid(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	e.put(e.entry("a.acme.com", origin))
	info, err := os.Stat(filepath.Join(e.options.Node.DataDir, "state", "log-0000000000000000"))
	if err != nil {
		t.Fatal(err)
	}
	// A limit on the size of files is a full disk without a file system of our own.
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	unlimited := func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}
	defer unlimited()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(info.Size()), Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	missed := e.control.put(e.entry("b.acme.com", origin))
	eventually(t, "an ack that says so", 2*time.Minute, func() bool { return e.control.lastAck().Disk == protocol.DiskFailing })
	if code, s := e.status(); code != 200 || s.Disk != protocol.DiskFailing || s.DiskError == "" || s.Stale {
		t.Errorf("%d, %+v (expected: ready, in contact, the disk failing)", code, s)
	}
	if got := e.get("https://a.acme.com/"); got.status != 200 {
		t.Errorf("%+v (expected: a.acme.com is served as before)", got)
	}
	if _, err := e.handshake("b.acme.com"); err == nil {
		t.Error("b.acme.com is served although a restart would not know it")
	}
	e.stop()
	e.start()
	e.ready() // from what it holds: the cluster's position is out of reach
	if _, s := e.status(); s.Disk != protocol.DiskFailing {
		t.Errorf("%+v after a restart (expected: the disk failing)", s)
	}
	if got := e.get("https://a.acme.com/"); got.status != 200 {
		t.Errorf("%+v after a restart (expected: a.acme.com is served)", got)
	}
	unlimited()
	eventually(t, "the missed change", 2*time.Minute, func() bool { return !Running().Replica.Position().Before(missed) })
	if got := e.get("https://b.acme.com/"); got.status != 200 {
		t.Errorf("%+v (expected: b.acme.com is served)", got)
	}
	eventually(t, "an ack without trouble", 2*time.Minute, func() bool { return e.control.lastAck().Disk == "" })
	if _, s := e.status(); s.Disk != "" || s.DiskError != "" {
		t.Errorf("%+v (expected: no trouble)", s)
	}
}
