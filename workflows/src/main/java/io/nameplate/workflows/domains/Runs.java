package io.nameplate.workflows.domains;

import io.nameplate.domains.Instructions.Instruction;
import io.nameplate.workflows.TemporalNames;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.Priority;
import io.temporal.common.SearchAttributes;
import java.time.Duration;

/// Starts runs, or tells the one that is under way that something changed.
public final class Runs {
  /// A run waits ten minutes at most, and ends: one whose tasks keep failing would swallow signals
  /// for ever. What is not done by then is due.
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final WorkflowClient client;

  public Runs(WorkflowClient client) {
    this.client = client;
  }

  /// Signals the domain's workflow, and starts it when there is none. Twice is as good as once.
  public void ask(Instruction instruction) {
    var domain = instruction.domain();
    var team = domain.team().toString();
    var run =
        client.newWorkflowStub(
            DomainLifecycle.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(DomainLifecycle.workflowId(domain.id().toString()))
                .setTaskQueue(TemporalNames.TASK_QUEUE)
                .setWorkflowRunTimeout(LONGEST)
                .setPriority(
                    Priority.newBuilder()
                        .setPriorityKey(instruction.urgency().number())
                        .setFairnessKey(team)
                        .build())
                .setTypedSearchAttributes(attributes(instruction))
                .build());
    var batch = client.newSignalWithStartRequest();
    batch.add(run::run, new DomainLifecycle.Run(domain.id().toString(), team));
    batch.add(run::changed);
    var _ = client.signalWithStart(batch);
  }

  /// Set when a run starts: each that is set later costs Temporal a write and a task of its own.
  private static SearchAttributes attributes(Instruction instruction) {
    var attributes =
        SearchAttributes.newBuilder()
            .set(TemporalNames.TEAM, instruction.domain().team().toString());
    instruction
        .cluster()
        .ifPresent(cluster -> attributes.set(TemporalNames.CLUSTER, cluster.toString()));
    return attributes.build();
  }
}
