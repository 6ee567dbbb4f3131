package io.nameplate.workflows.domains;

import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.Change;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainLedger;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.LookRule;
import io.nameplate.domains.NextStep;
import io.nameplate.domains.NotNow;
import io.nameplate.domains.OrderRule;
import io.nameplate.domains.Outlook;
import io.nameplate.domains.Progress;
import io.nameplate.domains.ServeRule;
import io.nameplate.domains.Standing;
import io.nameplate.domains.Wanted;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Nodes;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import io.temporal.activity.Activity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// See [DomainSteps].
public final class DomainActivities implements DomainSteps {
  /// A look so young at what is wanted now is not repeated: the monitor looked, and its run waited.
  /// Nothing but a CA's own check, seconds later, would see what changes meanwhile.
  private static final Duration FRESH = Duration.ofSeconds(10);

  /// How long a run's lease on the row is: whoever finds it overdue starts a run again.
  private static final Duration LEASE = Duration.ofSeconds(60);

  /// A long wait says so often that it is alive.
  private static final Duration BREATH = Duration.ofSeconds(2);

  private static final UUID NOBODY = new UUID(0, 0);

  private final DomainLedger ledger;
  private final Nodes nodes;
  private final DomainEyes eyes;
  private final LookRule lookRule;
  private final ServeRule serveRule;
  private final OrderRule orderRule;
  private final Clock clock;

  public DomainActivities(
      DomainLedger ledger,
      Nodes nodes,
      DomainEyes eyes,
      LookRule lookRule,
      ServeRule serveRule,
      OrderRule orderRule,
      Clock clock) {
    this.ledger = ledger;
    this.nodes = nodes;
    this.eyes = eyes;
    this.lookRule = lookRule;
    this.serveRule = serveRule;
    this.orderRule = orderRule;
    this.clock = clock;
  }

  @Override
  public Looked look(Look request) {
    var ref = ref(request.domainId(), request.teamId());
    var read = ledger.read(ref);
    if (read.isEmpty()) {
      return new Looked(null, 0, request.domainId(), "", "there is no such domain");
    }
    var standing = read.get();
    var now = clock.instant();
    if (!toBeLookedAt(standing, now)) {
      return looked(standing, now);
    }
    if (Outlook.asked(standing.domain())) {
      ledger.wantWindow(ref);
    }
    var outside = eyes.outside(standing, now);
    return ledger
        .write(
            ref,
            standing.domain().generation(),
            under -> lookRule.after(under, outside.dns(), outside.reach(), now))
        .map(written -> looked(written, now))
        .orElseGet(() -> look(request));
  }

  /// A suspended domain's proof is looked at when somebody asks, for example for its name, and now
  /// and then.
  private static boolean toBeLookedAt(Standing standing, Instant now) {
    return switch (standing.domain().wanted()) {
      case SERVING -> !fresh(standing, now);
      case SUSPENDED -> standing.domain().claim().holder() && Outlook.due(standing, now);
      case REMOVED -> false;
    };
  }

  private static boolean fresh(Standing standing, Instant now) {
    var domain = standing.domain();
    return domain
        .checkedAt()
        .filter(at -> now.isBefore(at.plus(FRESH)))
        .filter(_ -> !Outlook.asked(domain))
        .flatMap(_ -> standing.condition(ConditionType.DNS))
        .filter(known -> known.generation() >= domain.generation())
        .isPresent();
  }

  private static Looked looked(Standing standing, Instant now) {
    var domain = standing.domain();
    var next = NextStep.of(standing, now);
    return new Looked(
        next,
        domain.generation(),
        domain.hostname().ascii(),
        domain.cluster().toString(),
        detail(standing, next));
  }

  private static String detail(Standing standing, NextStep next) {
    var domain = standing.domain();
    if (next != NextStep.REST) {
      return "next: " + next;
    }
    var dns = standing.condition(ConditionType.DNS).map(known -> known.reason().code()).orElse("-");
    return "%s, dns %s, looked at again %s"
        .formatted(
            domain.status().word(), dns, domain.dueAt().map(Instant::toString).orElse("on change"));
  }

  @Override
  public void ordering(Judged request) {
    var now = clock.instant();
    write(request, under -> orderRule.ordering(under, now));
  }

  @Override
  public void postpone(Postpone request) {
    var judged = new Judged(request.domainId(), request.teamId(), request.generation());
    var why =
        new NotNow(
            request.reason(),
            request.message(),
            request.problemType() == null ? "" : request.problemType(),
            request.retryAt());
    var now = clock.instant();
    write(judged, under -> orderRule.postponed(under, why, now));
  }

  private void write(Judged request, Function<Standing, Change> decide) {
    var _ = ledger.write(ref(request.domainId(), request.teamId()), request.generation(), decide);
  }

