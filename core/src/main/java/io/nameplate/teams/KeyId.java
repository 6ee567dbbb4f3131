package io.nameplate.teams;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of an API key, shown as `key_` and 26 letters and digits. It is no secret.
public record KeyId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("key");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static KeyId parse(String shown) {
    return new KeyId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
