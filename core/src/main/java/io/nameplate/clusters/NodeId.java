package io.nameplate.clusters;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a node, shown as `nod_` and 26 letters and digits.
public record NodeId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("nod");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static NodeId parse(String shown) {
    return new NodeId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
