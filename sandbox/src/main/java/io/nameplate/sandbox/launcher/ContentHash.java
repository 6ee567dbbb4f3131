package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Names files by what is in them: the same names and contents give the same sixteen hexadecimal
/// digits.
final class ContentHash {
  private static final Set<String> NOT_SOURCE =
      Set.of("target", "bin", "node_modules", ".git", ".nameplate", "test");

  private ContentHash() {}

  static String ofText(String text) {
    return shortened(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// All files at or below the given paths (relative to root), except tests and what builds leave
  /// behind.
  static String ofSources(Path root, Collection<String> paths) {
    MessageDigest digest = sha256();
    for (Path file : paths.stream().flatMap(path -> files(root.resolve(path))).sorted().toList()) {
      digest.update((root.relativize(file) + "\0").getBytes(StandardCharsets.UTF_8));
      digest.update(ofFile(file));
    }
    return shortened(digest.digest());
  }

  static String hexOfFile(Path file) {
    return HexFormat.of().formatHex(ofFile(file));
  }

  private static byte[] ofFile(Path file) {
    try (var in = Files.newInputStream(file)) {
      MessageDigest digest = sha256();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return digest.digest();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> files(Path path) {
    if (Files.isRegularFile(path)) {
      return Stream.of(path);
    }
    if (!Files.isDirectory(path) || NOT_SOURCE.contains(path.getFileName().toString())) {
      return Stream.empty();
    }
    try (Stream<Path> children = Files.list(path)) {
      return List.copyOf(children.toList()).stream()
          .flatMap(ContentHash::files)
          .filter(file -> !file.toString().endsWith("_test.go"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shortened(byte[] digest) {
    return HexFormat.of().formatHex(digest, 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
