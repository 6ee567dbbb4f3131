package io.nameplate.adapters.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.dns.Answers;
import io.nameplate.dns.Answers.Settled;
import io.nameplate.dns.CaaLook;
import io.nameplate.dns.Delegation;
import io.nameplate.dns.DnsExpectation;
import io.nameplate.dns.DnsObservation;
import io.nameplate.dns.DnsObservation.End;
import io.nameplate.dns.Hop;
import io.nameplate.dns.Reply;
import io.nameplate.dns.ResolverView;
import io.nameplate.dns.ServerReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/// One look at one name. The first question finds the name's zone; everything else is asked at
/// once.
final class Look {
  /// Most names have four levels; deeper ones must not use up the look's share before its other
  /// questions are asked.
  private static final int LEVELS_AT_ONCE = 6;

  private final DnsExpectation expected;
  private final AnswerSource source;
  private final ResolverCheck resolvers;
  private final AtOnce atOnce;
  private final int mostAliases;
  private final Name name;

  Look(
      DnsExpectation expected,
      AnswerSource source,
      ResolverCheck resolvers,
      AtOnce atOnce,
      int mostAliases) {
    this.expected = expected;
    this.source = source;
    this.resolvers = resolvers;
    this.atOnce = atOnce;
    this.mostAliases = mostAliases;
    this.name = DnsNames.absolute(expected.name().ascii());
  }

  DnsObservation run(Instant now) {
    var first = source.ask(name, Type.A);
    var walk = atOnce.start(() -> follow(first));
    var token = atOnce.start(() -> askText(expected.txtName()));
    var caa = caaLooks(0);
    var challenge = atOnce.start(() -> askText("_acme-challenge." + name.toString(true)));
    var delegation = atOnce.start(() -> source.delegation(name));
    var unlisted = atOnce.start(() -> unlisted(AtOnce.await(delegation)));
    var walked = AtOnce.await(walk);
    var views = views(walked.hops);
    var hops = with(walked.hops, AtOnce.await(unlisted));
    var tokenAnswers = AtOnce.await(token).answers();
    var challengeAnswers = AtOnce.await(challenge).answers();
    return new DnsObservation(
        now,
        hops,
        walked.end,
        tokenAnswers,
        climb(caa),
        challengeAnswers,
        AtOnce.await(delegation),
        views);
  }

  /// A resolver remembers what it is asked for: before the name leads here it is asked about the
  /// zone alone, or it would go on disagreeing after the records are right.
  private List<ResolverView> views(List<Hop> hops) {
    var last = hops.getLast();
    boolean leadsHere =
        Stream.of(last.a(), last.aaaa())
            .flatMap(answers -> answers.replies().stream())
            .flatMap(reply ->
                reply.reply() instanceof Reply.Records(var values)
                    ? values.stream()
                    : Stream.empty())
            .flatMap(text -> AddressText.parse(text).stream())
            .anyMatch(expected.clusterAddresses()::contains);
    var zone = hops.getFirst().zone();
    return leadsHere || zone.isEmpty()
        ? resolvers.look(name)
        : resolvers.lookAtZone(DnsNames.absolute(zone));
  }

  private record Walked(List<Hop> hops, End end) {}

  /// Follows aliases as long as the servers agree on them.
  private Walked follow(Asked firstA) {
    var hops = new ArrayList<Hop>();
    var a = firstA;
    var at = name;
    while (true) {
      var aaaa = source.ask(at, Type.AAAA);
      hops.add(new Hop(RecordText.of(at), a.zone(), a.answers(), aaaa.answers()));
      var target = alias(a.answers(), aaaa.answers());
      if (target.isEmpty()) {
        return new Walked(hops, saysAlias(hops.getLast()) ? End.UNCLEAR : end(hops.getLast()));
      }
      if (hops.stream().anyMatch(hop -> hop.name().equals(target.get()))) {
        return new Walked(hops, End.LOOP);
      }
      if (hops.size() > mostAliases) {
        return new Walked(hops, End.TOO_LONG);
      }
      at = DnsNames.absolute(target.get());
      a = source.ask(at, Type.A);
    }
  }

