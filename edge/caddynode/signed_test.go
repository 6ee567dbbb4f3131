package caddynode

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/probe"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/reach"
)

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// probe is the header of a genuine probe.
func (e *edge) probe(name string) []string {
	return []string{probe.Header, probe.Sign(e.control.key, name, "0123456789abcdef", time.Now())}
}

// trust makes the node trust a CA for origins.
func (e *edge) trust(ca *authority) {
	e.t.Helper()
	e.options.Node.OriginCA = filepath.Join(e.t.TempDir(), "origin-ca.pem")
	if err := os.WriteFile(e.options.Node.OriginCA, []byte(ca.pem), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

func TestAnswersChallengesFromMemory(t *testing.T) {
	e := started(t)
	answer := protocol.Answer{Hostname: "new.acme.com", Token: "tok-en_1", Value: "tok-en_1.thumb", ExpiresAt: time.Now().Add(time.Hour)}
	e.reached(e.control.putAnswer(answer))
	got := e.get("http://new.acme.com/.well-known/acme-challenge/tok-en_1")
	if got.status != 200 || got.body != "tok-en_1.thumb" || got.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%d %q %q (expected: 200 and the value)", got.status, got.body, got.header.Get("Content-Type"))
	}
	if got := e.get("http://other.acme.com/.well-known/acme-challenge/tok-en_1"); got.status != 404 || got.body != "" {
		t.Errorf("another name: %d %q (expected: a bare 404)", got.status, got.body)
	}
	answer.Removed = true
	e.reached(e.control.putAnswer(answer))
	if got := e.get("http://new.acme.com/.well-known/acme-challenge/tok-en_1"); got.status != 404 {
		t.Errorf("after removal: %d (expected: 404)", got.status)
	}
}

func TestChallengesNeverReachTheOrigin(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "from the origin")))
	for _, url := range []string{
		"http://shop.acme.com/.well-known/acme-challenge/token", "https://shop.acme.com/.well-known/acme-challenge/token",
		"https://shop.acme.com/.well-known/acme-challenge/", "https://shop.acme.com/.well-known/acme-challenge/../x",
		"https://shop.acme.com/.well-known/acme-challenge/a%2Fb", "https://shop.acme.com/.well-known/nameplate/reach/short",
	} {
		if got := e.get(url); got.status != 404 || got.body != "" {
			t.Errorf("%s: %d %q (expected: a bare 404)", url, got.status, got.body)
		}
	}
}

func TestReadsAMissingAnswerThroughWithinASecond(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	e.control.mu.Lock()
	e.control.onlyAsked["shop.acme.com/late"] = "late.thumb"
	e.control.onlyAsked["unknown.acme.com/late"] = "late.thumb"
	e.control.mu.Unlock()
	// A busy machine may need more than the one second that the control plane has.
	eventually(t, "the answer that only the control plane has", 2*time.Minute, func() bool {
		got := e.get("http://shop.acme.com/.well-known/acme-challenge/late")
		return got.status == 200 && got.body == "late.thumb"
	})
	e.control.mu.Lock()
	before := e.control.asked
	e.control.mu.Unlock()
	if got := e.get("http://unknown.acme.com/.well-known/acme-challenge/late"); got.status != 404 {
		t.Errorf("unknown name: %d (expected: 404)", got.status)
	}
	e.control.mu.Lock()
	if asked := e.control.asked - before; asked != 0 {
		t.Errorf("the control plane was asked %d times for an unknown name (expected: never)", asked)
	}
	// A control plane that hangs, as this one does now, is not waited for.
	got, err := e.do(mustRequest(t, "http://shop.acme.com/.well-known/acme-challenge/hangs"))
	e.control.mu.Unlock()
	if got.status != 404 {
		t.Errorf("%d %v (expected: 404)", got.status, err)
	}
}

func mustRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnswersNoncesForAnyName(t *testing.T) {
	e := started(t)
	for _, host := range []string{"shop.acme.com", "Unknown.Example."} {
		got := e.get("http://" + host + "/.well-known/nameplate/reach/0123456789abcdef")
		var body reach.Answer
		if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 {
			t.Fatalf("%s: %d %q", host, got.status, got.body)
		}
		name := strings.TrimSuffix(strings.ToLower(host), ".")
		if want := hex.EncodeToString(e.control.key.ReachMAC(name, "0123456789abcdef", testNode)); body.Node != testNode || body.MAC != want {
			t.Errorf("%s: %+v (expected: %s %s)", host, body, testNode, want)
		}
	}
}

func TestOnlyGenuineProbesAreTold(t *testing.T) {
	e := started(t)
	e.put(e.entry("shop.acme.com", originOf(newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Nameplate-Node", "forged by the origin")
		w.Header().Set("Nameplate-Edge-Error", "forged by the origin")
		fmt.Fprint(w, "probe seen: ", r.Header.Get("Nameplate-Probe") != "")
	}))))
	got := e.get("https://shop.acme.com/", e.probe("shop.acme.com")...)
	if h := got.header; h.Get("Nameplate-Node") != testNode || h.Get("Nameplate-Domain") != "dom_shop.acme.com" || h.Get("Nameplate-Revision") != "1" || len(h.Values("Nameplate-Node")) != 1 || h.Get("Nameplate-Edge-Error") != "" {
		t.Errorf("headers %v", h)
	}
	if got.body != "probe seen: false" {
		t.Errorf("%q (expected: the origin does not see the probe)", got.body)
	}
	now := time.Now()
	for what, value := range map[string]string{
		"none":         "",
		"garbage":      "v1;1;2",
		"another name": probe.Sign(e.control.key, "other.acme.com", "0123456789abcdef", now),
		"too old":      probe.Sign(e.control.key, "shop.acme.com", "0123456789abcdef", now.Add(-5*time.Minute)),
		"too early":    probe.Sign(e.control.key, "shop.acme.com", "0123456789abcdef", now.Add(5*time.Minute)),
	} {
		h := e.get("https://shop.acme.com/", "Nameplate-Probe", value).header
		if h.Get("Nameplate-Node")+h.Get("Nameplate-Domain")+h.Get("Nameplate-Revision")+h.Get("Nameplate-Edge-Error") != "" {
			t.Errorf("%s: told %v", what, h)
		}
	}
}

func TestAProbeIsToldOfASuspension(t *testing.T) {
	e := started(t)
	entry := e.entry("shop.acme.com", saying(t, "hello"))
	entry.State = protocol.Suspended
	e.put(entry)
	got := e.get("https://shop.acme.com/", e.probe("shop.acme.com")...)
	if got.status != 503 || got.header.Get("Nameplate-Edge-Error") != "suspended" || got.header.Get("Nameplate-Node") != testNode {
		t.Errorf("%d %v (expected: 503 suspended)", got.status, got.header)
	}
}
