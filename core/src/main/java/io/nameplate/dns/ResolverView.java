package io.nameplate.dns;

import java.net.InetAddress;
import java.util.Set;

/// What a validating resolver makes of the name: what visitors and CAs see.
public sealed interface ResolverView {
  /// The resolver as shown to people.
  String resolver();

  /// The addresses at the end of the name's aliases.
  record Sees(String resolver, Set<InetAddress> addresses) implements ResolverView {
    public Sees {
      addresses = Set.copyOf(addresses);
    }
  }

  /// It sees no addresses; `noSuchName`: not even the name.
  record SeesNothing(String resolver, boolean noSuchName) implements ResolverView {}

  /// It resolves the name's zone and finds its signatures good. Where the name does not lead to the
  /// cluster it is asked no more than that: it would remember the old answer and disagree later.
  record SeesZone(String resolver, String zone) implements ResolverView {}

  /// It fails, and answers when told not to check signatures: DNSSEC is broken.
  record Bogus(String resolver, String detail) implements ResolverView {}

  /// It fails either way.
  record Fails(String resolver, String detail) implements ResolverView {}

  /// It does not answer.
  record Silent(String resolver) implements ResolverView {}
}
