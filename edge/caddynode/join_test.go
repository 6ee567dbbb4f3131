package caddynode

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"nameplate.io/edge/node"
)

// untouched fails the test that reads from it.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the token was read (expected: not needed)")
	return 0, io.EOF
}

func (e *edge) join(token string) (node.Membership, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return node.Join(ctx, e.options.Node, strings.NewReader(token))
}

func TestWhoHasJoinedRunsWithoutAToken(t *testing.T) {
	e := newEdge(t)
	e.options.Node.JoinTokenFile = ""
	is, err := e.join(e.control.token + "\n")
	if err != nil || is != (node.Membership{NodeID: testNode, ClusterID: e.control.clusterID}) {
		t.Fatalf("%+v, %v (expected: %s of %s)", is, err, testNode, e.control.clusterID)
	}
	e.control.stop() // nobody is asked again
	is, err = node.Join(context.Background(), e.options.Node, untouched{t})
	if err != nil || is != (node.Membership{NodeID: testNode, ClusterID: e.control.clusterID, Before: true}) {
		t.Errorf("%+v, %v (expected: the same, joined before)", is, err)
	}
	if _, err := node.Holder(e.options.Node.DataDir); err == nil {
		t.Error("the data is still held (expected: left to who runs the node)")
	}
}

func TestANodeThatJoinedServesWithoutItsToken(t *testing.T) {
	e := newEdge(t)
	e.options.Node.JoinTokenFile = ""
	if _, err := e.join(e.control.token); err != nil {
		t.Fatal(err)
	}
	e.start()
	e.ready()
	e.put(e.entry("shop.acme.com", saying(t, "hello")))
	if got := e.get("https://shop.acme.com/"); got.body != "hello" {
		t.Errorf("%d %q (expected: hello)", got.status, got.body)
	}
}

func TestWhoCannotJoinIsToldWhatToPutRight(t *testing.T) {
	for name, c := range map[string]struct {
		token  func(e *edge) string
		before func(e *edge)
		want   string
	}{
		"no token": {func(*edge) string { return "hello" }, nil, "expected npj_SECRET.PIN"},
		"unknown":  {func(e *edge) string { return strings.Replace(e.control.token, "0123", "9999", 1) }, nil, "does not know the join token, or it has expired"},
		"spent":    {nil, func(e *edge) { e.control.csr = "of another node" }, "was used by another node"},
		"wrong pin": {func(e *edge) string {
			return e.control.token[:37] + base64.RawURLEncoding.EncodeToString(make([]byte, 32))
		}, nil, "is not the control plane that made the token"},
		"unreachable": {nil, func(e *edge) { e.control.stop() }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			token := e.control.token
			if c.token != nil {
				token = c.token(e)
			}
			if c.before != nil {
				c.before(e)
			}
			if _, err := e.join(token); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), token) {
				t.Errorf("%v (expected: %q, and never the token)", err, c.want)
			}
			if e.control.csr != "" && name != "spent" {
				t.Error("the control plane took the token")
			}
			if name == "spent" || name == "unreachable" {
				return
			}
			if is, err := e.join(e.control.token); err != nil || is.NodeID != testNode {
				t.Errorf("with a good token afterwards: %+v, %v (expected: joined)", is, err)
			}
		})
	}
}

func TestATokenThatCannotBeReadIsSaid(t *testing.T) {
	e := newEdge(t)
	why := errors.New("no such file")
	if _, err := node.Join(context.Background(), e.options.Node, broken{why}); !errors.Is(err, why) {
		t.Errorf("%v (expected: %v)", err, why)
	}
}

type broken struct{ why error }

func (b broken) Read([]byte) (int, error) { return 0, b.why }
