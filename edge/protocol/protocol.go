// Package protocol is the wire format of docs/edge-protocol.md: what a node and the control plane
// send to each other under /edge/v1. Fields are only added; a reader ignores those it does not know.
package protocol

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// State says what to do with a name.
type State string

// The states an entry can have.
const (
	Serving   State = "serving"
	Suspended State = "suspended"
	Removed   State = "removed"
)

// Entry is all that a node needs to serve one name.
type Entry struct {
	Hostname    string       `json:"hostname"`
	Revision    int64        `json:"revision"`
	DomainID    string       `json:"domain_id"`
	TeamID      string       `json:"team_id"`
	State       State        `json:"state"`
	Origin      *Origin      `json:"origin,omitempty"`
	Certificate *Certificate `json:"certificate,omitempty"`
	Requires    []string     `json:"requires,omitempty"`
}

// mostText bounds hostnames and ids: a name has 253 bytes at most, ids of this control plane have 30.
const mostText = 255

// Fits reports whether a node can keep the entry at all, if only to say that it is refused. One that does
// not fit comes from no control plane of ours.
func (e *Entry) Fits() bool {
	return e.Hostname != "" && len(e.Hostname) <= mostText && len(e.DomainID) <= mostText && len(e.TeamID) <= mostText
}

// Origin is the server that requests are passed to.
type Origin struct {
	Scheme     string `json:"scheme"`
	Host       string `json:"host"`
	Port       int    `json:"port"`
	Path       string `json:"path"`
	HostHeader string `json:"host_header"`
	ServerName string `json:"server_name,omitempty"`
}

// The values of Origin.HostHeader.
const (
	HostOfVisitor = "visitor"
	HostOfOrigin  = "origin"
)

// Certificate carries a certificate and its sealed private key (base64). The certificate comes as a leaf
// (DER) below the chain that the page has at Issuers, or whole in Chain (PEM, leaf first). When it begins and ends, which the
// wire says for people too, is read from the certificate.
type Certificate struct {
	ID        string `json:"id"`
	Leaf      []byte `json:"leaf,omitempty"`
	Issuers   *int   `json:"issuers,omitempty"` // absent: the leaf stands alone
	Chain     string `json:"chain,omitempty"`
	SealedKey string `json:"sealed_key"`

	Above [][]byte `json:"-"` // DER of what follows the leaf, as Resolve found it
}

// Answer is what the node answers to an ACME challenge for (hostname, token).
type Answer struct {
	Hostname  string    `json:"hostname"`
	Token     string    `json:"token"`
	Value     string    `json:"value"`
	ExpiresAt time.Time `json:"expires_at"`
	Revision  int64     `json:"revision"`
	Removed   bool      `json:"removed"`
}

// Fits reports whether a node can keep the answer. A value is a token and a thumbprint of 43 letters.
func (a *Answer) Fits() bool {
	return a.Hostname != "" && len(a.Hostname) <= mostText && len(a.Token) <= mostText && len(a.Value) <= 2*mostText
}

// Changes is the reply to a poll.
type Changes struct {
	Epoch    int64    `json:"epoch"`
	Revision int64    `json:"revision"`
	More     bool     `json:"more"`
	Entries  []Entry  `json:"entries"`
	Answers  []Answer `json:"answers"`
	// Chains are what certificates of the entries stand below, each DER, the leaf's issuer first.
	Chains [][][]byte `json:"chains,omitempty"`
}

// Resolve gives each certificate its chain. One that names a chain which the page does not have loses its
// leaf, and its entry is refused alone.
func (c *Changes) Resolve() {
	for i := range c.Entries {
		certificate := c.Entries[i].Certificate
		if certificate == nil || certificate.Issuers == nil {
			continue
		}
		if at := *certificate.Issuers; at >= 0 && at < len(c.Chains) {
			certificate.Above = c.Chains[at]
		} else {
			certificate.Leaf = nil
		}
	}
}

// Position is where a node stands after applying the changes.
func (c *Changes) Position() Position { return Position{c.Epoch, c.Revision} }

// Outline lists a cluster's names without what is served for them.
type Outline struct {
	Epoch    int64 `json:"epoch"`
	Revision int64 `json:"revision"`
	// EpochFrom is the revision at which the epoch began: up to it the epoch before says the same.
	EpochFrom int64 `json:"epoch_from"`
	// Names are written as Outlined reads them.
	Names   []string `json:"names"`
	Answers []Answer `json:"answers"`
}

// Position is where a node stands that holds what the outline lists.
func (o *Outline) Position() Position { return Position{o.Epoch, o.Revision} }

// Outlined reads a line of an outline: a hostname and its newest revision, and the word "removed" if that
// removes it, separated by spaces.
func Outlined(line string) (hostname string, revision int64, removed bool, err error) {
	hostname, rest, _ := strings.Cut(line, " ")
	number, word, _ := strings.Cut(rest, " ")
	revision, err = strconv.ParseInt(number, 10, 64)
	if err != nil || hostname == "" || revision < 1 || word != "" && word != string(Removed) {
		return "", 0, false, fmt.Errorf("outline: %q (expected: HOSTNAME REVISION [removed])", line)
	}
	return hostname, revision, word != "", nil
}

// EntriesRequest asks for the newest state of names, MostHostnames of them at most.
type EntriesRequest struct {
	Hostnames []string `json:"hostnames"`
}

// MostHostnames bounds an EntriesRequest.
const MostHostnames = 2_000

