package io.nameplate.domains;

import com.google.common.net.InternetDomainName;
import com.ibm.icu.text.IDNA;
import io.nameplate.domains.HostnameCheck.Accepted;
import io.nameplate.domains.HostnameCheck.Refused;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which texts can be a domain's name. Any case, one trailing dot and any script are taken;
/// everything that is not a name somebody can own is refused, each kind with its own code and
/// sentence.
///
/// Public suffixes come from the list that Guava carries (publicsuffix.org, both sections, as of
/// Guava's release; version in the parent POM). Scripts follow UTS #46, non-transitional, by ICU.
public final class HostnameRules {
  /// Names nobody can own: RFC 6761 and its registry (RFC 6762 local, RFC 7686 onion, RFC 9476 alt,
  /// RFC 8375 home.arpa and the rest of arpa), and `internal`, which ICANN keeps for private use.
  private static final List<String> RESERVED =
      List.of(
          "alt",
          "arpa",
          "example",
          "example.com",
          "example.net",
          "example.org",
          "internal",
          "invalid",
          "local",
          "localhost",
          "onion",
          "test");

  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_LABEL = 63;

  /// What remains of a name and something behind a colon, be it a port or a slip of the finger.
  private static final Pattern WITH_PORT = Pattern.compile("([^:\\[\\]]+):([^:\\[\\]]*)");

  /// Browsers take one slash, none, or backslashes for the two of a URL.
  private static final Pattern URL =
      Pattern.compile(
          "(?i)(?:[a-z][a-z0-9+.-]*:)?[/\\\\]{2}(?:[^/\\\\?#@]*@)?([^/\\\\?#:]*).*",
          Pattern.DOTALL);

  private static final Pattern SCHEME_WITHOUT_SLASHES =
      Pattern.compile(
          "(?i)(?:https?|wss?|ftp):[/\\\\]?([^/\\\\?#:@]*)(?:[/\\\\?#:].*)?", Pattern.DOTALL);

  private HostnameRules() {}

  /// Judges what was typed. Accepting is idempotent: both forms of an accepted name are accepted as
  /// the same name.
  ///
  /// @param ownZones this installation's zones; names in them are not for customers
  public static HostnameCheck check(String typed, Set<Hostname> ownZones) {
    var text = typed.strip();
    return notAName(text)
        .<HostnameCheck>map(refused -> refused)
        .orElseGet(() -> checkName(text, ownZones));
  }

  /// Other things that people paste.
  private static Optional<Refused> notAName(String text) {
    if (text.isEmpty() || text.equals(".")) {
      return refused("hostname-empty", "A hostname is needed, such as shop.example.com.");
    }
    if (text.length() > 1024) {
      return refused(
          "hostname-too-long",
          "The hostname has %d characters; at most %d are possible."
              .formatted(text.length(), LONGEST_NAME));
    }
    if (text.contains("/")
        || text.contains("\\")
        || text.contains("?")
        || text.contains("#")
        || SCHEME_WITHOUT_SLASHES.matcher(text).matches()) {
      return refused("hostname-is-url", shown(text) + " is a URL." + meant(hostOf(text)));
    }
    if (text.contains("@")) {
      return refused(
          "hostname-is-email",
          shown(text)
              + " is an e-mail address."
              + meant(text.substring(text.lastIndexOf('@') + 1)));
    }
    if (text.contains("*")) {
      return refused(
          "hostname-wildcard",
          "Wildcards such as %s are not possible; add each name by itself.".formatted(shown(text)));
    }
    return notANameForItsColons(text);
  }

  private static Optional<Refused> notANameForItsColons(String text) {
    if (!text.contains(":") && !text.startsWith("[")) {
      return Optional.empty();
    }
    var withPort = WITH_PORT.matcher(text);
    if (withPort.matches() && !isNumeric(withPort.group(1))) {
      return refused(
          "hostname-has-port",
          "%s has a colon, as before a port; a hostname has none.%s"
              .formatted(shown(text), meant(withPort.group(1))));
    }
    return refused("hostname-is-address", isAnAddress(text));
  }

  private static HostnameCheck checkName(String text, Set<Hostname> ownZones) {
    var form = HostnameText.of(text);
    return wrongForm(text, form)
        .or(() -> wrongPlace(text, form.ascii(), ownZones))
        .<HostnameCheck>map(refused -> refused)
        .orElseGet(() -> checkSuffix(text, form.ascii()));
  }

