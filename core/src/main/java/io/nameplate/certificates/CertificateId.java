package io.nameplate.certificates;

import io.nameplate.ids.PrefixedId;
import java.util.UUID;

/// The id of a certificate, shown as `cer_` and 26 letters and digits.
public record CertificateId(UUID uuid) {
  private static final PrefixedId FORM = new PrefixedId("cer");

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static CertificateId parse(String shown) {
    return new CertificateId(FORM.parse(shown));
  }

  @Override
  public String toString() {
    return FORM.show(uuid);
  }
}
