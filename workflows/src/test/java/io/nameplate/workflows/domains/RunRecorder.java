package io.nameplate.workflows.domains;

import io.nameplate.domains.NextStep;
import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.domains.DomainLifecycle.Run;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Records one run of each kind as JSON, for [RecordedRunsTest]. A program, run once a release.
final class RunRecorder {
  private static final Run RUN =
      new Run("dom_00000000000000000000000001", "tea_00000000000000000000000001");

  private RunRecorder() {}

  /// @param arguments the release, such as 0.1.0, and the folder to write to
  static void main(String[] arguments) throws IOException {
    var release = arguments[0];
    var folder = Path.of(arguments[1]);
    record(folder.resolve(release + "-rest.json"), steps -> {});
    record(
        folder.resolve(release + "-first-certificate.json"), steps -> steps.next(NextStep.ISSUE));
    record(
        folder.resolve(release + "-renewal.json"),
        steps -> steps.next(NextStep.RENEW).withOlderCertificate("cer_2"));
    record(
        folder.resolve(release + "-slow-node.json"),
        steps -> steps.next(NextStep.SERVE).settling(false, false));
    record(folder.resolve(release + "-suspension.json"), steps -> steps.next(NextStep.SUSPEND));
    record(folder.resolve(release + "-removal.json"), steps -> steps.next(NextStep.FORGET));
  }

  private static void record(Path file, Consumer<FakeDomainSteps> plan) throws IOException {
    var done = FakeDomainSteps.log();
    var steps = new FakeDomainSteps(done);
    plan.accept(steps);
    try (var temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .registerSearchAttribute(
                    TemporalNames.CLUSTER.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .build())) {
      var worker = temporal.newWorker(TemporalNames.TASK_QUEUE);
      worker.registerWorkflowImplementationTypes(DomainLifecycleWorkflow.class);
      worker.registerActivitiesImplementations(steps, new FakeIssuanceSteps(done));
      temporal.start();
      var id = DomainLifecycle.workflowId(RUN.domainId());
      temporal
          .getWorkflowClient()
          .newWorkflowStub(
              DomainLifecycle.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId(id)
                  .setTaskQueue(TemporalNames.TASK_QUEUE)
                  .build())
          .run(RUN);
      Files.writeString(file, temporal.getWorkflowClient().fetchHistory(id).toJson(true));
    }
  }
}
