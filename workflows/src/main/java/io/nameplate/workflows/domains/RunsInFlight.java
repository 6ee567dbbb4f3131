package io.nameplate.workflows.domains;

import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts the runs that were asked for and have not ended here. Past about twenty at once a
/// Temporal service on a small machine does no more work per second, and each run takes longer:
/// asking waits for room.
public final class RunsInFlight extends WorkerInterceptorBase {
  /// A run that takes longer waits for something, or runs in another process: it is not counted any
  /// more.
  private static final Duration COUNTED_FOR = Duration.ofSeconds(4);

  private final Map<String, Instant> asked = new ConcurrentHashMap<>();
  private final int room;
  private final Clock clock;

  public RunsInFlight(int room, Clock clock) {
    this.room = room;
    this.clock = clock;
  }

  /// How many more may be asked for now.
  public int free() {
    var oldest = clock.instant().minus(COUNTED_FOR);
    asked.values().removeIf(at -> at.isBefore(oldest));
    return Math.max(0, room - asked.size());
  }

  /// A run of this domain was asked for.
  public void asked(String workflowId) {
    asked.put(workflowId, clock.instant());
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public WorkflowOutput execute(WorkflowInput input) {
        var id = Workflow.getInfo().getWorkflowId();
        try {
          return super.execute(input);
        } finally {
          asked.remove(id);
        }
      }
    };
  }
}
