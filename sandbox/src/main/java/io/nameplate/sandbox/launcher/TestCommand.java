package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "test",
    description = {
      "Runs every check and test, on ports of its own beside a running `up`.",
      "The last line counts them: java=N go=N e2e=N failed=N skipped=N."
    })
final class TestCommand implements Callable<Integer> {
  /// Where the shared copy of a test run is, unless --port-offset says otherwise.
  private static final int OFFSET = 500;

  @ParentCommand private Launcher launcher;

  @Option(names = "--quick", description = "What takes less than five minutes.")
  private boolean quick;

  @Override
  public Integer call() throws IOException {
    int offset = launcher.ports().offset() == 0 ? OFFSET : launcher.ports().offset();
    Path root = launcher.workspace().root();
    var workspace = new Workspace(root, offset);
    try (var _ =
        CopyLock.take(workspace.state().resolve("test.lock"), "test", launcher.progress())) {
      String line = line(new TestRun(workspace, launcher.stage(), launcher.progress(), quick));
      System.out.println(line);
      return line.endsWith("failed=0 skipped=0") ? 0 : 1;
    }
  }

  /// The line comes whatever happens: whoever reads the last one must not find an older story.
  private String line(TestRun run) {
    try {
      return run.all();
    } catch (IOException | RuntimeException e) { // the edge of the process
      e.printStackTrace(System.err);
      return Tally.line(Tally.NOTHING, Tally.NOTHING, Tally.NOTHING, 1);
    }
  }
}
