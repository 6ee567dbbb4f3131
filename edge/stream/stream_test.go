package stream

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nameplate.io/edge/identity"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/replica"
)

func controlPlane(t *testing.T, handler http.HandlerFunc) (server *httptest.Server, pin string) {
	t.Helper()
	server = httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	sum := sha256.Sum256(server.Certificate().Raw)
	return server, base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestOnlyThePinnedCertificateIsTrusted(t *testing.T) {
	asked := 0
	server, pin := controlPlane(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_ = json.NewEncoder(w).Encode(protocol.Changes{Epoch: 1, Revision: 7})
	})
	wrong := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	if _, err := NewClient(server.URL, wrong, nil).Changes(context.Background(), protocol.Position{}, 0); err == nil {
		t.Error("talked to a control plane with another certificate")
	}
	if asked != 0 {
		t.Errorf("asked %d times (expected: never)", asked)
	}
	changes, err := NewClient(server.URL, pin, nil).Changes(context.Background(), protocol.Position{}, 0)
	if err != nil || changes.Revision != 7 {
		t.Errorf("%+v, %v (expected: revision 7)", changes, err)
	}
}

func TestProblemsSayTheirStatusAndCode(t *testing.T) {
	server, pin := controlPlane(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(409)
		_ = json.NewEncoder(w).Encode(protocol.Problem{Type: "https://nameplate.example/problems/epoch-changed", Epoch: 3})
	})
	_, err := NewClient(server.URL, pin, nil).Changes(context.Background(), protocol.Position{Epoch: 1}, 0)
	problem := (*ProblemError)(nil)
	if !errors.As(err, &problem) || problem.Status != 409 || !problem.is("epoch-changed") || problem.is("changed") || problem.Problem.Epoch != 3 {
		t.Errorf("%v (expected: 409 epoch-changed, epoch 3)", err)
	}
}

// A reply that is lost after the control plane acted must cost nothing: the same request is sent again.
func TestALostJoinReplyIsAskedForAgainWithTheSameRequest(t *testing.T) {
	var requests []protocol.JoinRequest
	server, pin := controlPlane(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			var in protocol.JoinRequest
			_ = json.NewDecoder(r.Body).Decode(&in)
			requests = append(requests, in)
			if len(requests) < 3 {
				panic(http.ErrAbortHandler) // carried out, then lost
			}
		}
		w.WriteHeader(500)
	})
	dir := t.TempDir()
	tokenFile := filepath.Join(dir, "token")
	if err := os.WriteFile(tokenFile, []byte("npj_0123456789abcdefghijklmnopqrstuv."+pin+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 { // each a new process
		id, err := identity.Load(dir, "edge-1")
		if err != nil {
			t.Fatal(err)
		}
		j := &Joining{Control: server.URL, TokenFile: tokenFile, Log: slog.New(slog.DiscardHandler), Request: protocol.JoinRequest{Name: "edge-1"}}
		if err := j.attempt(context.Background(), id); err == nil {
			t.Fatal("joined without an answer")
		}
	}
	if len(requests) != 3 || requests[0].CSR == "" || requests[0].CSR != requests[2].CSR || requests[0].SealingKey != requests[2].SealingKey {
		t.Errorf("%d requests, the same: %v (expected: 3, the same)", len(requests), len(requests) == 3 && requests[0].CSR == requests[2].CSR)
	}
}

func TestAControlPlaneThatDoesNotGoOnIsNotAskedInACircle(t *testing.T) {
	asked := 0
	server, pin := controlPlane(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		_ = json.NewEncoder(w).Encode(protocol.Changes{Epoch: 1, Revision: 7, More: true})
	})
	held, err := replica.Open(t.TempDir(), nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	f := &Follower{Client: NewClient(server.URL, pin, nil), Replica: held, Log: slog.New(slog.DiscardHandler), Clock: time.Now, Changed: func() {}}
	if err := f.once(context.Background(), 0); !errors.Is(err, errCircle) || asked != 2 {
		t.Errorf("%v after %d pages (expected: %v after 2)", err, asked, errCircle)
	}
}

// follower follows the control plane with an empty replica. Its guard counts what breaks, and pauses for nothing.
func follower(t *testing.T, url, pin string) (f *Follower, broken *atomic.Int64) {
	t.Helper()
	held, err := replica.Open(t.TempDir(), nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	broken = &atomic.Int64{}
	return &Follower{
		Client: NewClient(url, pin, nil), Replica: held, Log: slog.New(slog.DiscardHandler), Clock: time.Now,
		About: func(*protocol.Ack) {}, Changed: func() {},
		Guard: func(ctx context.Context, loop func(context.Context)) {
			for ctx.Err() == nil {
				func() {
					defer func() {
						if recover() != nil {
							broken.Add(1)
						}
					}()
					loop(ctx)
				}()
			}
		},
	}, broken
}

// quiet answers polls with nothing, and passes acks on.
func quiet(acks func(w http.ResponseWriter, ack *protocol.Ack)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			if wait := r.URL.Query().Get("wait"); wait != "" && wait != "0" {
				<-r.Context().Done()
				return
			}
			_ = json.NewEncoder(w).Encode(protocol.Changes{Epoch: 1, Revision: 7})
			return
		}
		var ack protocol.Ack
		_ = json.NewDecoder(r.Body).Decode(&ack)
		acks(w, &ack)
	}
}

