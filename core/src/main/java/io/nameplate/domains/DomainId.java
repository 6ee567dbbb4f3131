package io.nameplate.domains;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a domain, shown as `dom_` and 26 letters and digits.
public record DomainId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("dom");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static DomainId parse(String shown) {
    return new DomainId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
