package io.nameplate.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.dns.Answers.Settled;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where a name leads: first whether following its aliases ends at all, then where its addresses
/// lie, then whether validating resolvers agree. Everything found is told; the gravest gives the
/// reason.
final class RoutingJudgement {
  private final DnsExpectation expected;
  private final DnsObservation seen;
  private final Set<InetAddress> leadingHere;
  private final Hop last;

  private RoutingJudgement(
      DnsExpectation expected, DnsObservation seen, Set<InetAddress> leadingHere) {
    this.expected = expected;
    this.seen = seen;
    this.leadingHere = leadingHere;
    this.last = seen.hops().getLast();
  }

  /// The finding and what follows for the direction.
  record Judged(Finding finding, Direction direction) {}

  static Judged judge(DnsExpectation expected, DnsObservation seen, Set<InetAddress> leadingHere) {
    return new RoutingJudgement(expected, seen, leadingHere).judge();
  }

  /// One thing that was found; of several the first gives state, reason, actor and fix.
  private record Found(
      ConditionState state,
      Reason reason,
      String message,
      Actor who,
      Optional<Fix> fix,
      Direction direction) {}

  private Judged judge() {
    var authorities = fromAuthorities();
    var all = new ArrayList<Found>();
    var mismatch = parentMismatch(authorities);
    // Harmless as long as all those servers answer alike: then it warns. When they differ it is
    // why. Beside anything else it is told too.
    var leads =
        authorities.state == ConditionState.OK || authorities.reason == Reason.SERVERS_DISAGREE;
    mismatch.filter(_ -> leads).ifPresent(all::add);
    if (authorities.state == ConditionState.FAILING) {
      all.add(authorities);
      bogus().ifPresent(all::add);
    } else {
      fromResolvers(authorities).ifPresent(all::add);
      all.add(authorities);
    }
    mismatch.filter(_ -> !leads).ifPresent(all::add);
    // Stable: among equals the order above stands.
    all.sort(Comparator.comparingInt(found -> gravity(found.state)));
    var first = all.getFirst();
    // What is well needs no telling beside what is not.
    var message =
        all.reversed().stream()
            .filter(found -> found.state == first.state || found.state != ConditionState.OK)
            .map(Found::message)
            .collect(Collectors.joining(" "));
    return new Judged(
        new Finding(
            ConditionType.DNS,
            first.state,
            first.reason,
            message,
            DnsEvidence.of(seen),
            first.who,
            first.fix),
        authorities.direction);
  }

  private static int gravity(ConditionState state) {
    return switch (state) {
      case FAILING -> 0;
      case UNKNOWN, WAITING -> 1;
      case OK -> 2;
    };
  }

  private Found fromAuthorities() {
    return switch (seen.end()) {
      case LOOP ->
          failing(
              Reason.CNAME_LOOP,
              "The aliases of %s lead back to themselves: %s.".formatted(expected.name(), chain()),
              RoutingFix.change(expected));
      case TOO_LONG ->
          failing(
              Reason.CNAME_CHAIN_TOO_LONG,
              "%s is an alias of an alias and so on, %d times; resolvers give up: %s."
                  .formatted(expected.name(), seen.hops().size() - 1, chain()),
              RoutingFix.change(expected));
      case REACHED, UNCLEAR -> fromAddresses();
    };
  }

  private Found fromAddresses() {
    var said = said(last.a());
    var saidOfV6 = said(last.aaaa());
    if (said.size() > 1
        || saidOfV6.size() > 1
        || said.contains(Towards.ALIAS)
        || saidOfV6.contains(Towards.ALIAS)) {
      return disagree();
    }
    if (said.isEmpty() || saidOfV6.isEmpty()) {
      return silent();
    }
    var addresses = seen.addresses();
    return addresses.isEmpty()
        ? nothingThere(
            said.contains(Towards.NO_SUCH_NAME) || saidOfV6.contains(Towards.NO_SUCH_NAME))
        : somewhere(addresses);
  }

