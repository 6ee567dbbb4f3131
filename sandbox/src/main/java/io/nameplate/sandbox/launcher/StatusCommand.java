package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Override
  public Integer call() {
    Crew crew = launcher.installation().crew();
    for (Part part : Part.values()) {
      Optional<Pid> pid = crew.running(part);
      System.out.println(
          pid.map(running ->
                  String.format(
                      Locale.ROOT,
                      "%-10s running  pid %-8d %5s MB",
                      part,
                      running.number(),
                      residentMegabytes(running.number())))
              .orElseGet(() ->
                  String.format(
                      Locale.ROOT,
                      "%-10s %s",
                      part,
                      Files.exists(launcher.workspace().pidFile(part))
                          ? "ended by itself (see: logs " + part + ")"
                          : "stopped")));
    }
    return 0;
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
