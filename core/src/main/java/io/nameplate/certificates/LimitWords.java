package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import java.util.Locale;
import java.util.regex.Pattern;

/// Reads which limit a CA's sentence is about. The phrases are those of Let's Encrypt's server.
final class LimitWords {
  /// Links to documentation name the CA's own domain.
  private static final Pattern LINK = Pattern.compile("https?://\\S+");

  private static final Pattern DOMAIN_FULL =
      Pattern.compile("already issued for:? [\"']?([a-z0-9.-]+\\.[a-z0-9-]+)");

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+(?:\\.[a-z0-9-]+)+");

  private LimitWords() {}

  static CaLimit read(String sentence, Hostname name) {
    var words = LINK.matcher(sentence.toLowerCase(Locale.ROOT)).replaceAll(" ");
    if (words.contains("this exact set of") || words.contains("failed authorizations")) {
      return new CaLimit.OfName();
    }
    var full = DOMAIN_FULL.matcher(words);
    if (full.find() && isAtOrBelow(name, full.group(1))) {
      return new CaLimit.OfDomain(new Hostname(full.group(1)));
    }
    if (words.contains("new orders") && words.contains("account")) {
      return new CaLimit.OfAccount();
    }
    return named(words, name);
  }

  /// By the name, or the closest domain above it, that the sentence mentions.
  private static CaLimit named(String words, Hostname name) {
    var closest =
        NAME.matcher(words)
            .results()
            .map(found -> found.group())
            .filter(found -> isAtOrBelow(name, found))
            .reduce((one, other) -> one.length() >= other.length() ? one : other);
    return closest.isEmpty()
        ? new CaLimit.Unknown()
        : closest.get().equals(name.ascii())
            ? new CaLimit.OfName()
            : new CaLimit.OfDomain(new Hostname(closest.get()));
  }

  private static boolean isAtOrBelow(Hostname name, String domain) {
    return name.ascii().equals(domain) || name.ascii().endsWith("." + domain);
  }
}
