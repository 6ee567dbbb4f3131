package io.nameplate.workflows.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.workflows.domains.DomainLifecycle.Run;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs that were recorded in some release go on under this one: a run may be under way while a
/// worker is replaced. When a change is meant to break this, it needs a version in the workflow;
/// new recordings are made with [RunRecorder] and kept beside the old ones.
class RecordedRunsTest {
  private static final Path FOLDER = Path.of("src/test/resources/recorded-runs");

  static List<Path> recordings() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void goOnUnderThisRelease(Path recording) throws Exception {
    WorkflowReplayer.replayWorkflowExecution(
        Files.readString(recording), DomainLifecycleWorkflow.class);
  }

  @Test
  void wouldShowAStepThatWasLeftOut() throws Exception {
    var recording = Files.readString(FOLDER.resolve("0.1.0-first-certificate.json"));
    assertThatThrownBy(() -> WorkflowReplayer.replayWorkflowExecution(recording, Hasty.class))
        .hasStackTraceContaining("TMPRL1100");
  }

  @Test
  void areThereForEveryWayThatARunCanTake() throws IOException {
    assertThat(recordings()).hasSizeGreaterThanOrEqualTo(5);
  }

  /// Does not look before it orders.
  public static final class Hasty implements DomainLifecycle {
    @Override
    public void run(Run run) {
      Workflow.sleep(Duration.ofSeconds(1));
    }

    @Override
    public void changed() {}
  }
}
