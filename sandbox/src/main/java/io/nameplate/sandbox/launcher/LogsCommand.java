package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
      description = "Go on printing what the part, or any of them, writes.")
  private boolean follow;

  @Override
  public Integer call() throws IOException {
    List<Part> wanted = part == null ? List.of(Part.values()) : List.of(part);
    Map<Part, Long> positions = new EnumMap<>(Part.class);
    for (Part each : wanted) {
      positions.put(each, LogTail.length(launcher.workspace().log(each)));
      tail(each).forEach(line -> System.out.println(prefix(each) + line));
    }
    while (follow) {
      for (Part each : wanted) {
        positions.compute(each, (_, from) -> more(each, from == null ? 0 : from));
      }
      System.out.flush();
      Pause.of(Duration.ofMillis(200));
    }
    return 0;
  }

  private String prefix(Part each) {
    return part == null ? each + " | " : "";
  }

  private List<String> tail(Part each) {
    Path log = launcher.workspace().log(each);
    return Files.exists(log) ? LogTail.lines(log, 0, lines) : List.of();
  }

  /// Prints the whole lines written since a position.
  ///
  /// @return the position behind them
  private long more(Part each, long from) {
    Path log = launcher.workspace().log(each);
    long length = LogTail.length(log);
    long position = length < from ? 0 : from; // set aside, and begun anew
    if (length == position) {
      return position;
    }
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.min(length - position, 1 << 20)];
      file.seek(position);
      file.readFully(bytes);
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      if (whole == 0 && bytes.length == 1 << 20) {
        whole = bytes.length; // one line longer than all we read at once
      }
      new String(bytes, 0, whole, StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> System.out.println(prefix(each) + line));
      return position + whole;
    } catch (IOException e) {
      throw new Refusal(log + ": " + e.getMessage(), e);
    }
  }
}
