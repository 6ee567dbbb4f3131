package io.nameplate.workflows.faults;

import io.nameplate.workflows.faults.PlannedFault.Moment;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts planned faults around every step that a worker executes.
public final class FaultyWorker extends WorkerInterceptorBase {
  private static final Logger LOG = LoggerFactory.getLogger(FaultyWorker.class);

  private final FaultFile faults;

  public FaultyWorker(FaultFile faults) {
    this.faults = faults;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      private String step = "";

      @Override
      public void init(ActivityExecutionContext context) {
        step = context.getInfo().getActivityType();
        super.init(context);
      }

      @Override
      public ActivityOutput execute(ActivityInput input) {
        strike(step, Moment.BEFORE);
        var output = super.execute(input);
        strike(step, Moment.AFTER);
        return output;
      }
    };
  }

  private void strike(String step, Moment moment) {
    var fault = faults.take(step, moment);
    if (fault.isEmpty()) {
      return;
    }
    LOG.atWarn().addKeyValue("fault", fault.get()).log("A planned fault strikes");
    switch (fault.get().kind()) {
      case KILL -> Runtime.getRuntime().halt(137);
      case LOSE_REPLY ->
          throw Activity.wrap(
              ApplicationFailure.newFailure("the reply was lost on purpose", "lost-reply"));
    }
  }
}