  private static Optional<String> alias(Answers a, Answers aaaa) {
    var first = a.settle();
    var second = aaaa.settle();
    if (first instanceof Settled.Agreed(Reply.Alias(var target))) {
      return second.equals(first) || second instanceof Settled.Unclear
          ? Optional.of(target)
          : Optional.empty();
    }
    return first instanceof Settled.Unclear
            && second instanceof Settled.Agreed(Reply.Alias(var target))
        ? Optional.of(target)
        : Optional.empty();
  }

  private static boolean saysAlias(Hop hop) {
    return Stream.of(hop.a(), hop.aaaa())
        .flatMap(answers -> answers.replies().stream())
        .anyMatch(reply -> reply.reply() instanceof Reply.Alias);
  }

  private static End end(Hop last) {
    return last.a().settle() instanceof Settled.Unclear
            || last.aaaa().settle() instanceof Settled.Unclear
        ? End.UNCLEAR
        : End.REACHED;
  }

  /// Some levels of the tree at once, from the name up; empty above the top-level domain.
  private List<Future<CaaLook>> caaLooks(int from) {
    var looks = new ArrayList<Future<CaaLook>>();
    for (int skip = from; skip < Math.min(from + LEVELS_AT_ONCE, name.labels() - 1); skip++) {
      var level = new Name(name, skip);
      looks.add(atOnce.start(() -> caaLook(level)));
    }
    return looks;
  }

  private CaaLook caaLook(Name level) {
    var answers = new ArrayList<Answers>();
    var at = level;
    while (true) {
      var asked = source.ask(at, Type.CAA).answers();
      answers.add(asked);
      if (!(asked.settle() instanceof Settled.Agreed(Reply.Alias(var target)))
          || answers.size() > mostAliases) {
        return new CaaLook(RecordText.of(level), answers);
      }
      at = DnsNames.absolute(target);
    }
  }

  /// Up to the first level that has records or does not answer, as a CA climbs.
  private List<CaaLook> climb(List<Future<CaaLook>> firstLevels) {
    var looks = new ArrayList<CaaLook>();
    var levels = firstLevels;
    while (!levels.isEmpty()) {
      for (var level : levels) {
        var look = AtOnce.await(level);
        looks.add(look);
        if (!saysNothing(look)) {
          return looks;
        }
      }
      levels = caaLooks(looks.size());
    }
    return looks;
  }

  private static boolean saysNothing(CaaLook look) {
    return look.answers().getLast().settle() instanceof Settled.Agreed(var reply)
        && (reply instanceof Reply.NoRecords || reply instanceof Reply.NoSuchName);
  }

  /// Answers of servers that only the zone itself lists; resolvers ask those too.
  private List<Answers> unlisted(Optional<Delegation> delegation) {
    if (delegation.filter(Delegation::differs).isEmpty()) {
      return List.of();
    }
    var questions =
        Stream.of(Type.A, Type.AAAA)
            .map(type ->
                (Callable<Answers>)
                    () -> source.askUnlisted(name, type, delegation.get()).answers())
            .toList();
    return atOnce.all(questions);
  }

  private static List<Hop> with(List<Hop> hops, List<Answers> unlisted) {
    if (unlisted.isEmpty()) {
      return hops;
    }
    var first = hops.getFirst();
    var all = new ArrayList<>(hops);
    all.set(
        0,
        new Hop(
            first.name(),
            first.zone(),
            with(first.a(), unlisted.getFirst()),
            with(first.aaaa(), unlisted.getLast())));
    return all;
  }

  private static Answers with(Answers answers, Answers more) {
    return new Answers(
        answers.name(),
        answers.type(),
        Stream.concat(answers.replies().stream(), more.replies().stream()).toList());
  }

  /// A label before a name that is as long as names can be makes none: nothing can be there.
  private Asked askText(String at) {
    return DnsNames.possible(at)
        .map(possible -> source.ask(possible, Type.TXT))
        .orElseGet(() ->
            new Asked(
                "",
                new Answers(
                    at,
                    Type.string(Type.TXT),
                    List.of(new ServerReply("nobody asked: too long", new Reply.NoSuchName())))));
  }
}
