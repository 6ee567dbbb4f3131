package io.nameplate.addresses;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Which addresses that a user chose, directly or through DNS, may be dialled: global unicast ones,
/// and what an administrator allowed. The check belongs right before the dial, on the very address
/// dialled (a name may answer differently the next time).
///
/// @param allowed ranges an administrator opened although they are not public
/// @param own addresses of this installation, which are not for users' requests even where
///   `allowed` covers them
public record AddressPolicy(List<Cidr> allowed, List<Cidr> own) {
  /// Only public addresses.
  public static final AddressPolicy PUBLIC = new AddressPolicy(List.of(), List.of());

  /// What the IANA special-purpose registries (RFC 6890 and its successors) keep from the public
  /// internet. Addresses that carry another address inside (NAT64, 6to4, Teredo, IPv4-compatible)
  /// are refused whole: the one inside is what would be reached.
  private static final List<Special> SPECIAL =
      List.of(
          new Special("0.0.0.0/8", "\"this network\""),
          new Special("10.0.0.0/8", "a private network"),
          new Special("100.64.0.0/10", "a carrier's network (CGNAT)"),
          new Special("127.0.0.0/8", "loopback"),
          new Special("168.63.129.16/32", "a cloud's metadata service"),
          new Special("169.254.0.0/16", "link-local, where clouds keep their metadata service"),
          new Special("172.16.0.0/12", "a private network"),
          new Special("192.0.0.0/24", "reserved for protocols"),
          new Special("192.0.2.0/24", "for documentation"),
          new Special("192.88.99.0/24", "a 6to4 relay"),
          new Special("192.168.0.0/16", "a private network"),
          new Special("198.18.0.0/15", "for benchmarks"),
          new Special("198.51.100.0/24", "for documentation"),
          new Special("203.0.113.0/24", "for documentation"),
          new Special("224.0.0.0/4", "multicast"),
          new Special("240.0.0.0/4", "reserved"),
          new Special("::/128", "the unspecified address"),
          new Special("::1/128", "loopback"),
          new Special("::/96", "IPv4 inside IPv6"),
          new Special("::ffff:0:0:0/96", "IPv4 inside IPv6"),
          new Special("64:ff9b::/96", "IPv4 behind NAT64"),
          new Special("64:ff9b:1::/48", "IPv4 behind NAT64"),
          new Special("100::/64", "discarded everywhere"),
          new Special("2001::/32", "IPv4 inside Teredo"),
          new Special("2001::/23", "reserved for protocols"),
          new Special("2001:db8::/32", "for documentation"),
          new Special("2002::/16", "IPv4 inside 6to4"),
          new Special("3fff::/20", "for documentation"),
          new Special("5f00::/16", "for segment routing"),
          new Special("fc00::/7", "a private network (ULA)"),
          new Special("fe80::/10", "link-local"),
          new Special("fec0::/10", "site-local"),
          new Special("ff00::/8", "multicast"));

  private static final Cidr GLOBAL_UNICAST_V6 = Cidr.parse("2000::/3");

  public AddressPolicy {
    allowed = List.copyOf(allowed);
    own = List.copyOf(own);
  }

  /// Why the address must not be dialled, as the end of a sentence ("it is loopback"); empty if it
  /// may.
  public Optional<String> objection(InetAddress address) {
    if (own.stream().anyMatch(range -> range.contains(address))) {
      return Optional.of("it is an address of this installation");
    }
    if (allowed.stream().anyMatch(range -> range.contains(address))) {
      return Optional.empty();
    }
    var special = SPECIAL.stream().filter(entry -> entry.range.contains(address)).findFirst();
    if (special.isPresent()) {
      return Optional.of("it is " + special.get().what);
    }
    if (address.getAddress().length == 16 && !GLOBAL_UNICAST_V6.contains(address)) {
      return Optional.of("it is not a public address");
    }
    return Optional.empty();
  }

  /// The same with more addresses of this installation.
  public AddressPolicy withOwn(Collection<InetAddress> addresses) {
    var all = new ArrayList<>(own);
    addresses.forEach(address -> all.add(new Cidr(address, address.getAddress().length * 8)));
    return new AddressPolicy(allowed, all);
  }

  /// Whether the address may be dialled.
  public boolean allows(InetAddress address) {
    return objection(address).isEmpty();
  }

  private record Special(Cidr range, String what) {
    Special(String range, String what) {
      this(Cidr.parse(range), what);
    }
  }
}
