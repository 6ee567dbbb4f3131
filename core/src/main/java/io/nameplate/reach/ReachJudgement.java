package io.nameplate.reach;

import io.nameplate.addresses.AddressText;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether requests to a name arrive at the cluster. Every address counts: visitors and the CA may
/// take any.
public final class ReachJudgement {
  private final ReachQuestion question;
  private final ReachObservation seen;

  private ReachJudgement(ReachQuestion question, ReachObservation seen) {
    this.question = question;
    this.seen = seen;
  }

  /// Judges what was seen.
  public static Finding judge(ReachQuestion question, ReachObservation seen) {
    return new ReachJudgement(question, seen).judge();
  }

  private Finding judge() {
    if (seen.dialled().isEmpty()) {
      return finding(
          ConditionState.WAITING,
          Reason.WAITS_FOR_DNS,
          "%s has no address to dial yet.".formatted(question.name()),
          Actor.NOBODY,
          null);
    }
    return redirected()
        .or(this::somebodyElse)
        .or(this::unreachable)
        .or(this::blind)
        .orElseGet(this::reached);
  }

  private Optional<Finding> redirected() {
    return first(dialled -> dialled.result() instanceof DialResult.Redirected)
        .map(dialled ->
            finding(
                ConditionState.FAILING,
                Reason.REDIRECTED_BY_PROXY,
                "A proxy at %s answers plain HTTP for %s with a redirect of its own and does not pass it on."
                    .formatted(shown(dialled), question.name()),
                Actor.CUSTOMER,
                act(
                    Fix.Action.CONTACT,
                    "Let the proxy pass http://%s/.well-known/ on without a redirect, or turn the proxy off for this name."
                        .formatted(question.name()))));
  }

  private Optional<Finding> somebodyElse() {
    return first(dialled -> dialled.result() instanceof DialResult.SomebodyElse)
        .map(dialled ->
            finding(
                ConditionState.FAILING,
                Reason.REACHED_SOMEBODY_ELSE,
                "Somebody else answers for %s at %s.".formatted(question.name(), shown(dialled)),
                isCluster(dialled) ? Actor.OPERATOR : Actor.CUSTOMER,
                isCluster(dialled)
                    ? act(
                        Fix.Action.CONTACT,
                        "Find out which server listens at %s.".formatted(shown(dialled)))
                    : removeRecord(dialled.address())));
  }

  private Optional<Finding> unreachable() {
    return first(dialled -> failed(dialled) && !isCluster(dialled))
        .filter(
            dialled -> !blindEverywhere() || !(dialled.result() instanceof DialResult.Unreachable))
        .map(dialled ->
            finding(
                ConditionState.FAILING,
                Reason.UNREACHABLE,
                "Nobody answers for %s at %s (%s)."
                    .formatted(question.name(), shown(dialled), text(dialled.result())),
                Actor.CUSTOMER,
                removeRecord(dialled.address())));
  }

  /// A failing address of the cluster's own is not the customer's matter. If another one was
  /// reached the name is reachable; if none was, this vantage is blind or the cluster is down.
  private Optional<Finding> blind() {
    if (seen.dialled().stream().anyMatch(d -> d.result() instanceof DialResult.Ours)) {
      return Optional.empty();
    }
    return Optional.of(
        finding(
            ConditionState.UNKNOWN,
            Reason.VANTAGE_BLIND,
            "From here even the cluster's own name cannot be reached, so nothing can be told about %s."
                .formatted(question.name()),
            Actor.OPERATOR,
            act(
                Fix.Action.CONTACT,
                "Check the way from the control plane to the cluster's addresses at port %d."
                    .formatted(question.httpPort()))));
  }

  private Finding reached() {
    var foreign =
        seen.dialled().stream()
            .filter(dialled -> dialled.result() instanceof DialResult.Ours && !isCluster(dialled))
            .map(ReachJudgement::shown)
            .sorted()
            .collect(Collectors.joining(", "));
    return foreign.isEmpty()
        ? finding(
            ConditionState.OK,
            Reason.REACHED,
            "Requests to %s arrive at the cluster.".formatted(question.name()),
            Actor.NOBODY,
            null)
        : finding(
            ConditionState.OK,
            Reason.REACHED_THROUGH_PROXY,
            "Requests to %s arrive at the cluster through a proxy at %s."
                .formatted(question.name(), foreign),
            Actor.NOBODY,
            null);
  }

  private boolean blindEverywhere() {
    return !seen.canary().isEmpty()
        && seen.canary().stream().noneMatch(d -> d.result() instanceof DialResult.Ours);
  }

  private static boolean failed(Dialled dialled) {
    return switch (dialled.result()) {
      case DialResult.Unreachable _, DialResult.NoRoute _, DialResult.NotDialled _ -> true;
      case DialResult.Ours _, DialResult.SomebodyElse _, DialResult.Redirected _ -> false;
    };
  }

  private boolean isCluster(Dialled dialled) {
    return question.clusterAddresses().contains(dialled.address());
  }

  private Optional<Dialled> first(Predicate<Dialled> which) {
    return seen.dialled().stream().filter(which).findFirst();
  }

  private Finding finding(
      ConditionState state, Reason reason, String message, Actor who, @Nullable Fix fix) {
    return new Finding(
        ConditionType.REACH, state, reason, message, evidence(), who, Optional.ofNullable(fix));
  }

  private List<Evidence> evidence() {
    return Stream.concat(
            seen.dialled().stream().map(d -> evidence(d, question.name().ascii())),
            seen.canary().stream().map(d -> evidence(d, question.canary().ascii())))
        .toList();
  }

  private Evidence evidence(Dialled dialled, String name) {
    return new Evidence(
        shown(dialled),
        "http://%s:%d/.well-known/nameplate/reach/".formatted(name, question.httpPort()),
        text(dialled.result()),
        seen.at());
  }

  private Fix removeRecord(InetAddress address) {
    var type = address.getAddress().length == 4 ? "A" : "AAAA";
    return new Fix(
        Fix.Action.REMOVE_RECORD,
        "Remove the %s record %s of %s, or let that server pass requests on to the cluster."
            .formatted(type, AddressText.of(address), question.name()),
        type,
        question.name().ascii(),
        AddressText.of(address));
  }

  private static Fix act(Fix.Action action, String text) {
    return new Fix(action, text, null, null, null);
  }

  private static String shown(Dialled dialled) {
    return AddressText.of(dialled.address());
  }

  private static String text(DialResult result) {
    return switch (result) {
      case DialResult.Ours(var node) -> "the cluster's node " + node;
      case DialResult.SomebodyElse(var answer) -> answer;
      case DialResult.Redirected(var status, var location) -> status + " to " + location;
      case DialResult.Unreachable(var why) -> why;
      case DialResult.NoRoute _ -> "not dialled: no way from here to addresses of that family";
      case DialResult.NotDialled(var why) -> "not dialled: " + why;
    };
  }
}
