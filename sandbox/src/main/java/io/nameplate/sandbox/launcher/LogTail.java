package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The end of a log file.
final class LogTail {
  private static final int LOOK_BACK_BYTES = 256 * 1024;

  private LogTail() {}

  static long length(Path log) {
    try {
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /// The last lines written at or after a position in bytes.
  static List<String> lines(Path log, long from, int count) {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      long begin = Math.max(from > file.length() ? 0 : from, file.length() - LOOK_BACK_BYTES);
      byte[] bytes = new byte[(int) (file.length() - begin)];
      file.seek(begin);
      file.readFully(bytes);
      List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      return List.of("(no log at " + log + ")");
    }
  }

  /// A line that still fits a terminal: stack traces in JSON are one very long one.
  static String shortened(String line) {
    return line.length() > 500 ? line.substring(0, 500) + "…" : line;
  }

  /// The last lines of a build, those that say ERROR where there are any.
  static String interesting(Path log, int count) {
    List<String> all = lines(log, 0, 4_000);
    List<String> errors =
        all.stream()
            .filter(line -> line.contains("[ERROR]") && !line.strip().equals("[ERROR]"))
            .limit(count)
            .toList();
    return (errors.isEmpty() ? lines(log, 0, count) : errors)
        .stream().map(line -> "  " + line).collect(Collectors.joining("\n"));
  }
}
