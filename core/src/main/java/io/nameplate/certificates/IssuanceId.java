package io.nameplate.certificates;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of one try at a certificate, shown as `iss_` and 26 letters and digits.
public record IssuanceId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("iss");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static IssuanceId parse(String shown) {
    return new IssuanceId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
