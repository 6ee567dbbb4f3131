package io.nameplate.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How much processor time each part of a copy has used so far, its child processes included: what
/// Linux keeps under `/proc`. Elsewhere it knows nothing and says so.
///
/// @param seconds by part
record CpuTimes(Map<String, Double> seconds) {
  private static final Path PROC = Path.of("/proc");

  /// Linux counts in hundredths of a second for every program, whatever the kernel's own tick is.
  private static final double TICKS_PER_SECOND = 100;

  private static final Pattern RUNNING = Pattern.compile("(?m)^(\\S+)\\s+running\\s+pid (\\d+)");

  CpuTimes {
    seconds = Map.copyOf(seconds);
  }

  /// Reads them now, and those of this process, which takes its share of the same machine.
  ///
  /// @param status what `./nameplate status` prints
  static CpuTimes withBench(String status) {
    return of(
        "%s%nbench running pid %d%n".formatted(status.strip(), ProcessHandle.current().pid()));
  }

  /// Reads them now.
  ///
  /// @param status what `./nameplate status` prints
  static CpuTimes of(String status) {
    var usage = usage();
    var seconds = new LinkedHashMap<String, Double>();
    RUNNING
        .matcher(status)
        .results()
        .forEach(part ->
            seconds.put(
                part.group(1), tree(Long.parseLong(part.group(2)), usage) / TICKS_PER_SECOND));
    return new CpuTimes(seconds);
  }

  /// What was used between an earlier look and this one, the most first, one line a part.
  List<String> since(CpuTimes earlier, double elapsedSeconds) {
    var used =
        seconds.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    part -> part.getValue() - earlier.seconds().getOrDefault(part.getKey(), 0.0)));
    var all = used.values().stream().mapToDouble(Double::doubleValue).sum();
    if (all == 0) {
      return List.of("no processor times: this system keeps none under /proc");
    }
    return Stream.concat(
            Stream.of(
                "the parts used %.1f s of processor time in %.1f s".formatted(all, elapsedSeconds)),
            used.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .map(part ->
                    "  %-10s %7.1f s  %3.0f %%"
                        .formatted(part.getKey(), part.getValue(), 100 * part.getValue() / all)))
        .toList();
  }

  /// One process: its parent, and the ticks it and its children that have ended used.
  private record Usage(long parent, long ticks) {}

  private static long tree(long root, Map<Long, Usage> usage) {
    var own = usage.containsKey(root) ? usage.get(root).ticks() : 0;
    return own
        + usage.entrySet().stream()
            .filter(process -> process.getValue().parent() == root)
            .mapToLong(child -> tree(child.getKey(), usage))
            .sum();
  }

  private static Map<Long, Usage> usage() {
    var usage = new LinkedHashMap<Long, Usage>();
    if (!Files.isDirectory(PROC)) {
      return usage;
    }
    try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var process : processes) {
        read(process)
            .ifPresent(it -> usage.put(Long.parseLong(process.getFileName().toString()), it));
      }
    } catch (IOException e) {
      Progress.say("no processor times: " + e.getMessage());
    }
    return usage;
  }

  /// Empty for a process that has ended meanwhile.
  private static Optional<Usage> read(Path process) {
    try {
      return Optional.of(parse(Files.readString(process.resolve("stat"))));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /// proc(5): the program's name stands in parentheses and may hold anything, also parentheses.
  private static Usage parse(String stat) {
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 16);
    var ticks = 0L;
    for (var field = 11; field <= 14; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return new Usage(Long.parseLong(fields[1]), ticks);
  }
}