func within(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatalf("not within a minute: %s", what)
	}
}

func TestAFollowerThatBreaksLeavesNothingRunning(t *testing.T) {
	server, pin := controlPlane(t, quiet(func(w http.ResponseWriter, _ *protocol.Ack) { _ = json.NewEncoder(w).Encode(protocol.AckReply{}) }))
	f, _ := follower(t, server.URL, pin)
	f.Changed = func() { panic("broken") }
	ended := make(chan struct{})
	var cause any
	go func() {
		defer close(ended)
		defer func() { cause = recover() }()
		f.Run(context.Background())
	}()
	within(t, "the end of the broken follower", ended)
	if cause != "broken" {
		t.Errorf("ended with %v (expected: what broke it)", cause)
	}
}

func TestAcksGoOnAfterTheirLoopBroke(t *testing.T) {
	arrived := make(chan struct{}, 100)
	server, pin := controlPlane(t, quiet(func(w http.ResponseWriter, _ *protocol.Ack) {
		_ = json.NewEncoder(w).Encode(protocol.AckReply{})
		arrived <- struct{}{}
	}))
	f, broken := follower(t, server.URL, pin)
	var asked atomic.Int64
	f.About = func(*protocol.Ack) {
		if asked.Add(1) == 1 {
			f.wantAck()
			panic("broken")
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); f.Run(ctx) }()
	within(t, "an ack after the loop broke", arrived)
	cancel()
	within(t, "the end of the follower", ended)
	if broken.Load() != 1 {
		t.Errorf("broke %d times (expected: once)", broken.Load())
	}
}

// An ack that did not arrive keeps a change waiting for its node: the next one must not be 20 s away.
func TestAnAckThatFailedIsSentAgainSoon(t *testing.T) {
	arrived := make(chan struct{}, 100)
	var sent atomic.Int64
	server, pin := controlPlane(t, quiet(func(w http.ResponseWriter, _ *protocol.Ack) {
		if sent.Add(1) < 6 {
			w.WriteHeader(503)
			return
		}
		_ = json.NewEncoder(w).Encode(protocol.AckReply{})
		arrived <- struct{}{}
	}))
	f, _ := follower(t, server.URL, pin)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); f.Run(ctx) }()
	within(t, "the sixth ack, which is less than five usual pauses away", arrived)
	cancel()
	within(t, "the end of the follower", ended)
}

