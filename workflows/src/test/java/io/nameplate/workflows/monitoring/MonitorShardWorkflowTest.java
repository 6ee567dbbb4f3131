package io.nameplate.workflows.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.certificates.RenewalSteps;
import io.nameplate.workflows.monitoring.MonitorShard.Watch;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class MonitorShardWorkflowTest {
  private final TestWorkflowEnvironment temporal =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkerFactoryOptions(
                  WorkerFactoryOptions.newBuilder().setUsingVirtualWorkflowThreads(true).build())
              .build());

  @AfterEach
  void stop() {
    temporal.close();
  }

  @Test
  void walksOnWhileTheCaIsSlowAboutWindows() throws InterruptedException {
    var ca = new SlowCa();
    var walks = new CountDownLatch(3);
    start(0, ca, walks);
    assertThat(ca.asked.await(3, TimeUnit.MINUTES)).isTrue();
    assertThat(walks.await(3, TimeUnit.MINUTES)).as("walks meanwhile").isTrue();
    ca.answers.countDown();
  }

  @Test
  void leavesWindowsToTheFirstShard() throws InterruptedException {
    var ca = new SlowCa();
    var walks = new CountDownLatch(3);
    start(1, ca, walks);
    assertThat(walks.await(3, TimeUnit.MINUTES)).isTrue();
    assertThat(ca.asked.getCount()).isEqualTo(1);
  }

  private void start(int shard, SlowCa ca, CountDownLatch walks) {
    var worker = temporal.newWorker(TemporalNames.MONITOR_QUEUE);
    worker.registerWorkflowImplementationTypes(MonitorShardWorkflow.class);
    worker.registerActivitiesImplementations(ca, new Walks(walks));
    temporal.start();
    var workflow =
        temporal
            .getWorkflowClient()
            .newWorkflowStub(
                MonitorShard.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(MonitorShard.workflowId(shard))
                    .setTaskQueue(TemporalNames.MONITOR_QUEUE)
                    .build());
    var _ = WorkflowClient.start(workflow::watch, new Watch(shard));
  }

  /// Walks that end at once.
  public record Walks(CountDownLatch walks) implements MonitorSteps {
    @Override
    public Walked walk(Walk request) {
      walks.countDown();
      return new Walked(1, 0, 0);
    }
  }

  /// Answers when it is told to.
  public static final class SlowCa implements RenewalSteps {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);

    @Override
    public Refreshed refresh(Refresh request) {
      asked.countDown();
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Refreshed(0, 0, 0);
    }
  }
}
