package caddynode

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nameplate.io/edge/protocol"
)

func TestServesFromItsDiskWithoutAControlPlane(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	comeBack := e.control.stop()
	e.stop()
	e.start()
	e.ready()
	if _, s := e.status(); !s.Stale || s.Names != 1 || s.Position != "1.1" {
		t.Errorf("%+v (expected: stale, with 1 name at 1.1)", s)
	}
	if got := e.get("https://shop.acme.com/"); got.body != "hello" {
		t.Errorf("%d %q (expected: hello)", got.status, got.body)
	}
	comeBack()
	e.put(e.entry("new.acme.com", saying(t, "new")))
	eventually(t, "not stale any more", 2*time.Minute, func() bool {
		_, s := e.status()
		return !s.Stale
	})
}

func TestIsNotReadyBeforeItHasBeenAtTheClustersPosition(t *testing.T) {
	e := newEdge(t)
	comeBack := e.control.stop()
	e.start()
	eventually(t, "not ready, since it has neither joined nor a disk", 2*time.Minute, func() bool {
		code, s := e.status()
		return code == 503 && s.Reason == "not joined"
	})
	comeBack()
	e.ready()
}

func TestReadsASnapshotInPages(t *testing.T) {
	e := newEdge(t)
	e.control.pages = 7
	origin := saying(t, "hello")
	var entries []protocol.Entry
	for i := range 50 {
		entries = append(entries, e.entry(fmt.Sprintf("n%d.acme.com", i), origin))
	}
	e.control.put(entries...)
	e.start()
	e.ready()
	if _, s := e.status(); s.Names != 50 || s.Digest != e.control.digest() {
		t.Errorf("%+v (expected: 50 names, digest %s)", s, e.control.digest())
	}
}

func TestAnOldPositionLeadsToASnapshot(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	e.put(e.entry("a.acme.com", origin), e.entry("b.acme.com", origin))
	e.stop()
	e.control.change(func(next func() int64) {
		delete(e.control.entries, "a.acme.com") // its tombstone has been forgotten
		next()
		e.control.oldest = next()
	})
	end := e.control.put(e.entry("c.acme.com", origin))
	e.start()
	e.reached(end)
	e.ready()
	if _, s := e.status(); s.Names != 2 || s.Digest != e.control.digest() {
		t.Errorf("%+v (expected: 2 names, digest %s)", s, e.control.digest())
	}
	if _, err := e.handshake("a.acme.com"); err == nil {
		t.Error("a.acme.com is served (expected: dropped)")
	}
}

func TestANewEpochHoldsWhatItDoesNotKnow(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	e.put(e.entry("kept.acme.com", origin), e.entry("lost.acme.com", origin))
	e.control.change(func(next func() int64) { // restored from an older backup
		delete(e.control.entries, "lost.acme.com")
		e.control.epoch, e.control.revision = 2, 1
	})
	e.reached(protocol.Position{Epoch: 2, Revision: 1})
	if _, s := e.status(); s.HeldRemovals != 1 || s.Names != 1 || s.Digest != e.control.digest() {
		t.Errorf("%+v (expected: 1 name, 1 held, digest %s)", s, e.control.digest())
	}
	if got := e.get("https://lost.acme.com/"); got.body != "hello" {
		t.Errorf("%d %q (expected: still served)", got.status, got.body)
	}
	e.control.mu.Lock()
	e.control.confirm = true
	e.control.mu.Unlock()
	e.put(e.entry("kept.acme.com", origin)) // the next ack's reply confirms
	eventually(t, "lost.acme.com is gone", 2*time.Minute, func() bool {
		_, err := e.handshake("lost.acme.com")
		return err != nil
	})
}

