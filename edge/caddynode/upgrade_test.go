package caddynode

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nameplate.io/edge/node"
)

// program is a copy of this test binary that runs as a node, and can be replaced.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nameplate-edge")
	install(t, path, os.Args[0])
	return path
}

// install replaces a program as package managers do: by a rename.
func install(t *testing.T, path, from string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// run starts the program as the edge's node and waits until it serves.
func (e *edge) run(path string) *exec.Cmd {
	e.t.Helper()
	text, err := json.Marshal(e.options)
	if err != nil {
		e.t.Fatal(err)
	}
	child := exec.Command(path)
	child.Env = append(os.Environ(), "NAMEPLATE_EDGE_TEST_NODE="+string(text))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		e.t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() {
		if pid, err := node.Holder(e.options.Node.DataDir); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = child.Process.Kill()
		_ = child.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "running\n" {
		e.t.Fatalf("%q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return child
}

// holder is the process that has the edge's data; 0 while none has.
func (e *edge) holder() int {
	pid, _ := node.Holder(e.options.Node.DataDir)
	return pid
}

func TestANewBuildTakesOverWithoutARefusedConnection(t *testing.T) {
	e := newEdge(t)
	e.options.Grace = time.Minute
	path := program(t)
	first := e.run(path)
	e.ready()
	one, two := saying(t, "one"), saying(t, "two")
	entry := e.entry("shop.acme.com", one)
	waitFor := func(body string) {
		t.Helper()
		eventually(t, body+" is served", 2*time.Minute, func() bool {
			got, err := e.do(mustRequest(t, "https://shop.acme.com/"))
			return err == nil && got.body == body
		})
	}
	e.control.put(entry)
	waitFor("one")

	crowd := newCrowd(t, "https://shop.acme.com/", "one", "two")
	for _, keep := range []bool{false, false, true} {
		client := e.client()
		client.Transport.(*http.Transport).DisableKeepAlives = !keep
		crowd.visit(client)
	}
	pid := first.Process.Pid
	for range 3 {
		install(t, path, os.Args[0])
		if err := syscall.Kill(pid, UpgradeSignal); err != nil {
			t.Fatal(err)
		}
		before := pid
		eventually(t, "another process has the data", 2*time.Minute, func() bool {
			pid = e.holder()
			return pid != 0 && pid != before
		})
		eventually(t, "the one before has ended", 2*time.Minute, func() bool { return !alive(before) })
		e.ready()
	}
	entry.Origin = two
	e.control.put(entry)
	waitFor("two")
	crowd.leave(20)

	e.control.stop() // what came after the upgrades is on the disk
	_ = syscall.Kill(pid, syscall.SIGKILL)
	eventually(t, "it has ended", 2*time.Minute, func() bool { return !alive(pid) })
	e.run(path)
	waitFor("two")
}

// alive reports whether a process is there and was not just left behind by its parent.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	for i := len(stat) - 1; i >= 0; i-- {
		if stat[i] == ')' {
			return i+2 < len(stat) && stat[i+2] != 'Z'
		}
	}
	return true
}

func TestABuildThatDoesNotServeLeavesTheOldOneInPlace(t *testing.T) {
	e := newEdge(t)
	path := program(t)
	first := e.run(path)
	e.ready()
	entry := e.entry("shop.acme.com", saying(t, "one"))
	e.control.put(entry)
	eventually(t, "one is served", 2*time.Minute, func() bool {
		got, err := e.do(mustRequest(t, "https://shop.acme.com/"))
		return err == nil && got.body == "one"
	})
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	install(t, path, broken)
	if err := syscall.Kill(first.Process.Pid, UpgradeSignal); err != nil {
		t.Fatal(err)
	}
	entry.Origin = saying(t, "two")
	e.control.put(entry)
	eventually(t, "two is served", 2*time.Minute, func() bool {
		got, err := e.do(mustRequest(t, "https://shop.acme.com/"))
		return err == nil && got.body == "two"
	})
	eventually(t, "the old one has its data again", 2*time.Minute, func() bool { return e.holder() == first.Process.Pid })
	e.ready()

	e.control.stop()
	eventually(t, "what came while the data was lent is on the disk", 2*time.Minute, func() bool {
		snapshots, err := filepath.Glob(filepath.Join(e.options.Node.DataDir, "state", "snapshot-"+strings.Repeat("?", 16)))
		return err == nil && len(snapshots) > 0 // a small state has none before all of it is written anew
	})
	_ = first.Process.Kill()
	_ = first.Wait()
	install(t, path, os.Args[0])
	e.run(path)
	if got := e.get("https://shop.acme.com/"); got.body != "two" {
		t.Errorf("after a restart: %q (expected: two)", got.body)
	}
}
