package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/identity"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/stream"
)

// policy is what the cluster wants of the node, and what the node does without it.
type policy struct {
	mu    sync.Mutex
	own   frontdoor.Limits // as the node was started
	taken protocol.Policy
}

func (n *Node) policyPath() string { return filepath.Join(n.Config.DataDir, "policy.json") }

// Guarded tells the node what stands before its listeners. The policy that it followed last holds from
// here on, whether the control plane can be asked or not.
func (n *Node) Guarded(door *frontdoor.Door) {
	n.policy.mu.Lock()
	defer n.policy.mu.Unlock()
	n.door, n.policy.own = door, door.Limits()
	text, err := os.ReadFile(n.policyPath())
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var kept protocol.Policy
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err == nil {
		err = possible(&kept)
	}
	if err != nil {
		// The next ack brings it again.
		n.log.Error("the policy on disk cannot be read; what the node was started with holds", "error", err)
		return
	}
	n.follows(&kept)
}

// govern takes over what the cluster wants, at once and without touching a connection that is open. It
// reports whether that is new.
func (n *Node) govern(wanted *protocol.Policy) bool {
	n.policy.mu.Lock()
	defer n.policy.mu.Unlock()
	if n.door == nil || same(wanted, &n.policy.taken) {
		return false
	}
	if err := possible(wanted); err != nil {
		n.log.Error("the cluster's policy is refused; the one before holds", "error", err)
		return false
	}
	n.follows(wanted)
	n.log.Info("follows another policy", "revision", wanted.Revision)
	if err := n.keepPolicy(wanted); err != nil {
		n.log.Warn("the policy could not be kept on disk; a restart without the control plane goes back", "error", err)
	}
	return true
}

func (n *Node) follows(wanted *protocol.Policy) {
	limits := n.policy.own
	if limit := wanted.MaxConnectionsPerSource; limit != nil {
		limits.ConnectionsPerSource = *limit
	}
	if limit := wanted.MaxUnknownPerSecond; limit != nil {
		limits.UnknownPerSecond = *limit
	}
	n.door.Limit(limits)
	n.policy.taken = *wanted
}

// same also compares what is said: the directory may have been another cluster's node's before.
func same(one, other *protocol.Policy) bool {
	equal := func(one, other *int) bool { return one == other || one != nil && other != nil && *one == *other }
	return one.Revision == other.Revision && equal(one.MaxConnectionsPerSource, other.MaxConnectionsPerSource) &&
		equal(one.MaxUnknownPerSecond, other.MaxUnknownPerSecond)
}

func possible(wanted *protocol.Policy) error {
	for what, limit := range map[string]*int{
		"max_connections_per_source": wanted.MaxConnectionsPerSource, "max_unknown_per_second": wanted.MaxUnknownPerSecond,
	} {
		if limit != nil && *limit < 0 {
			return fmt.Errorf("policy %d: %s: %d (expected: 0 or more)", wanted.Revision, what, *limit)
		}
	}
	return nil
}

// keepPolicy writes the file so that a crash leaves either the old or the new one. A process that hands
// over and its successor may both write; each has its own file until then.
func (n *Node) keepPolicy(wanted *protocol.Policy) error {
	text, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(n.Config.DataDir, "policy-*.tmp") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), n.policyPath())
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// PolicyRevision is that of the policy which the node follows; 0 if none.
func (n *Node) PolicyRevision() int64 {
	n.policy.mu.Lock()
	defer n.policy.mu.Unlock()
	return n.policy.taken.Revision
}

// Tries is how often a visitor wanted something of the node since it started, and how often that failed
// for a reason that may be the node's: answers of the 5xx kind, connections that the front door closed,
// certificates that could not be shown. An origin's failures count too: they are the same for all nodes,
// unless the node is why.
func (n *Node) Tries() (tries, failures uint64) {
	failures = n.failures.Load() // first: what is counted meanwhile is a try at most
	beyond := n.unshown.Load()
	if n.door != nil {
		beyond += n.door.Figures().Refused()
	}
	for _, answers := range n.Meter.Totals() {
		tries += answers
	}
	return tries + beyond, failures + beyond
}

// AskToUpgrade asks the control plane of the node on a data directory whether it may go over to a build.
func AskToUpgrade(ctx context.Context, dataDir, build string) (*protocol.UpgradeReply, error) {
	id, err := identity.Load(dataDir, "")
	if err != nil {
		return nil, err
	}
	if !id.Joined() || id.Control == "" {
		return nil, errNotAMember
	}
	pair, err := id.ClientCertificate()
	if err != nil {
		return nil, err
	}
	client := stream.NewClient(id.Control, id.Pin, &pair)
	defer client.Close()
	return client.Upgrade(ctx, build)
}