// Refusal says why a node did not take an entry as it was sent.
type Refusal struct {
	Hostname string        `json:"hostname"`
	Revision int64         `json:"revision"`
	Reason   RefusalReason `json:"reason"`
}

// RefusalReason is a code from a closed list; zero means that nothing was refused. On the wire it is a word.
type RefusalReason uint8

// The reasons for refusing an entry. Their numbers are kept on disk.
const (
	NotRefused RefusalReason = iota
	KeyMismatch
	NameMismatch
	CertificateExpired
	KeyUnsealable
	FeatureUnknown
	EntryInvalid
)

var refusalWords = [...]string{
	"", "certificate-key-mismatch", "certificate-name-mismatch", "certificate-expired", "key-unsealable", "feature-unknown", "entry-invalid",
}

// Known reports whether the number stands for a reason, or for none.
func (r RefusalReason) Known() bool { return int(r) < len(refusalWords) }

// String is the word on the wire.
func (r RefusalReason) String() string {
	if !r.Known() {
		return "refusal-" + strconv.Itoa(int(r))
	}
	return refusalWords[r]
}

// MarshalText writes the word.
func (r RefusalReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a word of the list.
func (r *RefusalReason) UnmarshalText(text []byte) error {
	for i, word := range refusalWords {
		if word == string(text) {
			*r = RefusalReason(i)
			return nil
		}
	}
	return fmt.Errorf("refusal reason %q (expected: one of the protocol's)", text)
}

// Ack reports what a node holds.
type Ack struct {
	Epoch        int64  `json:"epoch"`
	Revision     int64  `json:"revision"`
	Digest       string `json:"digest"`
	Names        int    `json:"names"`
	Certificates int    `json:"certificates"`
	HeldRemovals int    `json:"held_removals"`
	// Held names removals that are held back, some of them if there are many.
	Held         []string  `json:"held,omitempty"`
	StaleSeconds int64     `json:"stale_seconds"`
	Refused      []Refusal `json:"refused"`
	Version      string    `json:"version"`
	Ready        bool      `json:"ready"`
	StartedAt    time.Time `json:"started_at"`
	// Disk says that changes cannot be made durable (DiskFull, DiskFailing); empty while they can.
	Disk string `json:"disk,omitempty"`
	// Tries is how often, since StartedAt, a visitor wanted something of the node, and Failures how often that failed
	// for a reason that is not the visitor's. Sums only: never a name.
	Tries    uint64 `json:"tries"`
	Failures uint64 `json:"failures"`
	// Policy is the revision of the policy that the node follows; 0: none.
	Policy int64 `json:"policy"`
	// DigestDifferences is how often since its start the node found its running digest to differ from its table.
	DigestDifferences uint64 `json:"digest_differences,omitempty"`
}

// The values of Ack.Disk.
const (
	DiskFull    = "full"
	DiskFailing = "failing"
)

// AckReply answers an Ack. DigestMatches is nil while the control plane is ahead of the node.
type AckReply struct {
	DigestMatches   *bool `json:"digest_matches"`
	ConfirmRemovals bool  `json:"confirm_removals"`
	// Policy is what the node has to follow; nil from a control plane that has no policies.
	Policy *Policy `json:"policy,omitempty"`
}

// Policy is what a cluster wants of its nodes in place of what they were started with. What is nil stays as it was at
// the start; 0 is no limit. A revision may be lower than the one before: a policy that was taken back.
type Policy struct {
	Revision                int64 `json:"revision"`
	MaxConnectionsPerSource *int  `json:"max_connections_per_source,omitempty"`
	MaxUnknownPerSecond     *int  `json:"max_unknown_per_second,omitempty"`
}

// UpgradeRequest asks whether a node may go over to a build.
type UpgradeRequest struct {
	Build string `json:"build"`
}

// UpgradeReply answers an UpgradeRequest. Why is a sentence for people.
type UpgradeReply struct {
	Answer string `json:"answer"`
	Why    string `json:"why"`
}

// The values of UpgradeReply.Answer.
const (
	UpgradeGo   = "go"
	UpgradeWait = "wait" // another node runs the build first
	UpgradeStop = "stop" // the build did not stand
)

// JoinRequest asks to become a node of the token's cluster.
type JoinRequest struct {
	Token        string   `json:"token"`
	Name         string   `json:"name"`
	CSR          string   `json:"csr"`
	SealingKey   string   `json:"sealing_key"`
	HTTPSAddress string   `json:"https_address"`
	HTTPAddress  string   `json:"http_address"`
	Version      string   `json:"version"`
	Features     []string `json:"features"`
}

// JoinReply is the answer to a JoinRequest.
type JoinReply struct {
	NodeID    string `json:"node_id"`
	ClusterID string `json:"cluster_id"`
}

// JoinState is the answer to a node that asks whether it has been signed.
type JoinState struct {
	State            string `json:"state"`
	Certificate      string `json:"certificate,omitempty"`
	SealedClusterKey string `json:"sealed_cluster_key,omitempty"`
	ClusterID        string `json:"cluster_id,omitempty"`
	HTTPPort         int    `json:"http_port,omitempty"`
}

// The values of JoinState.State.
const (
	JoinPending = "pending"
	JoinReady   = "ready"
)

// AnswerReply is the answer to a read-through of a challenge.
type AnswerReply struct {
	Value     string    `json:"value"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Problem is a problem document (RFC 9457), as far as a node reads it.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Status int    `json:"status"`
	Epoch  int64  `json:"epoch,omitempty"`
}
