package node

import (
	"context"
	"io"

	"nameplate.io/edge/identity"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/stream"
	"nameplate.io/edge/table"
)

// maxToken is more than a join token is long.
const maxToken = 4 << 10

// Membership is what joining gave to a node.
type Membership struct {
	NodeID, ClusterID string
	Before            bool // it had joined before, and nobody was asked
}

// Join makes the data directory that of a cluster's node, if it is not yet, without serving anything. The token is read
// only if it is needed. An error is a sentence for people.
func Join(ctx context.Context, config Config, token io.Reader) (Membership, error) {
	if err := checkControl(config); err != nil {
		return Membership{}, err
	}
	n := &Node{Config: config}
	err := n.prepareIdentity()
	if n.lock != nil {
		defer n.lock.Close()
	}
	if err != nil {
		return Membership{}, err
	}
	before := n.id.Joined()
	if !before {
		text, err := io.ReadAll(io.LimitReader(token, maxToken))
		if err != nil {
			return Membership{}, err
		}
		parsed, err := identity.ParseToken(string(text))
		if err != nil {
			return Membership{}, err
		}
		joining := n.joining()
		if err := joining.Once(ctx, parsed, n.id); err != nil {
			return Membership{}, err
		}
	}
	return Membership{NodeID: n.id.NodeID, ClusterID: n.id.ClusterID, Before: before}, nil
}

// joining is what a node says of itself when it joins.
func (n *Node) joining() *stream.Joining {
	return &stream.Joining{
		Control: n.Config.Control, TokenFile: n.Config.JoinTokenFile, Log: n.log,
		Request: protocol.JoinRequest{
			Name: n.Config.Name, HTTPSAddress: n.Config.HTTPSAddress, HTTPAddress: n.Config.HTTPAddress,
			Version: n.Config.Version, Features: table.Features,
		},
	}
}
