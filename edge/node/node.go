// Package node is an edge node without its web server: it owns the replica and the connection to the
// control plane, and answers what a request or a handshake asks from memory.
package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"nameplate.io/edge/certificate"
	"nameplate.io/edge/frontdoor"
	"nameplate.io/edge/hostname"
	"nameplate.io/edge/identity"
	"nameplate.io/edge/origin"
	"nameplate.io/edge/protocol"
	"nameplate.io/edge/replica"
	"nameplate.io/edge/seal"
	"nameplate.io/edge/stream"
	"nameplate.io/edge/usage"
)

// Config is all that a node is told.
type Config struct {
	DataDir         string         `json:"data_dir"`
	Name            string         `json:"name"`
	HTTPSAddress    string         `json:"https_address"`
	HTTPAddress     string         `json:"http_address"`
	Control         string         `json:"control"`
	JoinTokenFile   string         `json:"join_token_file,omitempty"`
	Resolver        string         `json:"resolver,omitempty"`          // host:port; empty: the system's
	AllowOrigins    []netip.Prefix `json:"allow_origins,omitempty"`     // ranges opened beside public addresses
	OriginCA        string         `json:"origin_ca,omitempty"`         // PEM file; empty: the system's
	PublicHTTPSPort int            `json:"public_https_port,omitempty"` // 0: the port of HTTPSAddress
	Version         string         `json:"version,omitempty"`
}

// member is what a node is once it has joined.
type member struct {
	node, cluster string
	key           *seal.ClusterKey
	loop          string // what it adds to CDN-Loop
	client        *stream.Client
}

// Node is safe for concurrent use once it is open.
type Node struct {
	Config  Config
	Replica *replica.Replica
	Origins *origin.Transport
	Meter   *usage.Meter

	log       *slog.Logger
	clock     func() time.Time
	startedAt time.Time
	lock      *os.File
	id        *identity.Identity
	cache     *certificate.Cache
	member    atomic.Pointer[member]
	follower  atomic.Pointer[stream.Follower]
	httpsPort int
	altSvc    []string      // in place of the web server's own; nil where that is right
	asks      chan struct{} // bounds read-throughs under way

	proved   atomic.Bool
	ready    atomic.Bool
	draining atomic.Bool
	failures atomic.Uint64 // answers of the 5xx kind, whoever made them, but for those that are meant
	unshown  atomic.Uint64 // handshakes for names that are held whose certificate could not be shown
	door     *frontdoor.Door
	policy   policy
	open     atomic.Int64 // requests under way, WebSockets included
	panics   atomic.Uint64

	stop context.CancelFunc
	done sync.WaitGroup
}

// Open reads the node's state from its disk. From then on it can serve what it holds.
func Open(config Config, log *slog.Logger, clock func() time.Time) (*Node, error) {
	n := &Node{Config: config, Meter: usage.NewMeter(), log: log, clock: clock, startedAt: clock()}
	if err := n.prepare(); err != nil {
		if n.lock != nil {
			n.lock.Close()
		}
		return nil, err
	}
	return n, nil
}

func (n *Node) prepare() error {
	if err := n.prepareIdentity(); err != nil {
		return err
	}
	n.cache = certificate.NewCache(certificate.DefaultCacheSize)
	n.asks = make(chan struct{}, 32)
	if n.id.Joined() {
		if err := n.becomeMember(); err != nil {
			return err
		}
	}
	state := n.stateDir()
	if !n.id.Joined() {
		// What another node held, perhaps of another cluster, is of no use: its keys cannot be opened.
		if err := errors.Join(os.RemoveAll(state), os.RemoveAll(n.policyPath())); err != nil {
			return err
		}
	}
	var err error
	n.Replica, err = replica.Open(state, n.key(), n.log, n.clock)
	return err
}

// prepareIdentity takes the data directory and reads who the node is and what it is told.
func (n *Node) prepareIdentity() error {
	if err := os.MkdirAll(n.Config.DataDir, 0o700); err != nil {
		return err
	}
	if err := n.lockDir(); err != nil {
		return err
	}
	var err error
	if n.id, err = identity.Load(n.Config.DataDir, n.Config.Name); err != nil {
		return err
	}
	if n.id.Control != n.Config.Control {
		n.id.Control = n.Config.Control
		if err = n.id.Save(); err != nil {
			return err
		}
	}
	if n.httpsPort, err = publicPort(n.Config); err != nil {
		return err
	}
	n.altSvc = altSvc(n.Config, n.httpsPort)
	if n.Origins, err = newOrigins(n.Config); err != nil {
		return err
	}
	return nil
}

func (n *Node) becomeMember() error {
	key, err := n.id.ClusterKey()
	if err != nil {
		return err
	}
	pair, err := n.id.ClientCertificate()
	if err != nil {
		return err
	}
	n.member.Store(&member{
		node: n.id.NodeID, cluster: n.id.ClusterID, key: key, loop: "nameplate-" + n.id.ClusterID,
		client: stream.NewClient(n.Config.Control, n.id.Pin, &pair),
	})
	return nil
}

