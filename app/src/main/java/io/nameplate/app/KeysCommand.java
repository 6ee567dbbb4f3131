package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorDesk.KnownKey;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.ids.RandomText;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.KeyId;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// API keys, from the command line.
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "Adds, lists and revokes a team's API keys.")
final class KeysCommand {

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds a key to a team and prints it; it is shown this once.")
  int add(
      @Parameters(paramLabel = "TEAM", description = "The team's name.") String team,
      @Option(names = "--name", defaultValue = "added", description = "To tell keys apart.")
          String name,
      @Option(
              names = "--scope",
              split = ",",
              description =
                  "domains:read, domains:write, clusters:read, clusters:write; repeatable. Left out,"
                      + " all of them.")
          @Nullable List<String> scopes,
      @Option(
              names = "--expires",
              description =
                  "A day (2027-06-30: its end, UTC), a moment (2027-06-30T12:00:00Z) or a time from now"
                      + " (90d, 12h). Left out, never.")
          @Nullable String expires) {
    if (name.isBlank() || name.length() > 100) {
      throw new RefusedException("A key's name has 1 to 100 characters.");
    }
    var wanted = scopes == null ? EnumSet.allOf(Scope.class) : scopes(scopes);
    var until = Optional.ofNullable(expires).map(text -> expiry(text, Instant.now()));
    var key = new ApiKey("np_live_" + RandomText.SECRET.of(32, new SecureRandom()));
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      var desk = new OperatorDesk(database);
      desk.addKey(team(desk, team), name.strip(), key, wanted, until);
    }
    System.out.println(key.secret());
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lists a team's keys: id, first characters, name, scopes, state, last use.")
  int list(@Parameters(paramLabel = "TEAM", description = "The team's name.") String team) {
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      var desk = new OperatorDesk(database);
      desk.keys(team(desk, team)).forEach(key -> System.out.println(line(key, Instant.now())));
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Revokes a key: no API process takes it five seconds later.")
  int revoke(@Parameters(paramLabel = "ID", description = "As list shows it, key_…") String id) {
    var key = parse(id);
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      if (!new OperatorDesk(database).revokeKey(key)) {
        throw noKey(id);
      }
    }
    return 0;
  }

  static String line(KnownKey key, Instant now) {
    var state =
        key.revokedAt().isPresent()
            ? "revoked " + key.revokedAt().get()
            : key.expiresAt()
                .map(at -> (at.isAfter(now) ? "expires " : "expired ") + at)
                .orElse("never expires");
    return "%s  %s…  %s  %s  %s  %s"
        .formatted(
            key.id(),
            key.prefix(),
            key.name(),
            String.join(",", key.scopes()),
            state,
            key.lastUsedAt().map(at -> "last used " + at).orElse("never used"));
  }

  static Instant expiry(String text, Instant now) {
    try {
      var at =
          text.matches("\\d{1,5}[dh]")
              ? now.plus(period(text))
              : text.contains("T")
                  ? Instant.parse(text)
                  : LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      if (at.isAfter(now)) {
        return at;
      }
    } catch (DateTimeParseException _) {
      throw badExpiry(text);
    }
    throw badExpiry(text);
  }

  private static Duration period(String text) {
    var number = Long.parseLong(text.substring(0, text.length() - 1));
    return text.endsWith("d") ? Duration.ofDays(number) : Duration.ofHours(number);
  }

  private static RefusedException badExpiry(String text) {
    return new RefusedException(
        "--expires: \"%s\" (expected: a day, a moment in UTC, or a time from now such as 90d; to come)"
            .formatted(text));
  }

  private static Set<Scope> scopes(List<String> words) {
    return words.stream()
        .map(word ->
            Scope.of(word)
                .orElseThrow(() ->
                    new RefusedException(
                        "--scope: \"%s\" (expected: %s)"
                            .formatted(
                                word,
                                Arrays.stream(Scope.values())
                                    .map(Scope::word)
                                    .collect(Collectors.joining(", "))))))
        .collect(Collectors.toSet());
  }

  static TeamId team(OperatorDesk desk, String name) {
    return desk.team(name)
        .orElseThrow(() -> new RefusedException("There is no team named \"%s\".".formatted(name)));
  }

  private static KeyId parse(String id) {
    try {
      return KeyId.parse(id);
    } catch (IllegalArgumentException _) {
      throw noKey(id);
    }
  }

  private static RefusedException noKey(String id) {
    return new RefusedException("There is no key %s.".formatted(id));
  }
}
