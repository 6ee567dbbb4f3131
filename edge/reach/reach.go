// Package reach answers the control plane's nonces, which show that an address leads to this cluster.
package reach

import (
	"encoding/hex"
	"encoding/json"
	"strings"

	"nameplate.io/edge/seal"
)

// PathPrefix is where nonces are asked for.
const PathPrefix = "/.well-known/nameplate/reach/"

// Answer is the body of a reach answer.
type Answer struct {
	Node string `json:"node"`
	MAC  string `json:"mac"`
}

// NonceIn returns the nonce of a request's path, and false if the path holds none.
func NonceIn(path string) (string, bool) {
	nonce, ok := strings.CutPrefix(path, PathPrefix)
	if !ok || len(nonce) < 16 || len(nonce) > 64 {
		return "", false
	}
	for _, c := range []byte(nonce) {
		if ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'; !ok {
			return "", false
		}
	}
	return nonce, true
}

// Reply is the body that answers a nonce for the hostname.
func Reply(key *seal.ClusterKey, hostname, nonce, node string) []byte {
	body, err := json.Marshal(Answer{Node: node, MAC: hex.EncodeToString(key.ReachMAC(hostname, nonce, node))})
	if err != nil {
		panic(err) // two strings always marshal
	}
	return body
}
