//go:build !linux

package frontdoor

import "net"

// waitForHello has no counterpart here: what has not come when a connection is accepted is read later.
func waitForHello(net.Listener) {}
