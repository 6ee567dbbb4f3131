package io.nameplate.sdk;

import io.nameplate.sdk.generated.model.AddDomainRequest;
import io.nameplate.sdk.generated.model.ChangeDomainRequest;
import io.nameplate.sdk.generated.model.OriginChange;
import io.nameplate.sdk.generated.model.OriginRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Between the generated models and the types people use. A required value that is missing makes
/// the answer unreadable; an enum value that is not known yet does not.
final class Wire {

  private Wire() {}

  static AddDomainRequest request(NewDomain domain) {
    return new AddDomainRequest()
        .hostname(domain.hostname())
        .origin(request(domain.origin()))
        .clusterId(domain.clusterId().orElse(null));
  }

  static ChangeDomainRequest change(String originUrl) {
    return new ChangeDomainRequest().origin(new OriginChange().url(originUrl));
  }

  static ChangeDomainRequest change(Origin origin) {
    return new ChangeDomainRequest()
        .origin(new OriginChange().url(origin.url()).hostHeader(hostHeader(origin)));
  }

  private static OriginRequest request(Origin origin) {
    return new OriginRequest().url(origin.url()).hostHeader(hostHeader(origin));
  }

  private static io.nameplate.sdk.generated.model.HostHeader hostHeader(Origin origin) {
    return io.nameplate.sdk.generated.model.HostHeader.fromValue(
        origin.hostHeader().name().toLowerCase(Locale.ROOT));
  }

  static io.nameplate.sdk.generated.model.@Nullable DomainStatus status(
      Optional<DomainStatus> status) {
    return status
        .map(wanted -> io.nameplate.sdk.generated.model.DomainStatus.fromValue(wanted.code()))
        .orElse(null);
  }

  static Domain domain(io.nameplate.sdk.generated.model.Domain sent) {
    return new Domain(
        required("id", sent.getId()),
        required("team_id", sent.getTeamId()),
        required("hostname", sent.getHostname()),
        required("hostname_unicode", sent.getHostnameUnicode()),
        known(DomainStatus.UNRECOGNIZED, sent.getStatus()),
        origin(required("origin", sent.getOrigin())),
        required("cluster_id", sent.getClusterId()),
        required("holder", sent.getHolder()),
        known(TransferState.UNRECOGNIZED, sent.getTransfer()),
        each("conditions", sent.getConditions(), Wire::condition),
        each("dns_records", sent.getDnsRecords(), Wire::record),
        Optional.ofNullable(sent.getCertificate()).map(Wire::certificate),
        each("nodes", sent.getNodes(), Wire::domainNode),
        required("created_at", sent.getCreatedAt()),
        required("updated_at", sent.getUpdatedAt()));
  }

  private static Origin origin(io.nameplate.sdk.generated.model.Origin sent) {
    return new Origin(
        required("origin.url", sent.getUrl()),
        known(Origin.HostHeader.UNRECOGNIZED, sent.getHostHeader()));
  }

  private static Condition condition(io.nameplate.sdk.generated.model.Condition sent) {
    return new Condition(
        known(ConditionType.UNRECOGNIZED, sent.getType()),
        known(ConditionState.UNRECOGNIZED, sent.getState()),
        required("reason", sent.getReason()),
        required("message", sent.getMessage()),
        each("evidence", sent.getEvidence(), Wire::evidence),
        known(Condition.Actor.UNRECOGNIZED, sent.getWho()),
        Optional.ofNullable(sent.getFix()).map(Wire::fix),
        required("since", sent.getSince()),
        Optional.ofNullable(sent.getCheckedAt()),
        Optional.ofNullable(sent.getNextCheckAt()));
  }

  private static Condition.Evidence evidence(io.nameplate.sdk.generated.model.Evidence sent) {
    return new Condition.Evidence(
        required("source", sent.getSource()),
        required("question", sent.getQuestion()),
        required("answer", sent.getAnswer()),
        required("at", sent.getAt()));
  }

  private static Fix fix(io.nameplate.sdk.generated.model.Fix sent) {
    return new Fix(
        known(Fix.Action.UNRECOGNIZED, sent.getAction()),
        required("fix.text", sent.getText()),
        Optional.ofNullable(sent.getRecordType()),
        Optional.ofNullable(sent.getFqdn()),
        Optional.ofNullable(sent.getValue()));
  }

