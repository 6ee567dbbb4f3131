// Package probe recognises the control plane's probes: requests that carry a signed header, and to
// which alone a node names itself, the domain and the revision it served.
package probe

import (
	"crypto/hmac"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"nameplate.io/edge/seal"
)

// The header fields of a probe and of the answer to it, in canonical form.
const (
	Header         = "Nameplate-Probe"
	HeaderNode     = "Nameplate-Node"
	HeaderDomain   = "Nameplate-Domain"
	HeaderRevision = "Nameplate-Revision"
	HeaderError    = "Nameplate-Edge-Error"
)

// maxAge is how far a probe's time may lie from the node's, either way: it bounds a replay.
const maxAge = 60 * time.Second

// Genuine reports whether the header's value was signed for this hostname with the cluster's key, not long ago.
func Genuine(value string, key *seal.ClusterKey, hostname string, now time.Time) bool {
	if key == nil {
		return false
	}
	parts := strings.Split(value, ";")
	if len(parts) != 4 || parts[0] != "v1" || parts[2] == "" {
		return false
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return false
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > maxAge || age < -maxAge {
		return false
	}
	mac, err := hex.DecodeString(parts[3])
	return err == nil && hmac.Equal(mac, key.ProbeMAC(seconds, parts[2], hostname))
}

// Sign makes the header's value.
func Sign(key *seal.ClusterKey, hostname, nonce string, now time.Time) string {
	seconds := now.Unix()
	return "v1;" + strconv.FormatInt(seconds, 10) + ";" + nonce + ";" +
		hex.EncodeToString(key.ProbeMAC(seconds, nonce, hostname))
}
