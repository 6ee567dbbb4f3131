package io.nameplate.sandbox.dns;

import com.google.common.net.InternetDomainName;
import java.util.Locale;
import java.util.Optional;
import org.xbill.DNS.Name;

/// What one buys at a registrar: one label below a suffix that registries sell under (`acme.com`,
/// `acme.co.uk`), by the ICANN section of the public suffix list. Under a top-level domain the list
/// does not know it is two labels.
final class RegistrableDomain {
  private RegistrableDomain() {}

  /// Empty if the name is such a suffix itself.
  static Optional<Name> of(Name name) {
    int labels = name.labels() - 1;
    if (labels < 2) {
      return Optional.empty();
    }
    int registrable = suffixLabels(name) + 1;
    return registrable > labels
        ? Optional.empty()
        : Optional.of(new Name(name, labels - registrable));
  }

  private static int suffixLabels(Name name) {
    var text = name.toString(true).toLowerCase(Locale.ROOT);
    // The list speaks of host names only: service labels and wildcards stand left of them.
    while (text.startsWith("_") || text.startsWith("*.")) {
      int dot = text.indexOf('.');
      if (dot < 0) {
        return 1;
      }
      text = text.substring(dot + 1);
    }
    if (!InternetDomainName.isValid(text)) {
      return 1;
    }
    var suffix = InternetDomainName.from(text).registrySuffix();
    return suffix == null ? 1 : suffix.parts().size();
  }
}
