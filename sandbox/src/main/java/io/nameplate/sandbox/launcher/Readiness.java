package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One look at a part: empty when it is ready, else what is still missing.
@FunctionalInterface
interface Readiness {
  Optional<String> lacking();

  /// A GET is answered with 200. Certificates of this machine's own processes are not checked.
  static Readiness answering(String url) {
    return () -> {
      try {
        int status = LocalHttp.status(URI.create(url));
        return status == 200 ? Optional.empty() : Optional.of(url + " answers " + status);
      } catch (IOException e) {
        return Optional.of(url + " does not answer (" + e.getMessage() + ")");
      }
    };
  }

  /// What `pg_ctl` looks at: the server writes its state into the eighth line of its pid file.
  static Readiness postgres(Path data, Path pidFile) {
    return () -> {
      try {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        boolean ours = // and not what a killed predecessor left behind
            Pid.read(pidFile)
                .filter(pid -> !lines.isEmpty())
                .filter(pid -> lines.getFirst().strip().equals(Long.toString(pid.number())))
                .isPresent();
        return ours && lines.size() > 7 && lines.get(7).strip().equals("ready")
            ? Optional.empty()
            : Optional.of("PostgreSQL is starting");
      } catch (IOException e) {
        return Optional.of("PostgreSQL has not begun");
      }
    };
  }
}
