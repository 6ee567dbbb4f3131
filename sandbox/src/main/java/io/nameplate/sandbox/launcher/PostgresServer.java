package io.nameplate.sandbox.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL from the binaries on the classpath, run as a process of its own with its data under
/// the copy's folder.
final class PostgresServer {
  private static final String VERSION = "17.11.0";

  private final Workspace workspace;
  private final Progress progress;

  PostgresServer(Workspace workspace, Progress progress) {
    this.workspace = workspace;
    this.progress = progress;
  }

  Path data() {
    return workspace.data().resolve("postgres");
  }

  /// Holds the password of the superuser, which only set-up uses.
  Path passwordFile() {
    return workspace.data().resolve("postgres.password");
  }

  String password() {
    try {
      return Files.readString(passwordFile()).strip();
    } catch (IOException e) {
      throw new Refusal(passwordFile() + ": " + e.getMessage(), e);
    }
  }

  /// Unpacks the binaries and makes the data folder, each where it is missing.
  void prepare() {
    unpack();
    if (!Files.exists(data().resolve("PG_VERSION"))) {
      progress.say("making an empty database");
      try {
        initialize();
      } catch (IOException e) {
        throw new Refusal("PostgreSQL: " + e, e);
      }
    }
  }

  /// Removes the lock of a server that was killed. PostgreSQL does so itself, except while the dead
  /// process still has its number because nobody has taken its exit code; then it would refuse to
  /// start.
  void clearAfterKill() {
    Path lock = data().resolve("postmaster.pid");
    try {
      if (Files.exists(lock)) {
        String holder = Files.readString(lock).lines().findFirst().orElse("").strip();
        // Empty: the server was killed, or the disk was full, before it wrote its number.
        if (holder.isEmpty() || Pid.zombie(Long.parseLong(holder))) {
          Files.delete(lock);
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw new Refusal(lock + ": " + e, e);
    }
  }

  /// Unpacks the binaries where they are missing.
  void unpack() {
    Path complete = home().resolve("complete");
    if (Files.exists(complete)) {
      return;
    }
    try (var _ = BuildLock.take(workspace.state(), "unpacks PostgreSQL", progress)) {
      if (!Files.exists(complete)) {
        progress.say("unpacking PostgreSQL " + VERSION);
        unpack(home());
      }
    } catch (IOException e) {
      throw new Refusal("PostgreSQL: " + e, e);
    }
  }

  List<String> command(Address address) {
    return asServer(
        List.of(
            home().resolve("bin/postgres").toString(),
            "-D",
            data().toString(),
            "-c",
            "port=" + address.port(),
            "-c",
            "listen_addresses=" + address.host(),
            // No socket file: a path under a deep checkout is too long for one.
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=128MB",
            "-c",
            "wal_compression=on",
            "-c",
            "log_line_prefix=%m [%p] %u ",
            "-c",
            "timezone=UTC",
            "-c",
            "log_timezone=UTC"));
  }

  private Path home() {
    return workspace.tools().resolve("postgres-" + VERSION);
  }

  private void initialize() throws IOException {
    byte[] secret = new byte[20];
    new SecureRandom().nextBytes(secret);
    Files.deleteIfExists(passwordFile());
    Files.createFile(
        passwordFile(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile(), HexFormat.of().formatHex(secret) + "\n");
    Path fresh = data().resolveSibling("postgres.new");
    Folders.delete(fresh);
    Executables.run(
        "initdb",
        asServer(
            List.of(
                home().resolve("bin/initdb").toString(),
                "-D",
                fresh.toString(),
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--pwfile=" + passwordFile(),
                "-E",
                "UTF8",
                "--locale=C",
                "--no-instructions")),
        workspace.data(),
        Map.of(),
        workspace.log(Part.POSTGRES));
    Files.move(fresh, data());
  }

  /// PostgreSQL refuses to run as root. In a user namespace without a mapping, root is nobody and
  /// still owns its files.
  private static List<String> asServer(List<String> command) {
    if (!System.getProperty("user.name").equals("root")) {
      return command;
    }
    if (Executables.output(List.of("unshare", "-U", "true")).isEmpty()) {
      throw new Refusal(
          "PostgreSQL does not run as root, and this machine allows no user namespace (unshare -U)"
              + " to give root up in: run ./nameplate as another user");
    }
    var whole = new ArrayList<>(List.of("unshare", "-U"));
    whole.addAll(command);
    return whole;
  }

  private static void unpack(Path home) throws IOException {
    String name = archive();
    try (InputStream packed = PostgresServer.class.getResourceAsStream("/" + name)) {
      if (packed == null) {
        throw new Refusal(
            "no PostgreSQL binaries for this machine (looked for %s)".formatted(name));
      }
      Path fresh = home.resolveSibling(home.getFileName() + ".new");
      Folders.delete(fresh);
      try (var tar =
          new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          extract(tar, entry, fresh);
        }
      }
      Files.createFile(fresh.resolve("complete"));
      Folders.delete(home);
      Files.move(fresh, home);
    }
  }

  private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder)
      throws IOException {
    Path path = folder.resolve(entry.getName()).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("the archive leaves its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.createDirectories(path.getParent());
      Files.copy(tar, path);
      if ((entry.getMode() & 0100) != 0 && !path.toFile().setExecutable(true, false)) {
        throw new IOException(path + " cannot be made executable");
      }
    }
  }

  private static String archive() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean arm = processor.equals("aarch64");
    return system.contains("mac")
        ? "postgres-darwin-" + (arm ? "arm_64" : "x86_64") + ".txz"
        : "postgres-linux-" + (arm ? "arm_64" : "x86_64") + ".txz";
  }
}
