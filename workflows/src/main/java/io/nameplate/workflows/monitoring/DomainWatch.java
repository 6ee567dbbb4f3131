package io.nameplate.workflows.monitoring;

import io.nameplate.domains.Change;
import io.nameplate.domains.DomainLedger;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.Instructions;
import io.nameplate.domains.Instructions.Urgency;
import io.nameplate.domains.LookRule;
import io.nameplate.domains.NextStep;
import io.nameplate.domains.Outlook;
import io.nameplate.domains.ServeRule;
import io.nameplate.domains.Standing;
import io.nameplate.domains.Wanted;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Nodes;
import io.nameplate.workflows.domains.DomainEyes;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// Looks at one domain that is due: its records and addresses when it is time for them, and, where
/// nodes were told of it, its nodes. Asks for a run only if something is to be done.
public final class DomainWatch {
  private final DomainLedger ledger;
  private final Instructions instructions;
  private final Nodes nodes;
  private final DomainEyes eyes;
  private final LookRule lookRule;
  private final ServeRule serveRule;
  private final Clock clock;

  public DomainWatch(
      DomainLedger ledger,
      Instructions instructions,
      Nodes nodes,
      DomainEyes eyes,
      LookRule lookRule,
      ServeRule serveRule,
      Clock clock) {
    this.ledger = ledger;
    this.instructions = instructions;
    this.nodes = nodes;
    this.eyes = eyes;
    this.lookRule = lookRule;
    this.serveRule = serveRule;
    this.clock = clock;
  }

  /// Looks, writes, and asks for a run if one is needed.
  ///
  /// @return whether one was asked for
  public boolean attend(DomainRef ref) {
    var read = ledger.read(ref);
    if (read.isEmpty()) {
      return false;
    }
    var standing = read.get();
    if (standing.domain().wanted() == Wanted.REMOVED) {
      return wake(ref, standing, clock.instant());
    }
    return look(ref, standing).map(after -> wake(ref, after, clock.instant())).orElse(false);
  }

  private Optional<Standing> look(DomainRef ref, Standing standing) {
    var now = clock.instant();
    var told = standing.entry().filter(entry -> says(entry, standing, now));
    var outside =
        told.isEmpty() || Outlook.due(standing, now)
            ? outside(standing, now)
            : (Function<Standing, Change>) under -> Change.none(under.domain());
    var inside = told.map(entry -> nodes(standing, entry, now));
    return ledger.write(
        ref,
        standing.domain().generation(),
        under -> {
          var looked = outside.apply(under);
          return inside.map(judge -> looked.then(judge.apply(under.after(looked)))).orElse(looked);
        });
  }

  private Function<Standing, Change> outside(Standing standing, Instant now) {
    if (standing.domain().wanted() == Wanted.SUSPENDED && !standing.domain().claim().holder()) {
      return under -> lookRule.rest(under, now);
    }
    var seen = eyes.outside(standing, now);
    return under -> lookRule.after(under, seen.dns(), seen.reach(), now);
  }

  private Function<Standing, Change> nodes(Standing standing, Entry entry, Instant now) {
    var told = entry.position();
    var expected = nodes.expected(standing.domain().cluster());
    if (entry.state() == EntryState.SUSPENDED) {
      return under -> serveRule.afterAcks(under, told, expected, now);
    }
    var shown = eyes.nodes(standing, told, expected, now);
    return under -> serveRule.after(under, told, expected, shown, now);
  }

  /// Whether nodes were told what is wanted of the domain now.
  private static boolean says(Entry entry, Standing standing, Instant now) {
    return switch (entry.state()) {
      case SERVING ->
          standing.domain().wanted() == Wanted.SERVING
              && entry.certificate().equals(standing.domain().certificate())
              && standing.certificate().filter(certificate -> certificate.usable(now)).isPresent();
      case SUSPENDED -> standing.domain().wanted() == Wanted.SUSPENDED;
      case REMOVED -> false;
    };
  }

  /// A domain without a certificate waits for its first visitors, or has lost its last ones.
  private boolean wake(DomainRef ref, Standing standing, Instant now) {
    var known = standing.domain().wasActive();
    var urgency =
        switch (NextStep.of(standing, now)) {
          case FORGET -> Optional.of(Urgency.REMOVAL);
          case RENEW -> Optional.of(Urgency.RENEWAL);
          case ISSUE -> Optional.of(known ? Urgency.RENEWAL : Urgency.NEW);
          case SERVE -> Optional.of(known ? Urgency.CHANGE : Urgency.NEW);
          case SUSPEND -> Optional.of(Urgency.CHANGE);
          case REST -> Optional.<Urgency>empty();
        };
    urgency.ifPresent(how -> instructions.put(ref, how));
    return urgency.isPresent();
  }
}