  private static DnsRecord record(io.nameplate.sdk.generated.model.DnsRecord sent) {
    return new DnsRecord(
        required("dns_records.type", sent.getType()).getValue(),
        required("dns_records.name", sent.getName()),
        required("dns_records.fqdn", sent.getFqdn()),
        required("dns_records.value", sent.getValue()),
        known(DnsRecord.Purpose.UNRECOGNIZED, sent.getPurpose()),
        required("dns_records.required", sent.getRequired()),
        required("dns_records.seen", sent.getSeen()));
  }

  private static Certificate certificate(io.nameplate.sdk.generated.model.Certificate sent) {
    return new Certificate(
        required("certificate.id", sent.getId()),
        required("certificate.issuer", sent.getIssuer()),
        required("certificate.serial", sent.getSerial()),
        required("certificate.not_before", sent.getNotBefore()),
        required("certificate.not_after", sent.getNotAfter()),
        Optional.ofNullable(sent.getRenewFrom()),
        required("certificate.fingerprint_sha256", sent.getFingerprintSha256()));
  }

  private static DomainNode domainNode(io.nameplate.sdk.generated.model.DomainNode sent) {
    return new DomainNode(
        required("nodes.id", sent.getId()),
        required("nodes.name", sent.getName()),
        known(NodeState.UNRECOGNIZED, sent.getState()),
        Optional.ofNullable(sent.getProvedAt()));
  }

  static Event event(io.nameplate.sdk.generated.model.Event sent) {
    return new Event(
        required("id", sent.getId()),
        required("type", sent.getType()),
        required("at", sent.getAt()),
        required("message", sent.getMessage()),
        present(required("data", sent.getData())));
  }

  private static Map<String, Object> present(Map<String, Object> sent) {
    var present = new LinkedHashMap<>(sent);
    present.values().removeIf(Objects::isNull);
    return present;
  }

  static Cluster cluster(io.nameplate.sdk.generated.model.Cluster sent) {
    return new Cluster(
        required("id", sent.getId()),
        required("name", sent.getName()),
        required("shared", sent.getShared()),
        required("cname_zone", sent.getCnameZone()),
        required("addresses", sent.getAddresses()),
        required("created_at", sent.getCreatedAt()));
  }

  static Node node(io.nameplate.sdk.generated.model.Node sent) {
    return new Node(
        required("id", sent.getId()),
        required("name", sent.getName()),
        known(NodeState.UNRECOGNIZED, sent.getState()),
        required("https_address", sent.getHttpsAddress()),
        required("http_address", sent.getHttpAddress()),
        Optional.ofNullable(sent.getVersion()),
        Optional.ofNullable(sent.getPosition()),
        Optional.ofNullable(sent.getHeldRemovals()).orElse(0L),
        Optional.ofNullable(sent.getDigestDiffers()).orElse(false),
        Optional.ofNullable(sent.getAckedAt()));
  }

  static JoinToken joinToken(io.nameplate.sdk.generated.model.JoinToken sent) {
    return new JoinToken(
        required("token", sent.getToken()),
        required("expires_at", sent.getExpiresAt()),
        Optional.ofNullable(sent.getCommand()));
  }

  static Team team(io.nameplate.sdk.generated.model.Team sent) {
    return new Team(
        required("id", sent.getId()),
        required("name", sent.getName()),
        required("scopes", sent.getScopes()));
  }

  static FieldError fieldError(io.nameplate.sdk.generated.model.FieldError sent) {
    return new FieldError(
        Optional.ofNullable(sent.getPointer()).orElse(""),
        Optional.ofNullable(sent.getReason()),
        Optional.ofNullable(sent.getDetail()).orElse("not accepted"));
  }

  static <S, T> List<T> each(String name, @Nullable List<S> sent, Function<S, T> read) {
    return required(name, sent).stream().map(read).toList();
  }

  private static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new UnreadableAnswerException("the answer has no \"" + name + "\"", null);
    }
    return value;
  }

  /// The same word among ours. Generated enums print what was sent, and one word of their own for
  /// all they do not know.
  private static <E extends Enum<E>> E known(E unrecognized, @Nullable Enum<?> sent) {
    if (sent == null) {
      return unrecognized;
    }
    var code = sent.toString();
    for (var candidate : unrecognized.getDeclaringClass().getEnumConstants()) {
      if (candidate.name().equalsIgnoreCase(code)) {
        return candidate;
      }
    }
    return unrecognized;
  }
}
