package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Unmatched;

@Command(
    name = "bench",
    description = "bench NAME: measures in a copy of its own and prints one JSON object last.")
final class BenchCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path jars = launcher.installation().make(java.util.Set.of(Build.BENCH)).get(Build.BENCH);
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                jars + "/*",
                "io.nameplate.e2e.bench.BenchMain"));
    command.addAll(arguments);
    if (launcher.ports().offset() != 0) {
      command.add("--port-offset");
      command.add(Integer.toString(launcher.ports().offset()));
    }
    return new ProcessBuilder(command)
        .directory(launcher.workspace().root().toFile())
        .inheritIO()
        .start()
        .waitFor();
  }
}
