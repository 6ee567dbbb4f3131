package io.nameplate.clusters;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a cluster, shown as `clu_` and 26 letters and digits.
public record ClusterId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("clu");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static ClusterId parse(String shown) {
    return new ClusterId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
