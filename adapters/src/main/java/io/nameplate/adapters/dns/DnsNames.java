package io.nameplate.adapters.dns;

import java.util.Optional;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/// From core's names to dnsjava's.
final class DnsNames {
  private DnsNames() {}

  /// Empty if there can be no such name.
  static Optional<Name> possible(String name) {
    try {
      return Optional.of(Name.fromString(name, Name.root));
    } catch (TextParseException e) {
      return Optional.empty();
    }
  }

  static Name absolute(String name) {
    try {
      return Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(
          "name: \"%s\" (expected: labels joined by dots)".formatted(name), e);
    }
  }
}
