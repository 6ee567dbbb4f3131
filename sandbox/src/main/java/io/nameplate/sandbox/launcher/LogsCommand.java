package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(name = "logs", description = "Prints the last lines of a part's log, or of all.")
final class LogsCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Parameters(arity = "0..1", paramLabel = "PART", converter = PartConverter.class)
  private @Nullable Part part;

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "50",
      paramLabel = "N",
      description = "How many lines of each (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on printing what the part writes.")
  private boolean follow;

  @Override
  public Integer call() throws IOException {
    if (part == null) {
      for (Part each : Part.values()) {
        for (String line : tail(each)) {
          System.out.println(each + " | " + line);
        }
      }
      return 0;
    }
    long end = LogTail.length(launcher.workspace().log(part));
    tail(part).forEach(System.out::println);
    if (follow) {
      follow(launcher.workspace().log(part), end);
    }
    return 0;
  }

  private List<String> tail(Part each) {
    Path log = launcher.workspace().log(each);
    return Files.exists(log) ? LogTail.lines(log, 0, lines) : List.of();
  }

  private static void follow(Path log, long from) throws IOException {
    long position = from;
    while (true) {
      long length = LogTail.length(log);
      if (length < position) {
        position = 0;
      }
      if (length > position) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
          byte[] bytes = new byte[(int) Math.min(length - position, 1 << 20)];
          file.seek(position);
          file.readFully(bytes);
          System.out.print(new String(bytes, StandardCharsets.UTF_8));
          System.out.flush();
          position += bytes.length;
        }
      }
      Pause.of(Duration.ofMillis(200));
    }
  }
}
