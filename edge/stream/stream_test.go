package stream

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
