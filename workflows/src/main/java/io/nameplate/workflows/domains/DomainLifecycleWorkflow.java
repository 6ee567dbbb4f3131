package io.nameplate.workflows.domains;

import io.nameplate.domains.Reason;
import io.nameplate.domains.ServeRule;
import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.certificates.Begun;
import io.nameplate.workflows.certificates.Completed;
import io.nameplate.workflows.certificates.IssuanceSteps;
import io.nameplate.workflows.domains.DomainSteps.Await;
import io.nameplate.workflows.domains.DomainSteps.Deployed;
import io.nameplate.workflows.domains.DomainSteps.Judged;
import io.nameplate.workflows.domains.DomainSteps.Look;
import io.nameplate.workflows.domains.DomainSteps.Looked;
import io.nameplate.workflows.domains.DomainSteps.Postpone;
import io.nameplate.workflows.domains.DomainSteps.Prove;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;

/// See [DomainLifecycle]. Steps that take milliseconds are local activities, which cost a marker
/// each; the two that speak to a CA, and waits beyond a moment, are activities. A run to a
/// certificate has 2 activities and about 25 events.
public final class DomainLifecycleWorkflow implements DomainLifecycle {
  /// Acks come in milliseconds. A node that takes longer is waited for in an activity.
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /// Rounds of one run at most: a domain that is changed without end rests until it is due again.
  private static final int ROUNDS = 20;

  private final DomainSteps soon = StepOptions.soon(DomainSteps.class);
  private final DomainSteps patient = StepOptions.patient(DomainSteps.class);
  private final IssuanceSteps begin = StepOptions.begin();
  private final IssuanceSteps complete = StepOptions.complete();
  private final IssuanceSteps tidy = StepOptions.tidy();
  private boolean changed;
  private boolean placed;

  @Override
  public void changed() {
    changed = true;
  }

  @Override
  public void run(Run run) {
    for (int round = 0; round < ROUNDS; round++) {
      changed = false;
      var settled = goOn(run);
      if (settled && !changed) {
        return;
      }
    }
  }

  /// Does one thing after the other until the domain is what is wanted, or has to rest.
  ///
  /// @return false if the domain changed meanwhile and has to be read again
  private boolean goOn(Run run) {
    var seen = soon.look(new Look(run.domainId(), run.teamId()));
    show(seen, seen.detail());
    place(seen);
    var judged = new Judged(run.domainId(), run.teamId(), seen.generation());
    return switch (seen.next()) {
      case null -> true;
      case REST -> true;
      case FORGET -> forget(judged, seen);
      case SUSPEND -> suspend(judged, seen);
      case ISSUE -> issue(judged, seen, IssuanceSteps.Why.FIRST);
      case RENEW -> issue(judged, seen, IssuanceSteps.Why.RENEWAL);
      case SERVE -> serve(judged, seen);
    };
  }

  private boolean issue(Judged judged, Looked seen, IssuanceSteps.Why why) {
    show(seen, "orders a certificate");
    if (why == IssuanceSteps.Why.FIRST) {
      soon.ordering(judged);
    }
    var begun = begin.begin(new IssuanceSteps.Begin(judged.domainId(), judged.generation(), why));
    return switch (begun) {
      case Begun.Answered answered -> {
        awaitNodes(answered.clusterId(), answered.epoch(), answered.revision());
        yield complete(judged, seen, answered.issuanceId());
      }
      case Begun.Authorized authorized -> complete(judged, seen, authorized.issuanceId());
      case Begun.NotNow later ->
          postpone(judged, later.reason(), later.message(), later.problemType(), later.retryAt());
      case Begun.Superseded _ -> false;
    };
  }

  private boolean complete(Judged judged, Looked seen, String issuanceId) {
    var completed = complete.complete(new IssuanceSteps.Complete(judged.domainId(), issuanceId));
    return switch (completed) {
      case Completed.Issued _ -> serve(judged, seen);
      case Completed.NotNow later ->
          postpone(judged, later.reason(), later.message(), later.problemType(), later.retryAt());
      case Completed.StartOver _ -> false;
    };
  }

  private boolean postpone(
      Judged judged, Reason reason, String message, String problemType, Instant retryAt) {
    soon.postpone(
        new Postpone(
            judged.domainId(),
            judged.teamId(),
            judged.generation(),
            reason,
            message,
            retryAt,
            problemType));
    return true;
  }

  private boolean serve(Judged judged, Looked seen) {
    var told = soon.deploy(judged);
    if (!told.current()) {
      return false;
    }
    show(seen, "waits for nodes to take revision " + told.revision());
    awaitNodes(told.clusterId(), told.epoch(), told.revision());
    var proved = soon.prove(placed(judged, told));
    show(seen, proved.detail());
    if (!proved.retireAllBut().isEmpty()) {
      tidy.retire(new IssuanceSteps.Retire(judged.domainId(), proved.retireAllBut()));
    }
    return proved.current();
  }

  private boolean suspend(Judged judged, Looked seen) {
    var told = soon.deploy(judged);
    if (!told.current()) {
      return false;
    }
    show(seen, "waits for nodes to show the neutral page");
    awaitNodes(told.clusterId(), told.epoch(), told.revision());
    soon.confirm(placed(judged, told));
    return true;
  }

  private boolean forget(Judged judged, Looked seen) {
    var told = soon.deploy(judged);
    // Where nodes never heard of the domain, or of its name's next holder since, there is nothing
    // to wait for.
    if (told.current()) {
      show(seen, "waits for nodes to forget the name");
      awaitNodes(told.clusterId(), told.epoch(), told.revision());
      var released = soon.release(placed(judged, told));
      show(seen, released.detail());
      if (!released.everywhere()) {
        return true; // it is due again
      }
    }
    tidy.forget(new IssuanceSteps.Forget(judged.domainId()));
    soon.finish(judged);
    return true;
  }

  /// A moment in this workflow task, and then in an activity for as long as a node may lag.
  private void awaitNodes(String clusterId, long epoch, long revision) {
    var moment = new Await(clusterId, epoch, revision, MOMENT.toMillis());
    if (!soon.await(moment).settled()) {
      var rest = ServeRule.PATIENCE.minus(MOMENT);
      patient.await(new Await(clusterId, epoch, revision, rest.toMillis()));
    }
  }

  private static Prove placed(Judged judged, Deployed told) {
    return new Prove(
        judged.domainId(), judged.teamId(), judged.generation(), told.epoch(), told.revision());
  }

  /// Lets operators find the run by its cluster, where that was not known when it was asked for.
  private void place(Looked seen) {
    if (!placed && !seen.clusterId().isEmpty()) {
      placed = true;
      if (Workflow.getTypedSearchAttributes().containsKey(TemporalNames.CLUSTER)) {
        return;
      }
      Workflow.upsertTypedSearchAttributes(TemporalNames.CLUSTER.valueSet(seen.clusterId()));
    }
  }

  private static void show(Looked seen, String detail) {
    Workflow.setCurrentDetails("%s: %s".formatted(seen.hostname(), detail));
  }
}
