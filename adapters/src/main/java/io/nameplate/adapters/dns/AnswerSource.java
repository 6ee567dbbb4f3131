package io.nameplate.adapters.dns;

import io.nameplate.dns.Delegation;
import java.util.Optional;
import org.xbill.DNS.Name;

/// Whoever answers questions in one look.
sealed interface AnswerSource permits ZoneWalk, ResolverSource {
  /// Asks everybody concerned. Aliases are told, not followed.
  Asked ask(Name name, int type);

  /// The name servers of the zone that holds the name; empty where this cannot be seen.
  Optional<Delegation> delegation(Name name);

  /// The same question put to servers that the zone lists and its parent does not; no replies where
  /// there are none.
  Asked askUnlisted(Name name, int type, Delegation delegation);
}