  @Override
  public Deployed deploy(Judged request) {
    var ref = ref(request.domainId(), request.teamId());
    var standing = ledger.read(ref);
    var wanted = standing.map(known -> known.domain().wanted()).orElse(Wanted.REMOVED);
    var state =
        switch (wanted) {
          case SERVING -> EntryState.SERVING;
          case SUSPENDED -> EntryState.SUSPENDED;
          case REMOVED -> EntryState.REMOVED;
        };
    var now = clock.instant();
    var told =
        ledger.tell(
            ref,
            request.generation(),
            state,
            under ->
                state == EntryState.SERVING
                    ? serveRule.whenTold(under, now)
                    : new Change(
                        Progress.of(under.domain()).due(Optional.of(now.plus(LEASE))), List.of()));
    var cluster = standing.map(known -> known.domain().cluster()).orElse(new ClusterId(NOBODY));
    var certificate =
        standing.flatMap(known -> known.domain().certificate()).map(Object::toString).orElse("");
    return told.map(
            at -> new Deployed(true, cluster.toString(), at.epoch(), at.revision(), certificate))
        .orElse(new Deployed(false, cluster.toString(), 0, 0, certificate));
  }

  @Override
  public Acked await(Await request) {
    var cluster = ClusterId.parse(request.clusterId());
    var position = new Position(request.epoch(), request.revision());
    var until = clock.instant().plusMillis(request.patienceMillis());
    var takesLong = Duration.ofMillis(request.patienceMillis()).compareTo(BREATH) > 0;
    try {
      while (true) {
        var left = Duration.between(clock.instant(), until);
        var states = nodes.await(cluster, position, left.compareTo(BREATH) < 0 ? left : BREATH);
        var now = clock.instant();
        if (states.stream().allMatch(node -> node.has(position) || node.silent(now))) {
          return new Acked(true);
        }
        if (!now.isBefore(until)) {
          return new Acked(false);
        }
        if (takesLong) {
          Activity.getExecutionContext().heartbeat(null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Activity.wrap(e);
    }
  }

  @Override
  public Proved prove(Prove request) {
    var ref = ref(request.domainId(), request.teamId());
    var read = ledger.read(ref).filter(known -> known.certificate().isPresent());
    if (read.isEmpty()) {
      return new Proved(false, "", "it changed", "");
    }
    var standing = read.get();
    var told = new Position(request.epoch(), request.revision());
    var expected = nodes.expected(standing.domain().cluster());
    var now = clock.instant();
    var shown = eyes.nodes(standing, told, expected, now);
    return ledger
        .write(
            ref, request.generation(), under -> serveRule.after(under, told, expected, shown, now))
        .map(DomainActivities::proved)
        .orElse(new Proved(false, "", "it changed", ""));
  }

  private static Proved proved(Standing standing) {
    var retire = standing.olderCertificates() && NextStep.provedEverywhere(standing);
    return new Proved(
        true,
        standing.domain().status().word(),
        standing
            .condition(ConditionType.SERVING)
            .map(known -> standing.domain().status().word() + ", " + known.reason().code())
            .orElse(standing.domain().status().word()),
        retire ? standing.domain().certificate().map(Object::toString).orElse("") : "");
  }

  @Override
  public void confirm(Prove request) {
    var ref = ref(request.domainId(), request.teamId());
    var told = new Position(request.epoch(), request.revision());
    var now = clock.instant();
    ledger
        .read(ref)
        .ifPresent(standing -> {
          var expected = nodes.expected(standing.domain().cluster());
          var _ =
              ledger.write(
                  ref,
                  request.generation(),
                  under -> serveRule.afterAcks(under, told, expected, now));
        });
  }

  @Override
  public Released release(Prove request) {
    var ref = ref(request.domainId(), request.teamId());
    var told = new Position(request.epoch(), request.revision());
    var read = ledger.read(ref);
    if (read.isEmpty()) {
      return new Released(true, "there is no such domain");
    }
    var expected = nodes.expected(read.get().domain().cluster());
    var now = clock.instant();
    return ledger
        .write(
            ref, request.generation(), under -> serveRule.afterRemoval(under, told, expected, now))
        .flatMap(written -> written.condition(ConditionType.DEPLOYED))
        .map(known -> new Released(known.state() == ConditionState.OK, known.message()))
        .orElse(new Released(false, "it changed"));
  }

  @Override
  public void finish(Judged request) {
    var _ =
        ledger.write(
            ref(request.domainId(), request.teamId()),
            request.generation(),
            under -> new Change(Progress.of(under.domain()).due(Optional.empty()), List.of()));
  }

  private static DomainRef ref(String domain, String team) {
    return new DomainRef(DomainId.parse(domain), TeamId.parse(team));
  }
}
