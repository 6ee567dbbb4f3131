package caddynode

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/node"
	"nameplate.io/edge/protocol"
)

// atMost is a policy that allows a source so many connections.
func atMost(revision int64, connections int) protocol.Policy {
	return protocol.Policy{Revision: revision, MaxConnectionsPerSource: &connections}
}

// greeted opens connections from one address, and says how many a request passed over.
func (e *edge) greeted(address string, connections int) (open []*tls.Conn) {
	e.t.Helper()
	for range connections {
		c, err := e.from(address)
		if err != nil {
			e.t.Fatal(err)
		}
		secure := tls.Client(c, &tls.Config{ServerName: "shop.acme.com", RootCAs: e.roots()})
		_ = c.SetDeadline(time.Now().Add(60 * time.Second))
		if err := secure.Handshake(); err != nil {
			_ = c.Close()
			continue
		}
		open = append(open, secure)
	}
	return open
}

func closeAll(open []*tls.Conn) {
	for _, c := range open {
		_ = c.Close()
	}
}

// follows waits until the node reports that it follows a policy. Nodes report after changes, so there is one.
func (e *edge) follows(policy protocol.Policy) protocol.Ack {
	e.t.Helper()
	e.control.govern(policy)
	e.control.put(e.entry("any.acme.com", &protocol.Origin{
		Scheme: "http", Host: "127.0.91.1", Port: 1, Path: "/", HostHeader: protocol.HostOfVisitor,
	}))
	eventually(e.t, fmt.Sprintf("follows policy %d", policy.Revision), 60*time.Second, func() bool {
		return e.control.lastAck().Policy == policy.Revision
	})
	return e.control.lastAck()
}

func TestFollowsAPolicyWithoutLosingAConnection(t *testing.T) {
	e := newEdge(t)
	e.options.Limits = frontdoor.Defaults
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	kept := e.client()
	kept.Transport.(*http.Transport).DisableKeepAlives = false
	crowd := newCrowd(t, "https://shop.acme.com/", "here")
	crowd.visit(kept)
	const source = "127.0.90.71"
	before := e.greeted(source, 5)
	defer closeAll(before)
	if len(before) != 5 {
		t.Fatalf("%d of 5 connections came in without a policy", len(before))
	}

	if ack := e.follows(atMost(7, 2)); ack.StartedAt.IsZero() {
		t.Error("the ack does not say since when it counts")
	}
	if again := e.greeted(source, 3); len(again) != 0 {
		t.Errorf("%d connections more came in from a source with 5 (expected: none, two are the most)", len(again))
	}
	for i, c := range before { // those that were in stay in
		if err := ask(c); err != nil {
			t.Errorf("connection %d: %v", i, err)
		}
	}
	ack := e.follows(atMost(8, 3))
	if ack.Failures < 3 || ack.Tries < ack.Failures {
		t.Errorf("%d failures of %d tries (expected: the three refused connections at least)", ack.Failures, ack.Tries)
	}
	closeAll(before)
	e.follows(protocol.Policy{Revision: 0}) // taken back: what the node was started with holds
	eventually(t, "what it was started with holds", 60*time.Second, func() bool {
		open := e.greeted(source, 5)
		defer closeAll(open)
		return len(open) == 5
	})
	crowd.leave(20)
}

// ask makes one request on a connection.
func ask(c *tls.Conn) error {
	_ = c.SetDeadline(time.Now().Add(60 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: shop.acme.com\r\n\r\n"); err != nil {
		return err
	}
	answer := make([]byte, 15)
	if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" {
		return fmt.Errorf("%q %w", answer, err)
	}
	return nil
}

func TestAPolicyOutlivesTheProcessAndTheControlPlane(t *testing.T) {
	e := newEdge(t)
	e.options.Limits = frontdoor.Defaults
	if err := Run(e.options); err != nil {
		t.Fatal(err)
	}
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	e.follows(atMost(7, 1))
	e.stop()
	e.control.stop()
	e.start()
	e.ready()
	if _, s := e.status(); s.Policy != 7 {
		t.Errorf("policy %d (expected: 7)", s.Policy)
	}
	open := e.greeted("127.0.90.72", 2)
	defer closeAll(open)
	if len(open) != 1 {
		t.Errorf("%d connections (expected: 1)", len(open))
	}
}

func TestRefusesAPolicyThatCannotBe(t *testing.T) {
	e := started(t)
	e.follows(atMost(1, 100))
	e.control.govern(atMost(2, -1))
	e.put(e.entry("shop.acme.com", saying(t, "here")))
	position := Running().Replica.Position()
	eventually(t, "an ack of the position", 60*time.Second, func() bool { return e.control.lastAck().Revision == position.Revision })
	if policy := e.follows(atMost(3, 50)).Policy; policy != 3 {
		t.Errorf("policy %d (expected: 3)", policy)
	}
	e.control.mu.Lock()
	defer e.control.mu.Unlock()
	for _, ack := range e.control.acks {
		if ack.Policy == 2 {
			t.Error("followed a policy of -1 connections")
		}
	}
}

func TestCountsWhatFailsAndNotWhatIsMeant(t *testing.T) {
	e := started(t)
	nobody := saying(t, "")
	nobody.Scheme = "https" // the origin speaks no TLS
	suspended := e.entry("off.acme.com", saying(t, ""))
	suspended.State = protocol.Suspended
	failing := originOf(newOrigin(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	e.put(e.entry("good.acme.com", saying(t, "here")), e.entry("gone.acme.com", nobody), suspended, e.entry("bad.acme.com", failing))
	for _, name := range []string{"good", "good", "off", "gone", "bad"} {
		e.get("https://" + name + ".acme.com/")
	}
	eventually(t, "five tries of which two failed", 60*time.Second, func() bool {
		tries, failures := Running().Tries()
		return tries == 5 && failures == 2
	})
}

func TestAsksWhetherABuildMayCome(t *testing.T) {
	e := started(t)
	e.control.upgrades = func(build string) protocol.UpgradeReply {
		return protocol.UpgradeReply{Answer: protocol.UpgradeWait, Why: "edge-2 runs " + build + " first."}
	}
	told, err := node.AskToUpgrade(context.Background(), e.options.Node.DataDir, "9.9.9")
	if err != nil || told.Answer != protocol.UpgradeWait || told.Why != "edge-2 runs 9.9.9 first." {
		t.Errorf("%+v, %v (expected: wait)", told, err)
	}
	e.control.mu.Lock()
	e.control.revoked = true
	e.control.mu.Unlock()
	if told, err := node.AskToUpgrade(context.Background(), e.options.Node.DataDir, "9.9.9"); err == nil {
		t.Errorf("%+v for a revoked node (expected: an error)", told)
	}
}