func TestAnOlderEpochIsRefused(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	e.control.change(func(next func() int64) { e.control.epoch = 2 })
	e.reached(protocol.Position{Epoch: 2})
	e.control.change(func(next func() int64) {
		e.control.epoch, e.control.revision = 1, 9
		clear(e.control.entries)
	})
	eventually(t, "the node does not follow", 2*time.Minute, func() bool {
		_, s := e.status()
		return s.Stale && s.Epoch == 2
	})
	if got := e.get("https://shop.acme.com/"); got.body != "hello" {
		t.Errorf("%d %q (expected: hello)", got.status, got.body)
	}
}

func TestADifferenceIsFoundAndHealed(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	e.put(e.entry("a.acme.com", origin))
	e.stop()
	e.control.change(func(next func() int64) { // a change that the stream does not tell of
		b := e.entry("b.acme.com", origin)
		b.Revision = 1
		e.control.entries["b.acme.com"] = b
	})
	e.start()
	e.ready()
	eventually(t, "b.acme.com is served", 2*time.Minute, func() bool {
		_, err := e.handshake("b.acme.com")
		return err == nil
	})
}

func TestAfterADifferenceOnlyWhatDiffersIsAskedFor(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	var entries []protocol.Entry
	for i := range 20 {
		entries = append(entries, e.entry(fmt.Sprintf("n%02d.acme.com", i), origin))
	}
	e.put(entries...)
	e.control.remove("n19.acme.com")
	e.reached(protocol.Position{Epoch: 1, Revision: 21})
	e.stop()
	e.control.change(func(next func() int64) { // changes that the stream does not tell of
		other := e.control.entries["n07.acme.com"]
		other.Revision, other.Origin = 21, saying(t, "other")
		e.control.entries["n07.acme.com"] = other
		fresh := e.entry("new.acme.com", origin)
		fresh.Revision = 20
		e.control.entries["new.acme.com"] = fresh
		gone := e.control.entries["n08.acme.com"]
		gone.Revision, gone.State, gone.Origin, gone.Certificate = 20, protocol.Removed, nil, nil
		e.control.entries["n08.acme.com"] = gone
		delete(e.control.entries, "n09.acme.com")
		e.control.answers["new.acme.com/t"] = protocol.Answer{Hostname: "new.acme.com", Token: "t", Value: "t.thumb", ExpiresAt: time.Now().Add(time.Hour), Revision: 20}
	})
	e.start()
	e.ready()
	eventually(t, "the node holds what the control plane does", 2*time.Minute, func() bool {
		_, s := e.status()
		return s.Digest == e.control.digest()
	})
	e.control.mu.Lock()
	wanted := slices.Sorted(slices.Values(e.control.wanted))
	e.control.mu.Unlock()
	if !slices.Equal(wanted, []string{"n07.acme.com", "n08.acme.com", "new.acme.com"}) {
		t.Errorf("asked for %v (expected: n07, n08 and new)", wanted)
	}
	if got := e.get("https://n07.acme.com/"); got.body != "other" {
		t.Errorf("%d %q (expected: other)", got.status, got.body)
	}
	for _, name := range []string{"n08.acme.com", "n09.acme.com"} {
		if _, err := e.handshake(name); err == nil {
			t.Errorf("%s is still served", name)
		}
	}
	if got := e.get("http://new.acme.com/.well-known/acme-challenge/t"); got.body != "t.thumb" {
		t.Errorf("challenge: %d %q (expected: t.thumb)", got.status, got.body)
	}
}

func TestANewEpochIsComparedUpToWhereItBegan(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	e.put(e.entry("a.acme.com", origin), e.entry("b.acme.com", origin), e.entry("c.acme.com", origin))
	e.control.change(func(next func() int64) { // a stand-by took over that had not heard of c; it wrote another one
		c := e.control.entries["c.acme.com"]
		c.Origin = saying(t, "other")
		e.control.entries["c.acme.com"] = c
		e.control.epoch, e.control.epochFrom = 2, 2
	})
	e.reached(protocol.Position{Epoch: 2, Revision: 3})
	e.control.mu.Lock()
	wanted := slices.Clone(e.control.wanted)
	e.control.mu.Unlock()
	if !slices.Equal(wanted, []string{"c.acme.com"}) {
		t.Errorf("asked for %v (expected: c.acme.com, whose revision the old epoch used too)", wanted)
	}
	if got := e.get("https://c.acme.com/"); got.body != "other" {
		t.Errorf("%d %q (expected: other)", got.status, got.body)
	}
}