  private static Optional<Refused> wrongForm(String text, HostnameText form) {
    var ascii = form.ascii();
    var errors = form.errors();
    if (HostnameText.endsInNumber(ascii)) {
      return refused("hostname-is-address", isAnAddress(text));
    }
    if (text.contains("_") || text.contains("\uff3f")) {
      return refused(
          "hostname-underscore",
          shown(text) + " has an underscore; hostnames have letters, digits and hyphens only.");
    }
    if (errors.contains(IDNA.Error.EMPTY_LABEL)) {
      return refused(
          "hostname-empty-label", shown(text) + " has two dots in a row, or begins with one.");
    }
    if (errors.contains(IDNA.Error.LABEL_TOO_LONG)) {
      return refused(
          "hostname-label-too-long",
          "A part of %s between dots is longer than %d characters in ASCII."
              .formatted(shown(text), LONGEST_LABEL));
    }
    if (errors.contains(IDNA.Error.DOMAIN_NAME_TOO_LONG) || ascii.length() > LONGEST_NAME) {
      return refused(
          "hostname-too-long",
          "%s is longer than %d characters in ASCII.".formatted(shown(text), LONGEST_NAME));
    }
    if (errors.contains(IDNA.Error.LEADING_HYPHEN)
        || errors.contains(IDNA.Error.TRAILING_HYPHEN)
        || errors.contains(IDNA.Error.HYPHEN_3_4)) {
      return refused(
          "hostname-hyphen",
          "A part of %s begins or ends with a hyphen, or has two where only encoded names have them."
              .formatted(shown(text)));
    }
    if (errors.contains(IDNA.Error.PUNYCODE) || errors.contains(IDNA.Error.INVALID_ACE_LABEL)) {
      return refused(
          "hostname-punycode",
          "A part of %s begins with xn-- and is no encoded name.".formatted(shown(text)));
    }
    if (!errors.isEmpty()) {
      return refused(
          "hostname-character",
          "%s has a character that no hostname can have (allowed: letters, digits, hyphens)."
              .formatted(shown(text)));
    }
    return Optional.empty();
  }

  private static Optional<Refused> wrongPlace(String text, String ascii, Set<Hostname> ownZones) {
    for (var zone : ownZones) {
      if (isWithin(ascii, zone.ascii())) {
        return refused(
            "hostname-own-zone",
            "%s belongs to this service itself (%s).".formatted(shown(text), zone));
      }
    }
    for (var reserved : RESERVED) {
      if (isWithin(ascii, reserved)) {
        return refused(
            "hostname-reserved",
            "%s is reserved: nobody can own names under %s.".formatted(shown(text), reserved));
      }
    }
    if (ascii.indexOf('.') < 0) {
      return refused(
          "hostname-single-label",
          shown(text) + " has one part only; a hostname has two at least, such as acme.com.");
    }
    return Optional.empty();
  }

  private static HostnameCheck checkSuffix(String text, String ascii) {
    if (!InternetDomainName.isValid(ascii)) {
      return new Refused("hostname-character", shown(text) + " is not a hostname.");
    }
    var name = InternetDomainName.from(ascii);
    if (!name.hasPublicSuffix()) {
      return new Refused(
          "hostname-unknown-tld",
          "%s ends in .%s, which is no top-level domain."
              .formatted(shown(text), ascii.substring(ascii.lastIndexOf('.') + 1)));
    }
    if (name.isPublicSuffix()) {
      return new Refused(
          "hostname-public-suffix",
          "%s is a public suffix: many people own names under it, nobody owns it."
              .formatted(shown(text)));
    }
    return new Accepted(
        new Hostname(ascii),
        HostnameText.unicode(ascii),
        new Hostname(name.topPrivateDomain().toString()));
  }

  private static boolean isWithin(String name, String zone) {
    return name.equals(zone) || name.endsWith("." + zone);
  }

  /// Whether it is meant for an IPv4 address, in whatever digits and with whatever dots.
  private static boolean isNumeric(String host) {
    return HostnameText.endsInNumber(HostnameText.of(host).ascii());
  }

  private static String isAnAddress(String text) {
    return shown(text) + " is an IP address; a hostname is needed, such as shop.example.com.";
  }

  private static String hostOf(String url) {
    var matcher = URL.matcher(url);
    if (matcher.matches()) {
      return matcher.group(1);
    }
    var bare = SCHEME_WITHOUT_SLASHES.matcher(url);
    return bare.matches() ? bare.group(1) : url.split("[/\\\\?#]", 2)[0].replaceFirst(":.*", "");
  }

  /// A hint, only if what is left is plain enough to be shown as one.
  private static String meant(String host) {
    return host.matches("[\\p{L}\\p{N}.-]{1,253}") && host.contains(".") && !isNumeric(host)
        ? " Did you mean %s?".formatted(host)
        : " Give the hostname alone, such as shop.example.com.";
  }

  /// As it is quoted in messages: in one line, without characters that could mislead, and not
  /// longer than a name may be.
  private static String shown(String text) {
    return TypedText.shown(text);
  }

  private static Optional<Refused> refused(String code, String message) {
    return Optional.of(new Refused(code, message));
  }
}
