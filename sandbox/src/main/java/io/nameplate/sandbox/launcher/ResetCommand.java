package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(name = "reset", description = "Stops the copy and deletes its data, after asking.")
final class ResetCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--disposable",
      hidden = true,
      description = "Only what a test made; then without asking.")
  private boolean disposable;

  @Override
  public Integer call() throws IOException {
    Workspace workspace = launcher.workspace();
    if (disposable) {
      return deleteDisposable(workspace);
    }
    if (!Files.exists(workspace.data())) {
      launcher.progress().say("nothing to delete at " + workspace.data());
      return 0;
    }
    if (!yes && !confirmed(workspace)) {
      launcher.progress().say("nothing was deleted");
      return 1;
    }
    try (var _ = CopyLock.take(workspace, "reset", launcher.progress())) {
      launcher.installation().down();
      workspace.deleteData();
    }
    launcher.progress().say("deleted " + workspace.data());
    return 0;
  }

  private int deleteDisposable(Workspace workspace) throws IOException {
    var copy = new Disposable(workspace);
    copy.require();
    if (Files.exists(workspace.data())) {
      try (var _ = CopyLock.take(workspace, "reset", launcher.progress())) {
        launcher.installation().down();
        copy.delete(Optional.of(workspace.testLogs()).filter(Files::isDirectory));
      }
    }
    return 0;
  }

  private static boolean confirmed(Workspace workspace) throws IOException {
    System.err.printf(
        "This deletes every domain, certificate and key of the copy in %s. Delete? [y/N] ",
        workspace.data());
    System.err.flush();
    var answer = new StringBuilder();
    for (int read = System.in.read(); read >= 0 && read != '\n'; read = System.in.read()) {
      answer.append((char) read);
    }
    return answer.toString().strip().equalsIgnoreCase("y");
  }
}