func TestABadCertificateIsRefusedAlone(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	good, bad := e.entry("good.acme.com", origin), e.entry("bad.acme.com", origin)
	e.put(good, bad)
	served, err := e.handshake("bad.acme.com")
	if err != nil {
		t.Fatal(err)
	}
	chain, _ := e.ca.issue("bad.acme.com", time.Now().Add(time.Hour))
	otherName := e.control.certificate(e.ca, "other.acme.com")
	expired, expiredKey := e.ca.issue("bad.acme.com", time.Now().Add(-time.Minute))
	cut := e.control.certificate(e.ca, "bad.acme.com")
	cut.SealedKey = cut.SealedKey[:40]
	for want, certificate := range map[protocol.RefusalReason]*protocol.Certificate{
		protocol.KeyMismatch:        e.control.withKey(chain, newKey(t), "bad.acme.com"),
		protocol.NameMismatch:       otherName,
		protocol.CertificateExpired: e.control.withKey(expired, expiredKey, "bad.acme.com"),
		protocol.KeyUnsealable:      cut,
		protocol.EntryInvalid:       {ID: "cer_x", Chain: "no PEM", SealedKey: cut.SealedKey},
	} {
		bad.Certificate = certificate
		e.put(good, bad)
		if now, err := e.handshake("bad.acme.com"); err != nil || !now.Equal(served) {
			t.Errorf("%s: %v (expected: the certificate of before)", want, err)
		}
		eventually(t, "an ack with "+string(want), 2*time.Minute, func() bool {
			ack := e.control.lastAck()
			return len(ack.Refused) == 1 && ack.Refused[0].Hostname == "bad.acme.com" && ack.Refused[0].Reason == want && ack.Digest == e.control.digest()
		})
	}
	bad.Certificate = e.control.certificate(e.ca, "bad.acme.com")
	e.put(bad)
	if now, err := e.handshake("bad.acme.com"); err != nil || now.Equal(served) {
		t.Errorf("a good one: %v (expected: the new certificate)", err)
	}
	eventually(t, "an ack without refusals", 2*time.Minute, func() bool { return len(e.control.lastAck().Refused) == 0 })
}

func TestAnUnknownFeatureIsRefusedAlone(t *testing.T) {
	e := started(t)
	one, two := e.entry("one.acme.com", saying(t, "one")), e.entry("two.acme.com", saying(t, "two"))
	two.Requires = []string{"time-travel"}
	e.put(one, two)
	if got := e.get("https://one.acme.com/"); got.body != "one" {
		t.Errorf("%d %q (expected: one)", got.status, got.body)
	}
	if _, err := e.handshake("two.acme.com"); err == nil {
		t.Error("two.acme.com is served (expected: refused)")
	}
	eventually(t, "an ack that says so, with the right digest", 2*time.Minute, func() bool {
		ack := e.control.lastAck()
		return len(ack.Refused) == 1 && ack.Refused[0].Reason == protocol.FeatureUnknown && ack.Digest == e.control.digest()
	})
}

func TestTheGuardHoldsAFloodOfRemovals(t *testing.T) {
	e := started(t)
	origin := saying(t, "hello")
	var entries []protocol.Entry
	var names []string
	for i := range 150 {
		entries = append(entries, e.entry(fmt.Sprintf("n%d.acme.com", i), origin))
		names = append(names, entries[i].Hostname)
	}
	e.put(entries...)
	e.reached(e.control.remove(names...))
	_, s := e.status()
	if s.HeldRemovals != 50 || s.Names != 0 || s.Digest != e.control.digest() {
		t.Fatalf("%+v (expected: 50 held, digest of none)", s)
	}
	served := func() (n int) {
		for _, name := range names {
			if entry := Running().Replica.Table.Lookup(name); entry != nil && entry.Certificate != nil {
				n++
			}
		}
		return n
	}
	if got := served(); got != 50 {
		t.Errorf("%d served (expected: 50)", got)
	}
	// A suspension is never held, and a held name survives a restart.
	entries[149].State = protocol.Suspended
	e.put(entries[149])
	if got := e.get("https://n149.acme.com/"); got.status != 503 {
		t.Errorf("%d (expected: 503)", got.status)
	}
	e.stop()
	e.start()
	e.ready()
	if _, s := e.status(); s.HeldRemovals != 49 {
		t.Errorf("%+v (expected: 49 held)", s)
	}
}

