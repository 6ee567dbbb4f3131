package origin

import (
	"net/netip"
	"slices"
)

// Rules says which addresses may be dialled for customers. The zero value allows public ones only.
type Rules struct {
	// Allowed are ranges that an administrator opened although they are not public.
	Allowed []netip.Prefix
	// Own are the node's own addresses. They are refused even where Allowed covers them.
	Own []netip.Addr
}

// Allows reports whether the address may be dialled.
func (r Rules) Allows(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	if slices.Contains(r.Own, address) {
		return false
	}
	within := func(p netip.Prefix) bool { return p.Contains(address) }
	if slices.ContainsFunc(r.Allowed, within) {
		return true
	}
	return (address.Is4() || globalUnicast.Contains(address)) && !slices.ContainsFunc(notPublic, within)
}

// globalUnicast is all of IPv6 that IANA gave away so far; what lies outside is nobody's, or local.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// notPublic are the ranges of the IANA special-purpose registries that are not globally reachable, and
// those that embed an IPv4 address, behind which anything could be.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("168.63.129.16/32"), // a cloud's metadata service
	netip.MustParsePrefix("169.254.0.0/16"),   // link-local, cloud metadata
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),   // documentation
	netip.MustParsePrefix("192.88.99.0/24"), // 6to4 relays
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarking
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("224.0.0.0/4"),     // multicast
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, broadcast
	netip.MustParsePrefix("::/96"),           // unspecified, loopback, IPv4-compatible
	netip.MustParsePrefix("::ffff:0:0:0/96"), // IPv4-translated
	netip.MustParsePrefix("64:ff9b::/96"),    // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),  // local NAT64
	netip.MustParsePrefix("100::/64"),        // discard
	netip.MustParsePrefix("2001::/23"),       // IETF protocol assignments, Teredo
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4
	netip.MustParsePrefix("3fff::/20"),       // documentation
	netip.MustParsePrefix("5f00::/16"),       // segment routing
	netip.MustParsePrefix("fc00::/7"),        // unique local
	netip.MustParsePrefix("fe80::/10"),       // link-local
	netip.MustParsePrefix("fec0::/10"),       // site-local
	netip.MustParsePrefix("ff00::/8"),        // multicast
}