  private Set<Towards> said(Answers answers) {
    var said =
        answers.replies().stream()
            .map(reply -> Towards.of(reply.reply(), expected.clusterAddresses()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Towards.class)));
    said.remove(Towards.NOT_SAID);
    return said;
  }

  private Found somewhere(Set<InetAddress> addresses) {
    var foreign = new HashSet<>(addresses);
    foreign.removeAll(expected.clusterAddresses());
    if (foreign.isEmpty()) {
      return ok(
          Reason.POINTS_HERE,
          "%s points here: %s."
              .formatted(
                  expected.name(),
                  seen.hops().size() > 1 ? chain() : DnsEvidence.addresses(addresses)));
    }
    if (leadingHere.containsAll(foreign)) {
      return ok(
          Reason.PROXIED,
          "%s points at somebody else's proxy (%s), which passes requests on to here."
              .formatted(expected.name(), DnsEvidence.addresses(foreign)));
    }
    if (foreign.size() == addresses.size()) {
      return failing(
          Reason.POINTS_ELSEWHERE,
          "%s points at %s, which is not this service."
              .formatted(
                  expected.name(),
                  seen.hops().size() > 1
                      ? last.name() + " (" + DnsEvidence.addresses(addresses) + ")"
                      : DnsEvidence.addresses(addresses)),
          RoutingFix.change(expected));
    }
    return partly(addresses, foreign);
  }

  private Found partly(Set<InetAddress> addresses, Set<InetAddress> foreign) {
    foreign.removeAll(leadingHere);
    boolean onlyV6 = foreign.stream().allMatch(address -> address.getAddress().length == 16);
    boolean hereByV4 =
        addresses.stream()
            .anyMatch(a -> a.getAddress().length == 4 && expected.clusterAddresses().contains(a));
    var wrong = foreign.stream().min(Comparator.comparing(AddressText::of)).orElseThrow();
    // Behind an alias the wrong record is at a name that may not be the customer's.
    var fix =
        seen.hops().size() > 1 ? RoutingFix.change(expected) : RoutingFix.remove(expected, wrong);
    if (onlyV6 && hereByV4) {
      return failing(
          Reason.STRAY_AAAA,
          "%s has an IPv6 address that is not this service (%s); visitors and the certificate authority try it first."
              .formatted(expected.name(), DnsEvidence.addresses(foreign)),
          fix);
    }
    return failing(
        Reason.MIXED_RECORDS,
        "%s points here and elsewhere (%s); visitors get either."
            .formatted(expected.name(), DnsEvidence.addresses(foreign)),
        fix);
  }

  private Found nothingThere(boolean noSuchName) {
    var alias = seen.hops().size() > 1;
    if (noSuchName) {
      return failing(
          Reason.NO_SUCH_NAME,
          alias
              ? "%s is an alias of %s, which does not exist."
                  .formatted(expected.name(), last.name())
              : "%s does not exist in DNS yet.".formatted(expected.name()),
          alias ? RoutingFix.change(expected) : RoutingFix.set(expected));
    }
    return failing(
        Reason.NO_RECORDS,
        alias
            ? "%s is an alias of %s, which has no addresses."
                .formatted(expected.name(), last.name())
            : "%s exists and has no addresses.".formatted(expected.name()),
        alias ? RoutingFix.change(expected) : RoutingFix.set(expected));
  }

  private Found disagree() {
    return new Found(
        ConditionState.UNKNOWN,
        Reason.SERVERS_DISAGREE,
        "The name servers of %s give different answers for %s.".formatted(zone(), last.name()),
        Actor.CUSTOMER,
        Optional.of(
            contact(
                "Ask the DNS provider of %s why its servers differ; after a change they often do for some minutes."
                    .formatted(zone()))),
        Direction.NOT_CLEAR);
  }

  private Found silent() {
    var failures =
        Stream.of(last.a().settle(), last.aaaa().settle())
            .filter(Settled.Unclear.class::isInstance)
            .flatMap(settled -> ((Settled.Unclear) settled).failures().stream())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Reply.Failure.class)));
    var reason = SilenceReason.of(failures);
    // The root and top-level domains fail for us, not for the domain's owner.
    boolean theirs = last.zone().contains(".");
    return new Found(
        ConditionState.UNKNOWN,
        reason.reason(),
        "%s (%s)".formatted(reason.sentence(zone()), last.name()),
        theirs ? Actor.CUSTOMER : Actor.OPERATOR,
        Optional.of(
            contact(
                theirs
                    ? reason.advice(zone())
                    : "Check that this installation can reach the internet's DNS servers.")),
        Direction.NOT_CLEAR);
  }

  /// Resolvers fail on a loop too, in their own ways; that is no matter of signatures.
  private Optional<Found> bogus() {
    if (seen.end() == DnsObservation.End.LOOP || seen.end() == DnsObservation.End.TOO_LONG) {
      return Optional.empty();
    }
    var signed = seen.hops().getFirst().zone();
    return first(ResolverView.Bogus.class)
        .map(bogus ->
            new Found(
                ConditionState.FAILING,
                Reason.DNSSEC_BOGUS,
                "DNSSEC is broken for %s: validating resolvers refuse its answers (%s)."
                    .formatted(expected.name(), bogus.detail()),
                Actor.CUSTOMER,
                Optional.of(
                    contact(
                        "Ask the DNS provider of %s to sign the zone again, or remove its DS record at the registrar."
                            .formatted(signed.isEmpty() ? expected.name() : signed))),
                Direction.NOT_CLEAR));
  }

  private Optional<Found> fromResolvers(Found authorities) {
    var bogus = bogus();
    if (bogus.isPresent()) {
      return bogus;
    }
    if (authorities.state != ConditionState.OK || seen.resolvers().isEmpty()) {
      return Optional.empty();
    }
    var disagreeing = seen.resolvers().stream().filter(this::disagrees).findFirst();
    if (disagreeing.isPresent()) {
      return Optional.of(
          waiting(
              Reason.RESOLVER_DISAGREES,
              "The name servers are right; the resolver %s still has older records of %s."
                  .formatted(disagreeing.get().resolver(), expected.name()),
              Actor.NOBODY,
              new Fix(
                  Fix.Action.WAIT,
                  "Wait: resolvers forget old records when their time to live is over.",
                  null,
                  null,
                  null)));
    }
    if (first(ResolverView.Sees.class).isPresent()
        || first(ResolverView.SeesZone.class).isPresent()) {
      return Optional.empty();
    }
    var failing = first(ResolverView.Fails.class);
    return Optional.of(
        failing.isPresent()
            ? waiting(
                Reason.RESOLVER_FAILS,
                "The name servers are right; the resolver %s cannot resolve %s (%s)."
                    .formatted(failing.get().resolver(), expected.name(), failing.get().detail()),
                Actor.CUSTOMER,
                contact(
                    "Ask the DNS provider of %s whether all its name servers answer."
                        .formatted(zone())))
            : waiting(
                Reason.RESOLVER_SILENT,
                "The name servers are right; no validating resolver answered.",
                Actor.OPERATOR,
                contact("Check the configured validating resolvers.")));
  }

  private boolean disagrees(ResolverView view) {
    return switch (view) {
      case ResolverView.Sees(_, var addresses) -> !addresses.stream().allMatch(this::isHere);
      case ResolverView.SeesNothing _ -> true;
      case ResolverView.SeesZone _,
          ResolverView.Bogus _,
          ResolverView.Fails _,
          ResolverView.Silent _ ->
          false;
    };
  }

  /// A proxy may give any of its many addresses, so there only the cluster's own nature is
  /// compared.
  private boolean isHere(InetAddress address) {
    boolean proxied =
        !leadingHere.isEmpty()
            && seen.addresses().stream().noneMatch(expected.clusterAddresses()::contains);
    return proxied
        || expected.clusterAddresses().contains(address)
        || leadingHere.contains(address);
  }

  private <T extends ResolverView> Optional<T> first(Class<T> kind) {
    return seen.resolvers().stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private Optional<Found> parentMismatch(Found authorities) {
    return seen.delegation().filter(Delegation::differs).map(d -> mismatch(d, authorities));
  }

  private static Found mismatch(Delegation delegation, Found authorities) {
    var fix =
        new Fix(
            Fix.Action.CHANGE_RECORD,
            "Make the name servers of %s the same at the registrar and in the zone."
                .formatted(delegation.zone()),
            "NS",
            delegation.zone(),
            DnsEvidence.list(delegation.atParent()));
    return new Found(
        authorities.state,
        Reason.PARENT_MISMATCH,
        "The parent zone lists other name servers for %s (%s) than the zone itself (%s)."
            .formatted(
                delegation.zone(),
                DnsEvidence.list(delegation.atParent()),
                DnsEvidence.list(delegation.inZone())),
        Actor.CUSTOMER,
        Optional.of(fix),
        authorities.direction);
  }

  private String chain() {
    return seen.hops().stream().map(Hop::name).collect(Collectors.joining(" → "))
        + (seen.addresses().isEmpty() ? "" : " → " + DnsEvidence.addresses(seen.addresses()));
  }

  private String zone() {
    return last.zone().isEmpty() ? last.name() : last.zone();
  }

  private static Fix contact(String text) {
    return new Fix(Fix.Action.CONTACT, text, null, null, null);
  }

  private static Found ok(Reason reason, String message) {
    return new Found(
        ConditionState.OK, reason, message, Actor.NOBODY, Optional.empty(), Direction.HERE);
  }

  private static Found failing(Reason reason, String message, Fix fix) {
    return new Found(
        ConditionState.FAILING,
        reason,
        message,
        Actor.CUSTOMER,
        Optional.of(fix),
        Direction.ELSEWHERE);
  }

  private static Found waiting(Reason reason, String message, Actor who, Fix fix) {
    return new Found(
        ConditionState.UNKNOWN, reason, message, who, Optional.of(fix), Direction.NOT_CLEAR);
  }
}
