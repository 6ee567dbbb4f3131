package io.nameplate.workflows.monitoring;

import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.certificates.RenewalSteps;
import io.nameplate.workflows.monitoring.MonitorSteps.Walk;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/// See [MonitorShard]. A minute's walk is one activity: 11 events a minute, however many domains
/// there are.
public final class MonitorShardWorkflow implements MonitorShard {
  private static final int WALK_SECONDS = 60;

  /// Walks of one history: 60 of them, an hour, are about 700 events.
  private static final int WALKS = 60;

  private static final int WINDOWS = 100;

  private final MonitorSteps steps =
      Workflow.newActivityStub(
          MonitorSteps.class,
          ActivityOptions.newBuilder()
              .setTaskQueue(TemporalNames.MONITOR_QUEUE)
              .setStartToCloseTimeout(Duration.ofSeconds(2 * WALK_SECONDS))
              .setHeartbeatTimeout(Duration.ofSeconds(10))
              .setRetryOptions(
                  RetryOptions.newBuilder()
                      .setInitialInterval(Duration.ofMillis(500))
                      .setMaximumInterval(Duration.ofSeconds(5))
                      .build())
              .build());

  private final RenewalSteps renewals =
      Workflow.newActivityStub(
          RenewalSteps.class,
          ActivityOptions.newBuilder()
              .setTaskQueue(TemporalNames.MONITOR_QUEUE)
              .setStartToCloseTimeout(Duration.ofSeconds(WALK_SECONDS).plusMinutes(2))
              .setHeartbeatTimeout(Duration.ofSeconds(30))
              .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
              .build());

  @Override
  public void watch(Watch watch) {
    var refreshing = Promise.allOf();
    for (int walk = 0; walk < WALKS; walk++) {
      if (watch.shard() == 0 && refreshing.isCompleted()) {
        refreshing = Async.procedure(this::refreshWindows);
      }
      var walked = steps.walk(new Walk(watch.shard(), WALK_SECONDS));
      Workflow.setCurrentDetails(
          "last minute: %d looks, %d runs asked for, %d looks came to nothing"
              .formatted(walked.looks(), walked.woken(), walked.failed()));
    }
    refreshing.get();
    Workflow.continueAsNew(watch);
  }

  /// Beside the walks, which never wait for a CA. One that cannot be asked now is asked in the next
  /// minute.
  private void refreshWindows() {
    try {
      var _ = renewals.refresh(new RenewalSteps.Refresh(WINDOWS, WALK_SECONDS));
    } catch (ActivityFailure e) {
      Workflow.getLogger(MonitorShardWorkflow.class)
          .atWarn()
          .addKeyValue("cause", String.valueOf(e.getCause()))
          .log("Renewal windows could not be refreshed");
    }
  }
}
