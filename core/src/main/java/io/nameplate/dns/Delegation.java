package io.nameplate.dns;

import java.util.Set;

/// The name servers of a zone as its parent lists them and as the zone itself does. Names in lower
/// case without trailing dot; an empty set: that side could not be seen.
public record Delegation(String zone, Set<String> atParent, Set<String> inZone) {
  public Delegation {
    atParent = Set.copyOf(atParent);
    inZone = Set.copyOf(inZone);
  }

  /// Whether both sides were seen and differ.
  public boolean differs() {
    return !atParent.isEmpty() && !inZone.isEmpty() && !atParent.equals(inZone);
  }
}
