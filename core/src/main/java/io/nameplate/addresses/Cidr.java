package io.nameplate.addresses;

import java.net.InetAddress;

/// A range of addresses, written `203.0.113.0/24` or `2001:db8::/32`.
///
/// @param network the first address; bits behind the prefix are zero
/// @param prefix how many leading bits count
public record Cidr(InetAddress network, int prefix) {
  public Cidr {
    byte[] bytes = network.getAddress();
    if (prefix < 0 || prefix > bytes.length * 8 || !restIsZero(bytes, prefix)) {
      throw new IllegalArgumentException(
          "range: \"%s/%d\" (expected: a network and its prefix, such as 203.0.113.0/24)"
              .formatted(AddressText.of(network), prefix));
    }
  }

  /// Reads `network/prefix`; a bare address is a range of one.
  ///
  /// @throws IllegalArgumentException if it is neither
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    var network = AddressText.parse(slash < 0 ? text : text.substring(0, slash));
    if (network.isEmpty() || (slash >= 0 && !text.substring(slash + 1).matches("\\d{1,3}"))) {
      throw new IllegalArgumentException(
          "range: \"%s\" (expected: an address, a slash and a prefix, such as 203.0.113.0/24)"
              .formatted(text));
    }
    var address = network.get();
    int prefix =
        slash < 0 ? address.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1));
    return new Cidr(address, prefix);
  }

  /// Whether the address lies in it; one of the other family never does.
  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (ours[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    if (rest == 0) {
      return true;
    }
    int mask = (0xff << (8 - rest)) & 0xff;
    return (ours[whole] & mask) == (theirs[whole] & mask);
  }

  private static boolean restIsZero(byte[] bytes, int prefix) {
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      if (((bytes[bit / 8] >> (7 - bit % 8)) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return AddressText.of(network) + "/" + prefix;
  }
}