func TestRemovalsThatNobodyWasToldOfStayHeld(t *testing.T) {
	f, _ := follower(t, "https://control.invalid", "")
	f.ackWanted = make(chan struct{}, 1)
	var names, gone []protocol.Entry
	for i := range 200 {
		name := fmt.Sprintf("n%03d.example", i)
		e := protocol.Entry{
			Hostname: name, Revision: int64(i + 1), DomainID: "dom_" + name, TeamID: "tea_1", State: protocol.Serving,
			Origin: &protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: protocol.HostOfVisitor},
		}
		names = append(names, e)
		e.State, e.Origin, e.Revision = protocol.Removed, nil, int64(i+1001)
		gone = append(gone, e)
	}
	apply := func(revision int64, entries ...protocol.Entry) {
		t.Helper()
		if err := f.Replica.Apply(&protocol.Changes{Epoch: 1, Revision: revision, Entries: entries}); err != nil {
			t.Fatal(err)
		}
	}
	apply(1000, names...)
	apply(1150, gone[:150]...)
	told := f.Replica.Ack()
	apply(1200, gone[150:]...)
	if f.confirm(told); f.Replica.Table.Stats().HeldRemovals != 100 {
		t.Errorf("%d removals held (expected: 100, half of them not reported yet)", f.Replica.Table.Stats().HeldRemovals)
	}
	if f.confirm(f.Replica.Ack()); f.Replica.Table.Stats().HeldRemovals != 0 {
		t.Errorf("%d removals held (expected: none after all were reported)", f.Replica.Table.Stats().HeldRemovals)
	}
}

func TestASnapshotGoesOnWhereItBrokeOff(t *testing.T) {
	var asked []string
	failing := true
	server, pin := controlPlane(t, func(w http.ResponseWriter, r *http.Request) {
		after := r.URL.Query().Get("after")
		asked = append(asked, after)
		position, err := protocol.ParsePosition(after)
		if err != nil || !r.URL.Query().Has("snapshot") {
			w.WriteHeader(422)
			return
		}
		if position.Revision == 2 && failing {
			failing = false
			panic(http.ErrAbortHandler)
		}
		next := position.Revision + 1
		name := fmt.Sprintf("n%d.example", next)
		_ = json.NewEncoder(w).Encode(protocol.Changes{Epoch: 1, Revision: next, More: next < 4, Entries: []protocol.Entry{{
			Hostname: name, Revision: next, DomainID: "dom_" + name, TeamID: "tea_1", State: protocol.Serving,
			Origin: &protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: protocol.HostOfVisitor},
		}}})
	})
	f, _ := follower(t, server.URL, pin)
	f.Client.http.Transport.(*http.Transport).DisableKeepAlives = true // net/http asks again by itself on a kept connection
	f.ackWanted = make(chan struct{}, 1)
	if err := f.once(context.Background(), 0); err == nil {
		t.Fatal("read a snapshot although a page was lost")
	}
	if err := f.once(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if want := []string{"0.0", "1.1", "1.2", "1.2", "1.3"}; !slices.Equal(asked, want) {
		t.Errorf("asked for pages after %v (expected: %v)", asked, want)
	}
	if f.Replica.Table.Stats().Names != 4 || f.Replica.Position() != (protocol.Position{Epoch: 1, Revision: 4}) {
		t.Errorf("%d names at %s (expected: 4 at 1.4)", f.Replica.Table.Stats().Names, f.Replica.Position())
	}
}

