package io.nameplate.domains;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a line of a domain's history, shown as `evt_` and 26 letters and digits.
public record EventId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("evt");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static EventId parse(String shown) {
    return new EventId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
