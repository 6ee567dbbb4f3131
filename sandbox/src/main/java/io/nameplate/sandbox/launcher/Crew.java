package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The running processes of one copy: starts, watches and stops them one by one.
final class Crew {
  /// Long enough for a JVM on a machine whose cores are all busy with other JVMs.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// What a part gets to finish what it does before it is killed.
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private final Workspace workspace;
  private final Progress progress;
  private final Room room;
  private final Map<Part, Pid> launched = new EnumMap<>(Part.class);
  private boolean dismissed;

  Crew(Workspace workspace, Progress progress) {
    this(workspace, progress, Room.TO_RUN);
  }

  Crew(Workspace workspace, Progress progress, Room room) {
    this.workspace = workspace;
    this.progress = progress;
    this.room = room;
  }

  /// What this object has started, as long as it runs.
  synchronized Set<Part> launched() {
    return launched.entrySet().stream()
        .filter(each -> running(each.getKey()).equals(Optional.of(each.getValue())))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
  }

  /// Nothing is started from now on.
  synchronized void dismiss() {
    dismissed = true;
  }

  /// Whether the part ended although nobody stopped it.
  boolean crashed(Part part) {
    return Pid.read(workspace.pidFile(part)).filter(pid -> !pid.alive()).isPresent();
  }

  /// The last lines of a part's log, for people.
  String lastWords(Part part, int count) {
    return LogTail.lines(workspace.log(part), 0, count).stream()
        .map(line -> "  " + LogTail.shortened(line))
        .collect(Collectors.joining("\n"));
  }

  Optional<Pid> running(Part part) {
    return Pid.read(workspace.pidFile(part)).filter(Pid::alive);
  }

  /// Starts the part unless it runs, and waits until it is ready. A part whose program changed is
  /// replaced.
  void start(Program program) {
    Part part = program.part();
    Optional<Pid> before = running(part);
    if (before.isPresent() && !before.get().fingerprint().equals(program.fingerprint())) {
      progress.say(part + " changed: stopping the old one");
      stop(part, program.goodbye());
      before = Optional.empty();
    }
    long logFrom = LogTail.length(workspace.log(part));
    Pid pid = before.orElseGet(() -> launch(program));
    awaitReady(program, pid, logFrom);
  }

  private Pid launch(Program program) {
    Part part = program.part();
    room.require(workspace.data());
    program.listeners().forEach(listener -> PortOwner.requireFree(part.label(), listener));
    try {
      synchronized (this) {
        if (dismissed) {
          throw new Refusal(part + " is not started: interrupted");
        }
        Process process =
            Detached.start(
                program.command(), program.environment(), workspace.data(), workspace.log(part));
        Pid pid = Pid.of(process.pid(), program.fingerprint());
        pid.write(workspace.pidFile(part));
        launched.put(part, pid);
        return pid;
      }
    } catch (IOException e) {
      throw new Refusal(part + " does not start: " + e.getMessage(), e);
    }
  }

  private void awaitReady(Program program, Pid pid, long logFrom) {
    double began = progress.seconds();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<String> lacking = program.readiness().lacking();
      if (!pid.alive()) {
        throw failed(program.part(), "ended right after its start", logFrom);
      }
      if (lacking.isEmpty()) {
        progress.say("%s is ready (%.1f s)".formatted(program.part(), progress.seconds() - began));
        return;
      }
      if (System.nanoTime() > deadline) {
        throw failed(
            program.part(),
            "is not ready after %d s: %s".formatted(PATIENCE.toSeconds(), lacking.get()),
            logFrom);
      }
      Pause.of(Duration.ofMillis(100));
    }
  }

  private Refusal failed(Part part, String how, long logFrom) {
    List<String> tail =
        LogTail.lines(workspace.log(part), logFrom, 12).stream().map(LogTail::shortened).toList();
    return new Refusal(
        "%s %s. The last lines of %s:%n  %s"
            .formatted(part, how, workspace.log(part), String.join("\n  ", tail)));
  }

  /// Asks the part to end, and kills it when it does not. Whether there was anything to stop.
  boolean stop(Part part, Program.Goodbye goodbye) {
    Optional<ProcessHandle> found = Pid.read(workspace.pidFile(part)).flatMap(Pid::process);
    if (found.isPresent()) {
      ProcessHandle process = found.get();
      switch (goodbye) {
        case TERM -> process.destroy();
        case INT -> Executables.output(List.of("kill", "-s", "INT", Long.toString(process.pid())));
      }
      if (!ended(process, DRAIN)) {
        progress.say(
            "%s did not end within %d s after %s: killing it"
                .formatted(part, DRAIN.toSeconds(), goodbye));
        kill(process);
      }
    }
    Pid.forget(workspace.pidFile(part));
    return found.isPresent();
  }

  /// `kill -9`, with whatever the process started. Whether there was anything to kill.
  boolean kill(Part part) {
    Optional<ProcessHandle> found = Pid.read(workspace.pidFile(part)).flatMap(Pid::process);
    // First, so that nobody who looks meanwhile takes it for a crash.
    Pid.forget(workspace.pidFile(part));
    found.ifPresent(this::kill);
    return found.isPresent();
  }

  private void kill(ProcessHandle process) {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    if (!ended(process, PATIENCE)) {
      throw new Refusal("process %d cannot be killed".formatted(process.pid()));
    }
    family.forEach(child -> ended(child, PATIENCE));
  }

  private static boolean ended(ProcessHandle process, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (process.isAlive() && !Pid.zombie(process.pid())) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Pause.of(Duration.ofMillis(50));
    }
    return true;
  }
}
