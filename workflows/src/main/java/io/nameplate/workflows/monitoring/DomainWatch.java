package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DomainLedger;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.Instructions;
import io.nameplate.domains.Instructions.Urgency;
import io.nameplate.domains.LookRule;
import io.nameplate.domains.NextStep;
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

/// Looks at one domain that is due: its records, its addresses, and, where it is served, its nodes.
/// Asks for a run only if something is to be done.
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
    if (standing.domain().wanted() != Wanted.SERVING) {
      return wake(ref, standing, clock.instant());
    }
    return look(ref, standing).map(after -> wake(ref, after, clock.instant())).orElse(false);
  }

  private Optional<Standing> look(DomainRef ref, Standing standing) {
    var now = clock.instant();
    var outside = eyes.outside(standing, now);
    var served = standing.entry().filter(entry -> serves(entry, standing, now));
    if (served.isEmpty()) {
      return ledger.write(
          ref,
          standing.domain().generation(),
          under -> lookRule.after(under, outside.dns(), outside.reach(), now));
    }
    var told = served.get().position();
    var expected = nodes.expected(standing.domain().cluster());
    var shown = eyes.nodes(standing, told, expected, now);
    return ledger.write(
        ref,
        standing.domain().generation(),
        under -> {
          var looked = lookRule.after(under, outside.dns(), outside.reach(), now);
          return looked.then(serveRule.after(under.after(looked), told, expected, shown, now));
        });
  }

  private static boolean serves(Entry entry, Standing standing, Instant now) {
    return entry.state() == EntryState.SERVING
        && entry.certificate().equals(standing.domain().certificate())
        && standing.certificate().filter(certificate -> certificate.usable(now)).isPresent();
  }

  private boolean wake(DomainRef ref, Standing standing, Instant now) {
    var urgency =
        switch (NextStep.of(standing, now)) {
          case FORGET -> Optional.of(Urgency.REMOVAL);
          case RENEW -> Optional.of(Urgency.RENEWAL);
          case ISSUE, SERVE, SUSPEND -> Optional.of(Urgency.CHANGE);
          case REST -> Optional.<Urgency>empty();
        };
    urgency.ifPresent(how -> instructions.put(ref, how));
    return urgency.isPresent();
  }
}
