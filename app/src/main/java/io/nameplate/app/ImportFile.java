package io.nameplate.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.adapters.keys.BroughtKey;
import io.nameplate.adapters.keys.SealedCertificateKeys;
import io.nameplate.adapters.postgres.OperatorImports.Brought;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.PresentCertificate;
import io.nameplate.certificates.Renewal;
import io.nameplate.certificates.SignatureCheck;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.HostnameCheck;
import io.nameplate.domains.HostnameRules;
import io.nameplate.domains.NewDomain;
import io.nameplate.domains.Origin;
import io.nameplate.domains.OriginCheck;
import io.nameplate.domains.OriginRules;
import io.nameplate.ids.RandomText;
import io.nameplate.ids.UuidV7;
import io.nameplate.teams.TeamId;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How a line of an import is read: one JSON object with `hostname`, `origin`, `certificate` (PEM,
/// leaf first) and `private_key` (PEM), and perhaps `host_header` and `team`.
///
/// @param teams by name
/// @param team of lines that name none
/// @param zones of this installation, in which nobody gets a hostname
/// @param origins where they may be
record ImportFile(
    ClusterId cluster,
    Function<String, Optional<TeamId>> teams,
    Optional<TeamId> team,
    Set<Hostname> zones,
    AddressPolicy origins,
    SealedCertificateKeys keys,
    SignatureCheck signatures) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LABEL_LENGTH = 26; // as the API makes them: 134 bits
  private static final int TOKEN_LENGTH = 32;

  /// What a line came to.
  sealed interface Line {
    /// It can be imported.
    record Good(Brought brought) implements Line {}

    /// It cannot.
    ///
    /// @param why a sentence without anything secret
    record Bad(int number, String why) implements Line {}
  }

  /// Reads a line and seals its key.
  Line read(int number, String text, Instant now) {
    try {
      return new Line.Good(brought(number, object(text), now));
    } catch (RefusedException e) {
      return new Line.Bad(number, String.valueOf(e.getMessage()));
    }
  }

  private Brought brought(int number, JsonNode line, Instant now) {
    var name = name(text(line, "hostname"));
    var hostname = name.ascii();
    var origin = new Origin(url(text(line, "origin")), hostHeader(line));
    var owner = owner(line);
    var key = key(text(line, "private_key"));
    var certificate = certificate(text(line, "certificate"), key, hostname, now);
    var id = new CertificateId(UuidV7.at(now, RANDOM));
    var validity = certificate.validity();
    var present =
        new PresentCertificate(
            id,
            certificate.sha256(),
            validity.notBefore(),
            validity.notAfter(),
            Renewal.dueFrom(id, validity, Optional.empty()));
    var domain =
        new NewDomain(
            new DomainId(UuidV7.at(now, RANDOM)),
            name,
            origin,
            Optional.of(cluster),
            RandomText.LABEL.of(LABEL_LENGTH, RANDOM),
            RandomText.LABEL.of(TOKEN_LENGTH, RANDOM));
    return new Brought(
        number, owner, domain, present, certificate, keys.seal(key, id, hostname, cluster));
  }

  private static JsonNode object(String text) {
    try {
      var line = JSON.readTree(text);
      if (line != null && line.isObject()) {
        return line;
      }
    } catch (JsonProcessingException _) {
      throw notAnObject();
    }
    throw notAnObject();
  }

  private static RefusedException notAnObject() {
    return new RefusedException("It is no JSON object.");
  }

  private static String text(JsonNode line, String field) {
    var value = line.path(field);
    if (!value.isTextual()) {
      throw new RefusedException("%s: it is missing (expected: a text).".formatted(field));
    }
    return value.textValue();
  }

  private HostnameCheck.Accepted name(String typed) {
    return switch (HostnameRules.check(typed, zones)) {
      case HostnameCheck.Accepted accepted -> accepted;
      case HostnameCheck.Refused refused ->
          throw new RefusedException("hostname: " + refused.message());
    };
  }

  private String url(String typed) {
    return switch (OriginRules.check(typed, origins)) {
      case OriginCheck.Accepted accepted -> accepted.url();
      case OriginCheck.Refused refused ->
          throw new RefusedException("origin: " + refused.message());
    };
  }

  private static HostHeader hostHeader(JsonNode line) {
    if (!line.has("host_header")) {
      return HostHeader.VISITOR;
    }
    return switch (text(line, "host_header").toLowerCase(Locale.ROOT)) {
      case "visitor" -> HostHeader.VISITOR;
      case "origin" -> HostHeader.ORIGIN;
      default -> throw new RefusedException("host_header: expected visitor or origin.");
    };
  }

  private TeamId owner(JsonNode line) {
    if (!line.has("team")) {
      return team.orElseThrow(
          () -> new RefusedException("team: it is missing (expected: here, or with --team)."));
    }
    var named = text(line, "team");
    return teams
        .apply(named)
        .orElseThrow(
            () -> new RefusedException("team: there is none named \"%s\".".formatted(named)));
  }

  private static BroughtKey key(String pem) {
    try {
      return BroughtKey.read(pem);
    } catch (GeneralSecurityException e) {
      throw new RefusedException("private_key: %s.".formatted(e.getMessage()));
    }
  }

  private IssuedCertificate certificate(
      String pem, BroughtKey key, Hostname hostname, Instant now) {
    return switch (IssuedCertificate.checkBrought(pem, key::belongsTo, signatures, hostname, now)) {
      case IssuedCertificate.Verdict.Usable(var certificate) -> certificate;
      case IssuedCertificate.Verdict.Unusable(var why) ->
          throw new RefusedException("certificate: " + why);
    };
  }
}
