package io.nameplate.workflows.faults;

import io.nameplate.workflows.faults.PlannedFault.Moment;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts planned faults around every step that a worker executes.
public final class FaultyWorker extends WorkerInterceptorBase {
  private static final Logger LOG = LoggerFactory.getLogger(FaultyWorker.class);

  /// Short beside the time that a process needs to start.
  private static final Duration GLANCE = Duration.ofMillis(200);

  private final FaultFile faults;

  public FaultyWorker(FaultFile faults) {
    this.faults = faults;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new FaultyStep(next);
  }

  /// One execution of a step.
  private final class FaultyStep extends ActivityInboundCallsInterceptorBase {
    private @Nullable ActivityExecutionContext context; // null: not begun

    FaultyStep(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext context) {
      this.context = context;
      super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      var begun = Objects.requireNonNull(context);
      strike(begun, Moment.BEFORE);
      var output = super.execute(input);
      strike(begun, Moment.AFTER);
      return output;
    }
  }

  private void strike(ActivityExecutionContext context, Moment moment) {
    var info = context.getInfo();
    var run = info.getWorkflowId(); // null: started without a workflow, which nobody here does
    var found = faults.take(info.getActivityType(), moment, run == null ? "" : run);
    if (found.isEmpty()) {
      return;
    }
    var fault = found.get();
    LOG.atWarn().addKeyValue("fault", fault).log("A planned fault strikes");
    switch (fault.kind()) {
      case KILL -> Runtime.getRuntime().halt(137);
      case LOSE_REPLY ->
          throw Activity.wrap(
              ApplicationFailure.newFailure("the reply was lost on purpose", "lost-reply"));
      case HOLD -> hold(fault, context);
    }
  }

  /// Says meanwhile that the step is alive, where somebody listens.
  private void hold(PlannedFault fault, ActivityExecutionContext context) {
    try {
      while (faults.plans(fault)) {
        if (!context.getInfo().isLocal()) {
          context.heartbeat(null);
        }
        Thread.sleep(GLANCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Activity.wrap(e);
    }
  }
}
