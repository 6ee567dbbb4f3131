package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "status", description = "Shows each part: whether it runs, its process and memory.")
final class StatusCommand implements Callable<Integer> {
  private static final int KILOBYTES_PER_MEGABYTE = 1024;

  @ParentCommand private Launcher launcher;

  /// Exit code 1 when a part ended by itself.
  @Override
  public Integer call() {
    Crew crew = launcher.installation().crew();
    boolean allWell = true;
    for (Part part : Part.values()) {
      Optional<Pid> pid = crew.running(part);
      if (pid.isPresent()) {
        long number = pid.get().number();
        System.out.printf(
            Locale.ROOT,
            "%-10s running  pid %-8d %5s MB%n",
            part,
            number,
            residentMegabytes(number));
      } else if (crashed(crew, part)) {
        allWell = false;
        System.out.printf(
            Locale.ROOT,
            "%-10s ended by itself; the last lines of its log (see also: logs %s):%n%s%n",
            part,
            part,
            crew.lastWords(part, 5));
      } else {
        System.out.printf(Locale.ROOT, "%-10s stopped%n", part);
      }
    }
    return allWell ? 0 : 1;
  }

  /// Looks twice: a part that is just being stopped has ended a moment before that is written down.
  private static boolean crashed(Crew crew, Part part) {
    if (!crew.crashed(part)) {
      return false;
    }
    Pause.of(Duration.ofMillis(300));
    return crew.crashed(part);
  }

  /// Memory of the process and what it started, pages shared between processes divided among them;
  /// `?` where the system does not tell.
  private static String residentMegabytes(long pid) {
    Stream<Long> family =
        ProcessHandle.of(pid).stream()
            .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
            .map(ProcessHandle::pid);
    long kilobytes = family.mapToLong(StatusCommand::residentKilobytes).sum();
    return kilobytes == 0 ? "?" : Long.toString(kilobytes / KILOBYTES_PER_MEGABYTE);
  }

  private static long residentKilobytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
