package io.nameplate.adapters.keys;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.nameplate.clusters.Sealed;
import io.nameplate.clusters.WrappedKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The key that wraps all other keys: 32 random bytes in a file that its owner alone can read.
/// Whoever has it and the database has every customer's private key; without it a restored database
/// cannot open one.
public final class MasterKey {
  private static final int BYTES = 32;
  private static final String CHECK_CONTEXT = "master-key-check";
  private static final byte[] CHECK_PLAIN =
      "this is the right master key".getBytes(StandardCharsets.US_ASCII);
  private static final Set<PosixFilePermission> OWNER_ONLY = Set.of(OWNER_READ, OWNER_WRITE);

  private final SecretKey key;

  MasterKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /// Reads the file, and checks the key against what the database was written with. At the very
  /// first start, and only then, makes the file.
  ///
  /// @throws MasterKeyRefused if the file is missing, readable by others, of another size, or
  ///   another installation's
  public static MasterKey open(Path file, WrappedKeys record) {
    var expected = record.checkValue();
    try {
      if (expected.isEmpty() && Files.notExists(file)) {
        create(file);
      }
      var master = read(file);
      var check =
          expected.orElseGet(
              () -> record.createCheckValue(master.wrap(CHECK_CONTEXT, CHECK_PLAIN)));
      master.mustOpen(check, file);
      return master;
    } catch (NoSuchFileException e) {
      throw new MasterKeyRefused(
          file,
          "it is missing, and the database was written with one: put it back from its back-up",
          e);
    } catch (IOException e) {
      throw new MasterKeyRefused(file, "it cannot be read or made: " + e.getMessage(), e);
    }
  }

  /// Encrypts a key for the database. `context` says whose key it is; the same is needed to open
  /// it, so rows cannot be swapped.
  public Sealed wrap(String context, byte[] plain) {
    return AesGcm.seal(key, context, plain);
  }

  /// The key that was wrapped.
  ///
  /// @throws IllegalStateException if it was wrapped under another master key or for another
  ///   context
  public byte[] unwrap(String context, Sealed wrapped) {
    try {
      return AesGcm.open(key, context, wrapped);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key of %s cannot be opened".formatted(context), e);
    }
  }

  private void mustOpen(Sealed check, Path file) {
    try {
      if (MessageDigest.isEqual(AesGcm.open(key, CHECK_CONTEXT, check), CHECK_PLAIN)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new MasterKeyRefused(file, "it is not the key this database was written with", e);
    }
    throw new MasterKeyRefused(file, "it is not the key this database was written with", null);
  }

  private static MasterKey read(Path file) throws IOException {
    var permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new MasterKeyRefused(
          file,
          "others than its owner may use it (%s; expected: rw------- at most)"
              .formatted(PosixFilePermissions.toString(permissions)),
          null);
    }
    var bytes = Files.readAllBytes(file);
    if (bytes.length != BYTES) {
      throw new MasterKeyRefused(
          file, "it holds %d bytes (expected: %d)".formatted(bytes.length, BYTES), null);
    }
    return new MasterKey(bytes);
  }

  /// Written aside, forced to disk and linked into place: of two workers that start at once one
  /// wins, and neither reads half a key.
  private static void create(Path file) throws IOException {
    var absolute = file.toAbsolutePath();
    var directory = Objects.requireNonNull(absolute.getParent(), "master key: a directory");
    Files.createDirectories(directory);
    var aside = directory.resolve(absolute.getFileName() + "." + UUID.randomUUID());
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    var onlyOwner = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    try {
      try (var channel =
          FileChannel.open(
              aside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyOwner)) {
        channel.write(ByteBuffer.wrap(bytes));
        channel.force(true);
      }
      Files.createLink(absolute, aside);
    } catch (FileAlreadyExistsException e) {
      // Another worker was first: its key is the one.
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
