package io.nameplate.workflows.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FaultyWorkerTest {
  @TempDir private Path folder;

  /// A step that counts how often it was carried out.
  @ActivityInterface
  public interface Counting {
    int count();
  }

  /// A run of one step.
  @WorkflowInterface
  public interface Once {
    @WorkflowMethod
    int run();
  }

  /// See [Once].
  public static final class OnceWorkflow implements Once {
    @Override
    public int run() {
      return Workflow.newLocalActivityStub(
              Counting.class,
              LocalActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofSeconds(10))
                  .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(3).build())
                  .build())
          .count();
    }
  }

  @Test
  void aLostReplyHasTheStepCarriedOutAgain() throws IOException {
    assertThat(resultWith("Count:after:lose-reply:dom_1")).isEqualTo(2);
  }

  @Test
  void aLostRequestHasTheStepCarriedOutOnce() throws IOException {
    assertThat(resultWith("Count:before:lose-reply:dom_1")).isEqualTo(1);
  }

  @Test
  void otherRunsAreLeftAlone() throws IOException {
    assertThat(resultWith("Count:after:lose-reply:dom_2")).isEqualTo(1);
  }

  private int resultWith(String line) throws IOException {
    var file = folder.resolve("faults");
    Files.writeString(file, line + "\n");
    var counted = new AtomicInteger();
    try (var temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new FaultyWorker(new FaultFile(file)))
                        .build())
                .build())) {
      var worker = temporal.newWorker("here");
      worker.registerWorkflowImplementationTypes(OnceWorkflow.class);
      worker.registerActivitiesImplementations((Counting) counted::incrementAndGet);
      temporal.start();
      return temporal
          .getWorkflowClient()
          .newWorkflowStub(
              Once.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId("domain/dom_1")
                  .setTaskQueue("here")
                  .build())
          .run();
    }
  }
}