func TestARevokedNodeIsNotReady(t *testing.T) {
	e := started(t)
	e.control.mu.Lock()
	e.control.revoked = true
	e.control.mu.Unlock()
	e.control.put(e.entry("shop.acme.com", saying(t, "hello"))) // answers the poll that waits
	eventually(t, "not ready: revoked", 2*time.Minute, func() bool {
		code, s := e.status()
		return code == 503 && s.Reason == "revoked"
	})
}

func TestFinishesWhatIsUnderWayWhenItStops(t *testing.T) {
	e := newEdge(t)
	e.options.Grace = 5 * time.Minute
	e.start()
	e.ready()
	goOn, arrived := make(chan struct{}), make(chan struct{})
	e.put(e.entry("slow.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-goOn
		fmt.Fprint(w, "finished")
	}))), e.entry("socket.acme.com", originOf(upgraded(t))))
	conn, reader := e.webSocket("socket.acme.com")
	result := make(chan string)
	go func() {
		got, err := e.do(mustRequest(t, "https://slow.acme.com/"))
		result <- fmt.Sprint(got.body, err)
	}()
	<-arrived
	stopped := make(chan struct{})
	go func() { e.stop(); close(stopped) }()
	n := Running()
	eventually(t, "draining", 2*time.Minute, func() bool { return !n.Ready() })
	fmt.Fprintln(conn, "still here")
	if line, err := reader.ReadString('\n'); err != nil || line != "echo still here\n" {
		t.Errorf("WebSocket: %q, %v (expected: it goes on)", line, err)
	}
	close(goOn)
	if got := <-result; got != "finished<nil>" {
		t.Errorf("%s (expected: finished)", got)
	}
	conn.Close()
	<-stopped
}

func TestCountsAnswersByStatusClass(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(404)
		}
	}))))
	for _, path := range []string{"/", "/", "/missing"} {
		e.get("https://shop.acme.com" + path)
	}
	e.get("http://shop.acme.com/")
	e.get("http://unknown.acme.com/")
	text := ""
	eventually(t, "everything is counted", 2*time.Minute, func() bool { // an answer may arrive before it is
		text = e.metrics("/metrics")
		return strings.Contains(text, `nameplate_edge_requests_total{class="4xx"} 1`)
	})
	for _, want := range []string{
		`nameplate_edge_requests_total{class="2xx"} 2`, `nameplate_edge_requests_total{class="3xx"} 1`,
		`nameplate_edge_requests_total{class="4xx"} 1`, "nameplate_edge_names 1", "nameplate_edge_ready 1",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(text, "acme") {
		t.Error("a name is among the metrics")
	}
	if got := Running().Replica.Table.Lookup("shop.acme.com").Usage().ByClass(); got != [6]uint64{0, 0, 2, 1, 1, 0} {
		t.Errorf("%v (expected: two 2xx, one 3xx, one 4xx)", got)
	}
}

