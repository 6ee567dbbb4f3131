package io.nameplate.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.domains.Evidence;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How what was seen in DNS is shown to people.
final class DnsEvidence {
  /// Enough for every server of a long chain; a condition is read by people.
  private static final int MOST = 40;

  private DnsEvidence() {}

  static List<Evidence> of(DnsObservation seen) {
    var all = new ArrayList<Evidence>();
    seen.hops().forEach(hop -> all.addAll(of(Stream.of(hop.a(), hop.aaaa()), seen.at())));
    seen.delegation().filter(Delegation::differs).ifPresent(d -> all.addAll(of(d, seen.at())));
    var question = seen.hops().getFirst().name() + " A, AAAA";
    seen.resolvers()
        .forEach(view ->
            all.add(new Evidence("resolver " + view.resolver(), question, text(view), seen.at())));
    return all.stream().limit(MOST).toList();
  }

  static List<Evidence> of(Stream<Answers> answers, Instant at) {
    return answers
        .flatMap(answer ->
            answer.replies().stream()
                .map(reply ->
                    new Evidence(
                        reply.server(),
                        answer.name() + " " + answer.type(),
                        text(reply.reply()),
                        at)))
        .limit(MOST)
        .toList();
  }

  private static List<Evidence> of(Delegation delegation, Instant at) {
    var question = delegation.zone() + " NS";
    return List.of(
        new Evidence("the parent zone", question, list(delegation.atParent()), at),
        new Evidence("the zone itself", question, list(delegation.inZone()), at));
  }

  static String text(Reply reply) {
    return switch (reply) {
      case Reply.Records(var values) -> String.join(", ", values);
      case Reply.Alias(var target) -> "CNAME " + target;
      case Reply.NoRecords _ -> "no records of this type";
      case Reply.NoSuchName _ -> "no such name";
      case Reply.Failed(_, var detail) -> detail;
    };
  }

  private static String text(ResolverView view) {
    return switch (view) {
      case ResolverView.Sees(_, var addresses) -> addresses(addresses);
      case ResolverView.SeesNothing(_, var noSuchName) ->
          noSuchName ? "no such name" : "no addresses";
      case ResolverView.SeesZone(_, var zone) -> zone + " resolves";
      case ResolverView.Bogus(_, var detail) -> "refused by DNSSEC: " + detail;
      case ResolverView.Fails(_, var detail) -> detail;
      case ResolverView.Silent _ -> "no answer";
    };
  }

  static String addresses(Collection<InetAddress> addresses) {
    return list(addresses.stream().map(AddressText::of).toList());
  }

  static String list(Collection<String> texts) {
    return texts.stream().sorted().collect(Collectors.joining(", "));
  }
}