// The last page comes only once the node serves what changed after the first was asked for.
func TestWhatChangesWhileEverythingIsReadIsServedBeforeItsEnd(t *testing.T) {
	const pages, head = 3, 5000
	entry := func(name string, revision int64) protocol.Entry {
		return protocol.Entry{
			Hostname: name, Revision: revision, DomainID: "dom_" + name, TeamID: "tea_1", State: protocol.Serving,
			Origin: &protocol.Origin{Scheme: "http", Host: "origin.example", Port: 80, HostHeader: protocol.HostOfVisitor},
		}
	}
	var f *Follower
	server, pin := controlPlane(t, func(w http.ResponseWriter, r *http.Request) {
		after, _ := protocol.ParsePosition(r.URL.Query().Get("after"))
		reply := any(protocol.Changes{Epoch: 1, Revision: head})
		switch {
		case strings.HasSuffix(r.URL.Path, "/outline"):
			outline := protocol.Outline{Epoch: 1, Revision: head}
			for i := range protocol.MostHostnames + 10 { // so many that differ are read as a snapshot
				outline.Names = append(outline.Names, fmt.Sprintf("n%d.example %d", i, i+1))
			}
			reply = outline
		case r.URL.Query().Has("snapshot"):
			next := after.Revision + 1
			for begun := time.Now(); next == pages && f.Replica.Table.Lookup("new.example") == nil; time.Sleep(time.Millisecond) {
				if time.Since(begun) > time.Minute {
					t.Error("a change is not served while everything is read")
					break
				}
			}
			reply = protocol.Changes{Epoch: 1, Revision: next, More: next < pages, Entries: []protocol.Entry{entry(fmt.Sprintf("n%d.example", next), next)}}
		case after.Revision == head:
			reply = protocol.Changes{Epoch: 1, Revision: head + 1, Entries: []protocol.Entry{entry("new.example", head+1)}}
		}
		_ = json.NewEncoder(w).Encode(reply)
	})
	f, _ = follower(t, server.URL, pin)
	f.ackWanted = make(chan struct{}, 1)
	if err := f.Replica.Apply(&protocol.Changes{Epoch: 1, Revision: 1, Entries: []protocol.Entry{entry("held.example", 1)}}); err != nil {
		t.Fatal(err)
	}
	f.Resync()
	if err := f.once(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if f.Replica.Table.Lookup("new.example") == nil || f.Replica.Position() != (protocol.Position{Epoch: 1, Revision: pages}) {
		t.Errorf("at %s (expected: 1.%d, with what is new)", f.Replica.Position(), pages)
	}
}

func TestPausesGrowAndAreSpread(t *testing.T) {
	b := backoff{}
	var total time.Duration
	for range 20 {
		pause := b.next()
		if pause < firstPause/2 || pause > lastPause {
			t.Fatalf("a pause of %s", pause)
		}
		total += pause
	}
	if total < 15*lastPause/2 {
		t.Errorf("20 pauses take %s (expected: most are long)", total)
	}
}

func TestTokensAreChecked(t *testing.T) {
	for _, text := range []string{"", "npj_abc", "npj_abc.short", "abc." + base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "npj_abc." + base64.StdEncoding.EncodeToString(make([]byte, 32))} {
		if token, err := identity.ParseToken(text); err == nil {
			t.Errorf("%q: %+v (expected: refused)", text, token)
		}
	}
}

// The control plane answers; that its changes find no room on the disk must not look as if it were away.
func TestADiskThatTakesNoChangesIsNotAnAbsentControlPlane(t *testing.T) {
	server, pin := controlPlane(t, func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(protocol.Changes{Epoch: 1, Revision: 7, Entries: []protocol.Entry{{Hostname: "a.example", Revision: 7, State: protocol.Removed}}})
	})
	held, err := replica.Open(t.TempDir(), nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := held.Close(); err != nil { // nothing can be written any more
		t.Fatal(err)
	}
	f := &Follower{Client: NewClient(server.URL, pin, nil), Replica: held, Log: slog.New(slog.DiscardHandler), Clock: time.Now, Changed: func() {}}
	err = f.once(context.Background(), 0)
	if !errors.Is(err, replica.ErrDisk) {
		t.Fatalf("%v (expected: %v)", err, replica.ErrDisk)
	}
	f.failed(err)
	if c := f.Contact(); c.Offline || c.LastSeen.IsZero() || held.Disk().Word() != protocol.DiskFailing {
		t.Errorf("%+v, disk %q (expected: in contact, the disk failing)", c, held.Disk().Word())
	}
}
