package io.nameplate.dns;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One CAA record (RFC 8659 §4).
///
/// @param critical whether a CA that does not know the tag must not issue
/// @param tag lower case
record CaaRecord(boolean critical, String tag, String value) {
  private static final Pattern ZONE_FILE =
      Pattern.compile("(\\d{1,3})\\s+([A-Za-z0-9]+)\\s+\"?(.*?)\"?", Pattern.DOTALL);

  /// Tags with a meaning, RFC 8659 §4.1 and IANA's registry. An unknown one with the critical flag
  /// forbids.
  private static final Set<String> KNOWN =
      Set.of(
          "issue", "issuewild", "iodef", "contactemail", "contactphone", "issuevmc", "issuemail");

  /// Reads zone-file form, `128 issue "ca.example"`; empty for anything else.
  static Optional<CaaRecord> parse(String text) {
    var parts = ZONE_FILE.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    boolean critical = (Integer.parseInt(parts.group(1)) & 0x80) != 0;
    return Optional.of(
        new CaaRecord(critical, parts.group(2).toLowerCase(Locale.ROOT), parts.group(3)));
  }

  boolean unknownAndCritical() {
    return critical && !KNOWN.contains(tag);
  }

  boolean isIssue() {
    return tag.equals("issue");
  }

  /// Whether an `issue` value lets this CA issue by HTTP-01: its domain, and what parameters ask
  /// for (RFC 8657). A value that breaks the grammar lets nobody.
  boolean lets(CaaIdentity ca) {
    var parts = value.split(";", -1);
    var domain = parts[0].strip().toLowerCase(Locale.ROOT);
    if (!domain.equals(ca.domain())) {
      return false;
    }
    var parameters =
        Arrays.stream(parts).skip(1).map(String::strip).filter(part -> !part.isEmpty()).toList();
    if (parameters.stream()
        .anyMatch(part -> !part.matches("[A-Za-z0-9-]+\\s*=\\s*[\\x21-\\x3a\\x3c-\\x7e]*"))) {
      return false;
    }
    Map<String, String> byName =
        parameters.stream()
            .map(part -> part.split("\\s*=\\s*", 2))
            .collect(
                Collectors.toMap(
                    part -> part[0].toLowerCase(Locale.ROOT), part -> part[1], (a, b) -> ""));
    var account = byName.get("accounturi");
    var methods = byName.get("validationmethods");
    boolean rightAccount = account == null || ca.accountUri().filter(account::equals).isPresent();
    boolean rightMethod =
        methods == null
            || Arrays.stream(methods.split(","))
                .anyMatch(method -> method.strip().equals("http-01"));
    return rightAccount && rightMethod;
  }
}