// Start joins, if that is still to be done, and follows the control plane until Close.
func (n *Node) Start() {
	ctx, stop := context.WithCancel(context.Background())
	n.stop = stop
	n.done.Go(func() { n.Guard(ctx, n.follow) })
	n.done.Go(func() { n.Guard(ctx, n.proveWhenDue) })
	n.done.Go(func() { n.Guard(ctx, n.checkTable) })
}

// Guard runs a loop of the node for as long as ctx lasts. A panic in it must not end the process,
// which goes on serving.
func (n *Node) Guard(ctx context.Context, loop func(context.Context)) {
	for ctx.Err() == nil {
		func() {
			defer func() {
				if cause := recover(); cause != nil {
					n.panics.Add(1)
					n.log.Error("a loop of the node broke and starts again", "cause", fmt.Sprint(cause))
				}
			}()
			loop(ctx)
		}()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (n *Node) follow(ctx context.Context) {
	if n.member.Load() == nil {
		if err := n.joining().Join(ctx, n.id); err != nil {
			return
		}
		if err := n.becomeMember(); err != nil {
			n.log.Error("could not use what joining gave", "error", err)
			return
		}
		n.Replica.SetKey(n.key())
	}
	follower := &stream.Follower{
		Client: n.member.Load().client, Replica: n.Replica, Log: n.log, Clock: n.clock,
		About: func(ack *protocol.Ack) {
			ack.Version, ack.Ready, ack.StartedAt = n.Config.Version, n.Ready(), n.startedAt.UTC()
			ack.Tries, ack.Failures = n.Tries()
			ack.Policy = n.PolicyRevision()
		},
		Govern: n.govern, Changed: n.judge, Guard: n.Guard,
	}
	n.follower.Store(follower)
	follower.Run(ctx)
}

// checkTable keeps comparing the table with its digest.
func (n *Node) checkTable(ctx context.Context) {
	n.Replica.Check(ctx, func() {
		if f := n.follower.Load(); f != nil {
			f.Resync()
		}
	})
}

// Close stops following and closes the disk. Requests under way may still be answered.
func (n *Node) Close() error {
	if n.stop != nil {
		n.stop()
	}
	n.done.Wait()
	n.Origins.CloseIdleConnections()
	if m := n.member.Load(); m != nil {
		m.client.Close()
	}
	err := n.Replica.Close()
	if n.lock != nil {
		err = errors.Join(err, n.lock.Close())
	}
	return err
}

func (n *Node) key() *seal.ClusterKey {
	if m := n.member.Load(); m != nil {
		return m.key
	}
	return nil
}

// ErrUnknownName means that no certificate is held for a name.
var ErrUnknownName = errors.New("node: unknown name")

// Certificate returns what to show for a server name as the visitor sent it.
func (n *Node) Certificate(serverName string) (*tls.Certificate, error) {
	name, ok := hostname.Normalize(serverName)
	if !ok {
		return nil, ErrUnknownName
	}
	e := n.Replica.Table.Find(name)
	if e == nil || e.Certificate == nil {
		return nil, ErrUnknownName
	}
	shown, err := n.cache.Get(e.Certificate, e.Name, n.key())
	if err != nil {
		n.unshown.Add(1)
	}
	return shown, err
}

// CertificateID names the certificate that Certificate would return; empty if none.
func (n *Node) CertificateID(serverName string) string {
	if name, ok := hostname.Normalize(serverName); ok {
		if e := n.Replica.Table.Find(name); e != nil && e.Certificate != nil {
			return e.Certificate.ID
		}
	}
	return ""
}

// ticketHours is how long a TLS session can be resumed, at most.
const ticketHours = 12

// TicketKeys are the session-ticket keys to use now: the first one seals, all of them open. The next
// hour's is among them, since the clocks of a cluster's nodes differ.
func (n *Node) TicketKeys() [][32]byte {
	if key := n.key(); key != nil {
		return ticketKeys(key, n.clock())
	}
	return nil
}

func ticketKeys(key *seal.ClusterKey, now time.Time) [][32]byte {
	keys := [][32]byte{key.TicketKey(now), key.TicketKey(now.Add(time.Hour))}
	for hour := 1; hour < ticketHours; hour++ {
		keys = append(keys, key.TicketKey(now.Add(-time.Duration(hour)*time.Hour)))
	}
	return keys
}

// NodeID is empty until the node has joined.
func (n *Node) NodeID() string {
	if m := n.member.Load(); m != nil {
		return m.node
	}
	return ""
}

// Cache tells how many certificates were found parsed.
func (n *Node) Cache() *certificate.Cache { return n.cache }

// BrokenLoops is how often a loop of the node broke and was started again.
func (n *Node) BrokenLoops() uint64 { return n.panics.Load() }
