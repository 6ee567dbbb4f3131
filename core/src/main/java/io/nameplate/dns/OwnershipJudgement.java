package io.nameplate.dns;

import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether DNS proves a claim: by the claim's own CNAME target, its TXT token, or, where that
/// counts, the cluster's addresses.
final class OwnershipJudgement {
  private OwnershipJudgement() {}

  static ProofSeen proof(DnsExpectation expected, DnsObservation seen) {
    var token = token(expected, seen);
    if (throughOwnTarget(expected, seen)) {
      return ProofSeen.CNAME;
    }
    if (token == Vote.YES) {
      return ProofSeen.TXT;
    }
    var routing = expected.addressProves() ? addresses(expected, seen) : aliases(seen);
    if (routing == Vote.YES) {
      return ProofSeen.ADDRESS;
    }
    return token == Vote.UNCLEAR || routing == Vote.UNCLEAR ? ProofSeen.UNCLEAR : ProofSeen.NONE;
  }

  static Finding judge(DnsExpectation expected, DnsObservation seen, ProofSeen proof) {
    return switch (proof) {
      case CNAME ->
          proved(
              expected,
              seen,
              Reason.PROVED_BY_CNAME,
              "%s is an alias of %s, which was made for this claim."
                  .formatted(expected.name(), expected.cnameTarget()));
      case TXT ->
          proved(
              expected,
              seen,
              Reason.PROVED_BY_TXT,
              "%s holds the token that was made for this claim.".formatted(expected.txtName()));
      case ADDRESS ->
          proved(
              expected,
              seen,
              Reason.PROVED_BY_ADDRESS,
              "%s points at a cluster that only this team uses.".formatted(expected.name()));
      case NONE ->
          new Finding(
              ConditionType.OWNERSHIP,
              ConditionState.FAILING,
              Reason.PROOF_MISSING,
              missing(expected, seen),
              evidence(expected, seen),
              Actor.CUSTOMER,
              Optional.of(fix(expected)));
      case UNCLEAR ->
          new Finding(
              ConditionType.OWNERSHIP,
              ConditionState.UNKNOWN,
              Reason.PROOF_NOT_CLEAR,
              "Whether %s belongs to this team could not be told: its name servers disagree or say nothing."
                  .formatted(expected.name()),
              evidence(expected, seen),
              Actor.CUSTOMER,
              Optional.of(fix(expected)));
    };
  }

  /// Whether following the name's aliases passes this claim's own target.
  static boolean throughOwnTarget(DnsExpectation expected, DnsObservation seen) {
    return seen.hops().stream().skip(1).anyMatch(hop -> hop.name().equals(expected.cnameTarget()));
  }

  static boolean tokenSaidByAny(DnsExpectation expected, DnsObservation seen) {
    return seen.token().replies().stream().anyMatch(reply -> hasToken(expected, reply.reply()));
  }

  private enum Vote {
    YES,
    NO,
    UNCLEAR
  }

  /// Other values beside the token do not matter, so servers are compared by whether they have it.
  private static Vote token(DnsExpectation expected, DnsObservation seen) {
    return vote(
        seen.token().replies().stream()
            .map(ServerReply::reply)
            .filter(Reply::definite)
            .map(reply -> hasToken(expected, reply)));
  }

  private static Vote addresses(DnsExpectation expected, DnsObservation seen) {
    if (seen.end() != DnsObservation.End.REACHED) {
      return aliases(seen);
    }
    var last = seen.hops().getLast();
    var either =
        Stream.of(last.a(), last.aaaa())
            .flatMap(answers -> answers.replies().stream())
            .map(ServerReply::reply)
            .filter(reply -> reply instanceof Reply.Records || reply instanceof Reply.NoSuchName)
            .map(reply -> Towards.of(reply, expected.clusterAddresses()) == Towards.CLUSTER);
    var vote = vote(either);
    boolean nothingThere =
        vote == Vote.UNCLEAR
            && Stream.of(last.a(), last.aaaa())
                .allMatch(answers -> answers.settle() instanceof Answers.Settled.Agreed);
    return nothingThere ? Vote.NO : vote;
  }

  private static Vote aliases(DnsObservation seen) {
    return seen.end() == DnsObservation.End.UNCLEAR ? Vote.UNCLEAR : Vote.NO;
  }

  private static Vote vote(Stream<Boolean> votes) {
    var said = votes.distinct().toList();
    return said.size() != 1 ? Vote.UNCLEAR : said.getFirst() ? Vote.YES : Vote.NO;
  }

  private static boolean hasToken(DnsExpectation expected, Reply reply) {
    return reply instanceof Reply.Records(var values) && values.contains(expected.txtToken());
  }

  private static Finding proved(
      DnsExpectation expected, DnsObservation seen, Reason reason, String message) {
    return new Finding(
        ConditionType.OWNERSHIP,
        ConditionState.OK,
        reason,
        message,
        evidence(expected, seen),
        Actor.NOBODY,
        Optional.empty());
  }

  private static String missing(DnsExpectation expected, DnsObservation seen) {
    var other =
        seen.token().replies().stream()
            .map(ServerReply::reply)
            .filter(Reply.Records.class::isInstance)
            .map(DnsEvidence::text)
            .findFirst();
    var wanted =
        "Nothing in DNS shows yet that %s belongs to this team: ".formatted(expected.name());
    if (other.isPresent()) {
      return wanted
          + "%s holds another token than this claim's (%s)."
              .formatted(expected.txtName(), other.get());
    }
    if (seen.token().settle() instanceof Answers.Settled.Agreed(Reply.Alias(var target))) {
      return wanted
          + "%s is an alias of %s, and aliases are not followed there; it has to hold the token itself."
              .formatted(expected.txtName(), target);
    }
    return wanted
        + (expected.apex()
            ? "%s does not hold this claim's token.".formatted(expected.txtName())
            : "it is no alias of %s, and %s does not hold this claim's token."
                .formatted(expected.cnameTarget(), expected.txtName()));
  }

  private static List<Evidence> evidence(DnsExpectation expected, DnsObservation seen) {
    var shown = new ArrayList<Evidence>();
    boolean byAlias = throughOwnTarget(expected, seen);
    var aliases =
        seen.hops().stream()
            .flatMap(hop -> Stream.of(hop.a()))
            .filter(answers ->
                answers.replies().stream().anyMatch(r -> r.reply() instanceof Reply.Alias));
    if (byAlias) {
      shown.addAll(DnsEvidence.of(aliases, seen.at()));
    }
    shown.addAll(DnsEvidence.of(Stream.of(seen.token()), seen.at()));
    if (!byAlias) {
      shown.addAll(DnsEvidence.of(Stream.of(seen.hops().getFirst().a()), seen.at()));
    }
    return shown;
  }

  /// A sub-domain's CNAME proves and leads here in one record; an apex cannot have one.
  private static Fix fix(DnsExpectation expected) {
    return expected.apex()
        ? new Fix(
            Fix.Action.SET_RECORD,
            "Set a TXT record at %s with the value %s."
                .formatted(expected.txtName(), expected.txtToken()),
            "TXT",
            expected.txtName(),
            expected.txtToken())
        : RoutingFix.alias(expected, Fix.Action.SET_RECORD);
  }
}
