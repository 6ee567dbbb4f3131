package io.nameplate.dns;

import io.nameplate.dns.Answers.Settled;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether CAA records let our CA issue for a name (RFC 8659), judged as the CA will.
final class CaaJudgement {
  private final DnsExpectation expected;
  private final DnsObservation seen;

  private CaaJudgement(DnsExpectation expected, DnsObservation seen) {
    this.expected = expected;
    this.seen = seen;
  }

  static Finding judge(DnsExpectation expected, DnsObservation seen) {
    return new CaaJudgement(expected, seen).judge();
  }

  private Finding judge() {
    for (var look : seen.caa()) {
      var answers = look.answers().getLast();
      switch (answers.settle()) {
        case Settled.Agreed(Reply.Records(var values)) -> {
          return fromRecords(answers.name(), values);
        }
        case Settled.Agreed _ -> {}
        case Settled.Disagreed(var replies) -> {
          return fromDisagreement(answers.name(), replies);
        }
        case Settled.Unclear _ -> {
          return unclear(
              "Whether CAA records allow a certificate could not be told: nobody answered for %s. The certificate authority would refuse."
                  .formatted(answers.name()));
        }
      }
    }
    return allowed(Reason.CAA_ABSENT, "No CAA record restricts who may issue.");
  }

  private Finding fromRecords(String at, List<String> values) {
    var records = values.stream().flatMap(value -> CaaRecord.parse(value).stream()).toList();
    var critical = records.stream().filter(CaaRecord::unknownAndCritical).findFirst();
    if (critical.isPresent()) {
      return forbidden(
          at,
          "The CAA record %s at %s is marked critical and no certificate authority knows it."
              .formatted(critical.get().tag(), at),
          new Fix(
              Fix.Action.REMOVE_RECORD,
              "Remove the CAA record %s at %s.".formatted(critical.get().tag(), at),
              "CAA",
              at,
              values.stream()
                  .filter(v -> v.contains(critical.get().tag()))
                  .findFirst()
                  .orElse(null)));
    }
    var issue = records.stream().filter(CaaRecord::isIssue).toList();
    if (issue.isEmpty()) {
      return allowed(
          Reason.CAA_ALLOWS,
          "The CAA records at %s do not restrict certificates for single names.".formatted(at));
    }
    if (issue.stream().anyMatch(record -> record.lets(expected.caa()))) {
      return allowed(
          Reason.CAA_ALLOWS,
          "The CAA records at %s allow %s.".formatted(at, expected.caa().domain()));
    }
    var wanted = "0 issue \"" + expected.caa().domain() + "\"";
    boolean named =
        issue.stream()
            .anyMatch(record ->
                record.value().split(";", 2)[0].strip().equalsIgnoreCase(expected.caa().domain()));
    return forbidden(
        at,
        named
            ? "The CAA record at %s names %s with parameters that do not fit (another account, or another method than http-01)."
                .formatted(at, expected.caa().domain())
            : "The CAA records at %s do not allow %s to issue."
                .formatted(at, expected.caa().domain()),
        new Fix(
            Fix.Action.SET_RECORD,
            "Add a CAA record at %s with the value %s.".formatted(at, wanted),
            "CAA",
            at,
            wanted));
  }

  /// One server's word is enough for the CA to refuse.
  private Finding fromDisagreement(String at, java.util.Set<Reply> replies) {
    var forbidding =
        replies.stream()
            .filter(Reply.Records.class::isInstance)
            .map(reply -> fromRecords(at, ((Reply.Records) reply).values()))
            .filter(finding -> finding.state() == ConditionState.FAILING)
            .findFirst();
    return forbidding.orElseGet(
        () -> unclear("The name servers give different CAA answers for %s.".formatted(at)));
  }

  private Finding allowed(Reason reason, String message) {
    return strayChallenge()
        .orElseGet(
            () -> finding(ConditionState.OK, reason, message, Actor.NOBODY, null, evidence()));
  }

  /// Left over from another issuer: it does no harm here, and lets that issuer's holder go on
  /// getting certificates.
  private Optional<Finding> strayChallenge() {
    var name = seen.acmeChallenge().name();
    return seen.acmeChallenge().settle() instanceof Settled.Agreed(var reply)
            && (reply instanceof Reply.Records || reply instanceof Reply.Alias)
        ? Optional.of(stray(name, reply))
        : Optional.empty();
  }

  private Finding stray(String name, Reply reply) {
    var type = reply instanceof Reply.Alias ? "CNAME" : "TXT";
    var value =
        reply instanceof Reply.Alias(var target)
            ? target
            : ((Reply.Records) reply).values().getFirst();
    var fix =
        new Fix(
            Fix.Action.REMOVE_RECORD,
            "Remove the %s record at %s unless another service needs it.".formatted(type, name),
            type,
            name,
            value);
    return finding(
        ConditionState.OK,
        Reason.STRAY_ACME_CHALLENGE,
        "A certificate may be issued. %s is left over from another service, which can still get certificates for %s with it."
            .formatted(name, expected.name()),
        Actor.CUSTOMER,
        fix,
        Stream.concat(
                DnsEvidence.of(Stream.of(seen.acmeChallenge()), seen.at()).stream(),
                evidence().stream())
            .toList());
  }

  private Finding forbidden(String at, String message, Fix fix) {
    var alias =
        at.equals(expected.name().ascii()) || expected.name().ascii().endsWith("." + at)
            ? ""
            : " %s is where the aliases of %s lead.".formatted(at, expected.name());
    return finding(
        ConditionState.FAILING,
        Reason.CAA_FORBIDS,
        message + alias,
        Actor.CUSTOMER,
        fix,
        evidence());
  }

  private Finding unclear(String message) {
    return finding(
        ConditionState.UNKNOWN,
        Reason.CAA_UNCLEAR,
        message,
        Actor.CUSTOMER,
        new Fix(
            Fix.Action.CONTACT,
            "Ask the DNS provider of %s why its servers do not answer for CAA."
                .formatted(expected.name()),
            null,
            null,
            null),
        evidence());
  }

  private static Finding finding(
      ConditionState state,
      Reason reason,
      String message,
      Actor who,
      @Nullable Fix fix,
      List<Evidence> evidence) {
    return new Finding(
        ConditionType.CAA, state, reason, message, evidence, who, Optional.ofNullable(fix));
  }

  private List<Evidence> evidence() {
    return DnsEvidence.of(seen.caa().stream().flatMap(look -> look.answers().stream()), seen.at());
  }
}
