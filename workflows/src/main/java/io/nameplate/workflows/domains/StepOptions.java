package io.nameplate.workflows.domains;

import io.nameplate.workflows.certificates.IssuanceSteps;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/// How long steps may take and how often they are tried. What fails in the end fails the run: the
/// domain is still due, and the next run begins where this one was cut.
final class StepOptions {
  /// 0.1 s, 0.2 s, … 5 s: a restarting database is back within the first ten tries (13 s in total).
  private static final RetryOptions OFTEN =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(100))
          .setBackoffCoefficient(2)
          .setMaximumInterval(Duration.ofSeconds(5))
          .build();

  /// 0.5 s, 1 s, 2 s.
  private static final RetryOptions THRICE =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(500))
          .setBackoffCoefficient(2)
          .setMaximumAttempts(3)
          .build();

  private StepOptions() {}

  /// Local activities. A look takes ten seconds at most when all servers are silent.
  static <T> T soon(Class<T> steps) {
    return Workflow.newLocalActivityStub(
        steps,
        LocalActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(20))
            .setScheduleToCloseTimeout(Duration.ofMinutes(2))
            .setRetryOptions(OFTEN)
            .build());
  }

  /// Activities that wait for nodes.
  static <T> T patient(Class<T> steps) {
    return Workflow.newActivityStub(
        steps,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(45))
            .setHeartbeatTimeout(Duration.ofSeconds(10))
            .setScheduleToCloseTimeout(Duration.ofMinutes(3))
            .setRetryOptions(OFTEN)
            .build());
  }

  /// To an order whose answers are written.
  static IssuanceSteps begin() {
    return Workflow.newActivityStub(
        IssuanceSteps.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofMinutes(1))
            .setHeartbeatTimeout(Duration.ofSeconds(30))
            .setRetryOptions(THRICE)
            .build());
  }

  /// From an order to a certificate.
  static IssuanceSteps complete() {
    return Workflow.newActivityStub(
        IssuanceSteps.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofMinutes(5))
            .setHeartbeatTimeout(Duration.ofSeconds(30))
            .setRetryOptions(THRICE)
            .build());
  }

  /// Rows only.
  static IssuanceSteps tidy() {
    return Workflow.newLocalActivityStub(
        IssuanceSteps.class,
        LocalActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(20))
            .setScheduleToCloseTimeout(Duration.ofMinutes(2))
            .setRetryOptions(OFTEN)
            .build());
  }
}
