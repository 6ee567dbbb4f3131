package io.nameplate.addresses;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// How addresses are written and read: IPv4 as four plain decimal numbers, IPv6 as RFC 5952 has it.
/// Nothing here asks DNS.
public final class AddressText {
  private AddressText() {}

  /// The one spelling of the address: `203.0.113.7`, `2001:db8::1`.
  public static String of(InetAddress address) {
    return address instanceof Inet6Address
        ? sixteenBytes(address.getAddress())
        : fourBytes(address.getAddress(), 0);
  }

  /// Reads a strict spelling: dotted decimal without leading zeros, or IPv6 in any of RFC 4291's
  /// forms without brackets and zone. Empty for anything else.
  public static Optional<InetAddress> parse(String text) {
    return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text).map(AddressText::address);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private static Optional<byte[]> parseV4(String text) {
    var parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    var bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return Optional.of(bytes);
  }

  private static Optional<InetAddress> parseV6(String text) {
    if (!text.matches("[0-9A-Fa-f:.]{2,45}")) {
      return Optional.empty();
    }
    try {
      // With a colon inside, the JDK reads a literal and never asks DNS.
      var read = InetAddress.ofLiteral(text);
      // The JDK turns IPv4-mapped addresses into IPv4; that is what would be dialled.
      return Optional.of(read);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String fourBytes(byte[] bytes, int from) {
    return "%d.%d.%d.%d"
        .formatted(
            bytes[from] & 0xff,
            bytes[from + 1] & 0xff,
            bytes[from + 2] & 0xff,
            bytes[from + 3] & 0xff);
  }

  private static String sixteenBytes(byte[] bytes) {
    var groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }
    int gapAt = -1;
    int gapLength = 1; // one zero group alone is not shortened (RFC 5952 §4.2.2)
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > gapLength) {
        gapAt = i;
        gapLength = length;
      }
      i += length;
    }
    var text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == gapAt) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
