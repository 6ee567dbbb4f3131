package io.nameplate.sandbox.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts processes that outlive the launcher: in a session of their own, nothing on stdin, all
/// output in a file.
final class Detached {
  /// A log this long is set aside (one generation is kept) when its part starts again.
  private static final long LONG_LOG_BYTES = 64L << 20;

  private Detached() {}

  static Process start(List<String> command, Map<String, String> environment, Path folder, Path log)
      throws IOException {
    Files.createDirectories(log.getParent());
    if (Files.exists(log) && Files.size(log) > LONG_LOG_BYTES) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    var builder = new ProcessBuilder(ownSession(command)).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("NAMEPLATE_"));
    builder.environment().putAll(environment);
    return builder
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /// Both ways run the command in the process that they were, so that its number stays.
  private static List<String> ownSession(List<String> command) {
    var whole = new ArrayList<String>();
    if (Executables.onPath("setsid").isPresent()) {
      whole.add("setsid");
    } else {
      whole.addAll(List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!"));
    }
    whole.addAll(command);
    return whole;
  }
}