func TestKeysOnDiskAreForTheirOwnerOnlyAndSealed(t *testing.T) {
	e := started(t)
	entry := e.entry("shop.acme.com", saying(t, "hello"))
	e.put(entry)
	e.stop()
	files := 0
	err := filepath.WalkDir(e.options.Node.DataDir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %s (expected: 0600)", path, info.Mode())
		}
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(filepath.Base(path), "log-") && strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s holds a bare key", path)
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestMain lets the test binary be a node, so that one can be killed.
func TestMain(m *testing.M) {
	if text := os.Getenv("NAMEPLATE_EDGE_TEST_NODE"); text != "" {
		var options Options
		if err := json.Unmarshal([]byte(text), &options); err != nil {
			panic(err)
		}
		signals := make(chan os.Signal, 4)
		signal.Notify(signals, syscall.SIGTERM, UpgradeSignal)
		if err := Run(options); err != nil {
			panic(err)
		}
		fmt.Println("running")
		if err := Serve(options, signals); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAKilledNodeStartsFromItsLastGoodState(t *testing.T) {
	e := newEdge(t)
	origin := saying(t, "hello")
	text, err := json.Marshal(e.options)
	if err != nil {
		t.Fatal(err)
	}
	run := func() *exec.Cmd {
		t.Helper()
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "NAMEPLATE_EDGE_TEST_NODE="+string(text))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "running\n" {
			t.Fatalf("%q, %v", line, err)
		}
		return child
	}
	kill := func(child *exec.Cmd) {
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	put := 0
	var acked int64
	for round := range 4 {
		child := run()
		for range 5 + 7*round { // changes go on while it is killed
			e.control.put(e.entry(fmt.Sprintf("n%d.acme.com", put), origin))
			put++
		}
		if round > 0 {
			eventually(t, "some acks", 2*time.Minute, func() bool { return e.control.lastAck().Revision > acked })
		} else {
			e.ready()
		}
		acked = e.control.lastAck().Revision
		kill(child)
	}
	comeBack := e.control.stop()
	child := run()
	e.ready()
	_, s := e.status()
	if s.Revision < acked {
		t.Errorf("at %d (expected: at least %d, which was acked)", s.Revision, acked)
	}
	for i := range s.Revision {
		if _, err := e.handshake(fmt.Sprintf("n%d.acme.com", i)); err != nil {
			t.Errorf("n%d.acme.com: %v", i, err)
		}
	}
	comeBack()
	eventually(t, "everything, with the right digest", 2*time.Minute, func() bool {
		_, s := e.status()
		return s.Names == put && s.Digest == e.control.digest()
	})
	kill(child)
}

func TestAChangeIsServedAtOnce(t *testing.T) {
	e := started(t)
	one, two := saying(t, "one"), saying(t, "two")
	entry := e.entry("shop.acme.com", one)
	e.put(entry)
	var took []time.Duration
	for i := range 40 {
		want := "two"
		entry.Origin = two
		if i%2 == 1 {
			want, entry.Origin = "one", one
		}
		begin := time.Now()
		e.control.put(entry)
		eventually(t, "the change is served", 2*time.Minute, func() bool { return e.get("https://shop.acme.com/").body == want })
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	t.Logf("change committed to served: p50 %s, max %s, of %d", took[len(took)/2], took[len(took)-1], len(took))
}

func TestAnIdleConnectionDoesNotHoldUpTheEnd(t *testing.T) {
	e := started(t)
	e.options.Grace = 10 * time.Minute
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	client := e.client()
	client.Transport.(*http.Transport).DisableKeepAlives = false
	response, err := client.Get("https://shop.acme.com/")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(response.Body)
	response.Body.Close()
	three := e.http3()
	defer three.Close()
	if response, err = (&http.Client{Transport: three}).Get("https://shop.acme.com/"); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(response.Body)
	response.Body.Close()
	stopped := make(chan struct{})
	go func() { e.stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(5 * time.Minute):
		t.Error("not stopped after half of the grace period (expected: at once)")
	}
}

func TestARotationOfTicketKeysThatBreaksIsCountedAndGoesOn(t *testing.T) {
	started(t)
	before := Running().BrokenLoops()
	h := &Handshake{node: Running()} // without the TLS configuration that rotation writes to
	h.startRotation()
	defer h.Cleanup()
	eventually(t, "rotation broke twice", 2*time.Minute, func() bool { return Running().BrokenLoops() >= before+2 })
}
