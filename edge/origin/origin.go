// Package origin passes requests to the servers that customers name: it says which addresses may be
// dialled, resolves names once and dials the checked address, and keeps connections of different TLS
// names apart.
package origin

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"nameplate.io/edge/protocol"
)

// Origin is a server that requests are passed to. It is immutable.
type Origin struct {
	HTTPS      bool
	Host       string // a name or an IP address without brackets
	Port       uint16
	Path       string // the base path as on the wire, without trailing slash; empty at the root
	OwnHost    bool   // the origin is sent its own Host instead of the visitor's
	ServerName string // the name its certificate must have; only with HTTPS

	pool      string // what connections are shared by: dial address and TLS name
	authority string // its own Host header
}

// New checks an origin from the wire.
func New(wire *protocol.Origin) (*Origin, error) {
	o := &Origin{Host: wire.Host, Port: uint16(wire.Port), ServerName: wire.ServerName}
	switch wire.Scheme {
	case "http":
	case "https":
		o.HTTPS = true
	default:
		return nil, fmt.Errorf("origin: scheme %q (expected: http or https)", wire.Scheme)
	}
	if !validHost(wire.Host) {
		return nil, fmt.Errorf("origin: host %q (expected: a name or an address)", wire.Host)
	}
	if wire.Port < 1 || wire.Port > 65535 {
		return nil, fmt.Errorf("origin: port %d (expected: 1 to 65535)", wire.Port)
	}
	if wire.Path != "" && (wire.Path[0] != '/' || strings.ContainsAny(wire.Path, "?#\r\n ")) {
		return nil, fmt.Errorf("origin: path %q (expected: an absolute path)", wire.Path)
	}
	if _, err := url.PathUnescape(wire.Path); err != nil {
		return nil, fmt.Errorf("origin: path %q (expected: two hex digits after each %%)", wire.Path)
	}
	o.Path = strings.TrimRight(wire.Path, "/")
	switch wire.HostHeader {
	case protocol.HostOfVisitor, "":
	case protocol.HostOfOrigin:
		o.OwnHost = true
	default:
		return nil, fmt.Errorf("origin: host_header %q (expected: visitor or origin)", wire.HostHeader)
	}
	if o.HTTPS && o.ServerName == "" {
		o.ServerName = o.Host
	}
	if !o.HTTPS {
		o.ServerName = ""
	} else if !validHost(o.ServerName) {
		return nil, fmt.Errorf("origin: server_name %q (expected: a name)", o.ServerName)
	}
	o.finish()
	return o, nil
}

// Wire is the inverse of New.
func (o *Origin) Wire() *protocol.Origin {
	wire := &protocol.Origin{Scheme: "http", Host: o.Host, Port: int(o.Port), Path: o.Path, HostHeader: protocol.HostOfVisitor}
	if o.HTTPS {
		wire.Scheme, wire.ServerName = "https", o.ServerName
	}
	if o.OwnHost {
		wire.HostHeader = protocol.HostOfOrigin
	}
	return wire
}

func (o *Origin) finish() {
	port := strconv.Itoa(int(o.Port))
	o.authority = o.Host
	if strings.Contains(o.Host, ":") {
		o.authority = "[" + o.Host + "]"
	}
	if o.HTTPS && o.Port != 443 || !o.HTTPS && o.Port != 80 {
		o.authority = net.JoinHostPort(o.Host, port)
	}
	// net/http shares connections by URL host alone. A server name of its own makes a pool of its own.
	o.pool = net.JoinHostPort(o.Host, port)
	if o.HTTPS && o.ServerName != o.Host {
		o.pool = strings.ReplaceAll(o.ServerName+"~"+o.Host, ":", "_") + ":" + port
	}
}

func validHost(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	for _, c := range []byte(host) {
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == ':'
		if !ok {
			return false
		}
	}
	return true
}
