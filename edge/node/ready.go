package node

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"nameplate.io/edge/stream"
	"nameplate.io/edge/table"
)

const (
	sampledNames = 3
	proveEvery   = 200 * time.Millisecond // until it succeeds once
	proveTimeout = 5 * time.Second
	// staleAfter is longer than a poll that brings nothing.
	staleAfter = 40 * time.Second
)

// Status is what a node says of itself.
type Status struct {
	Ready        bool   `json:"ready"`
	Reason       string `json:"reason,omitempty"` // why it is not ready
	NodeID       string `json:"node_id,omitempty"`
	ClusterID    string `json:"cluster_id,omitempty"`
	Position     string `json:"position"`
	Epoch        int64  `json:"epoch"`
	Revision     int64  `json:"revision"`
	Stale        bool   `json:"stale"` // the control plane has not been heard of for a while, or at all
	StaleSeconds int64  `json:"stale_seconds"`
	Digest       string `json:"digest"`
	Names        int    `json:"names"`
	Certificates int    `json:"certificates"`
	HeldRemovals int    `json:"held_removals"`
	Refused      int    `json:"refused"`
	Version      string `json:"version"`
	Policy       int64  `json:"policy"`               // revision of the cluster's policy that is followed; 0: none
	Disk         string `json:"disk,omitempty"`       // full or failing: changes cannot be made durable
	DiskError    string `json:"disk_error,omitempty"` // what the system says
}

// Ready reports whether traffic should be sent here.
func (n *Node) Ready() bool { return n.ready.Load() && !n.draining.Load() }

// Drain makes the node say that it is not ready any more, for good.
func (n *Node) Drain() { n.draining.Store(true) }

// OpenRequests is how many requests are being answered, WebSockets included.
func (n *Node) OpenRequests() int64 { return n.open.Load() }

// Status sums up the node.
func (n *Node) Status() Status {
	stats, position, contact := n.Replica.Table.Stats(), n.Replica.Position(), n.contact()
	s := Status{
		Ready: n.Ready(), NodeID: n.NodeID(), Position: position.String(), Epoch: position.Epoch, Revision: position.Revision,
		Digest: stats.Digest.String(), Names: stats.Names, Certificates: stats.Certificates,
		HeldRemovals: stats.HeldRemovals, Refused: stats.Refused, Version: n.Config.Version,
		Policy: n.PolicyRevision(),
	}
	if trouble := n.Replica.Disk(); trouble.Err != nil {
		s.Disk, s.DiskError = trouble.Word(), trouble.Err.Error()
	}
	if m := n.member.Load(); m != nil {
		s.ClusterID = m.cluster
	}
	since := n.startedAt
	if !contact.LastSeen.IsZero() {
		since = contact.LastSeen
	}
	if silent := n.clock().Sub(since); contact.Offline || silent > staleAfter {
		s.Stale, s.StaleSeconds = true, max(0, int64(silent.Seconds()))
	}
	if !s.Ready {
		s.Reason = n.notReadyBecause(contact)
	}
	return s
}

func (n *Node) contact() stream.Contact {
	if f := n.follower.Load(); f != nil {
		return f.Contact()
	}
	return stream.Contact{}
}

func (n *Node) notReadyBecause(contact stream.Contact) string {
	switch {
	case n.draining.Load():
		return "draining"
	case n.member.Load() == nil:
		return "not joined"
	case contact.Revoked:
		return "revoked"
	case !n.current(contact):
		return "not at the cluster's position"
	default:
		return "sampled names are not proved"
	}
}

// current reports whether what the node holds may be served from: it is at the cluster's position, or
// the disk held a state and no control plane answers, or its changes find no room on the disk.
func (n *Node) current(contact stream.Contact) bool {
	return contact.Synced || n.Replica.Restored() && (contact.Offline || n.Replica.Disk().Err != nil)
}

// judge decides anew whether the node is ready. Once ready it stays so until it is drained or revoked.
func (n *Node) judge() {
	contact := n.contact()
	if contact.Revoked {
		n.ready.Store(false)
		return
	}
	if n.proved.Load() && n.current(contact) && !n.ready.Swap(true) {
		n.log.Info("ready", "position", n.Replica.Position().String(), "names", n.Replica.Table.Stats().Names)
	}
}

// proveWhenDue shakes hands with the node itself for sampled names, until that succeeds.
func (n *Node) proveWhenDue(ctx context.Context) {
	var complained bool
	for ctx.Err() == nil {
		if n.member.Load() != nil && n.current(n.contact()) {
			err := n.prove(ctx)
			if err == nil {
				n.proved.Store(true)
				n.judge()
				<-ctx.Done()
				return
			}
			if !complained {
				complained = true
				n.log.Warn("a sampled name is not served as held", "error", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(proveEvery):
		}
	}
}

func (n *Node) prove(ctx context.Context) error {
	sampled := 0
	for e := range n.Replica.Table.All() {
		if e.State != table.Serving || e.Certificate == nil {
			continue
		}
		if err := n.proveName(ctx, e); err != nil {
			if now := n.Replica.Table.Lookup(e.Name); now != e {
				continue // it changed meanwhile
			}
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		if sampled++; sampled == sampledNames {
			break
		}
	}
	return nil
}

func (n *Node) proveName(ctx context.Context, e *table.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, proveTimeout)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{
		ServerName:         e.Name,
		InsecureSkipVerify: true, // it must be exactly the held certificate, whoever signed it
	}}
	conn, err := dialer.DialContext(ctx, "tcp", selfAddress(n.Config.HTTPSAddress))
	if err != nil {
		return err
	}
	defer conn.Close()
	shown := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(shown) == 0 || string(shown[0].Raw) != e.Certificate.Leaf() {
		return fmt.Errorf("another certificate is shown")
	}
	return nil
}

// selfAddress is where a node reaches its own listener.
func selfAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
