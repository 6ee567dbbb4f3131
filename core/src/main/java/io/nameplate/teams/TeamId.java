package io.nameplate.teams;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a team, shown as `tea_` and 26 letters and digits.
public record TeamId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("tea");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static TeamId parse(String shown) {
    return new TeamId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
