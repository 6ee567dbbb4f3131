package io.nameplate.adapters.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {
  private static final byte[] SECRET = "a cluster's key".getBytes(StandardCharsets.UTF_8);

  private final KeysInMemory record = new KeysInMemory();
  @TempDir Path folder;

  @Test
  void isMadeAtTheVeryFirstStartForItsOwnerAlone() throws IOException {
    MasterKey.open(file(), record);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(Files.readAllBytes(file())).hasSize(32);
    try (var files = Files.list(folder.resolve("keys"))) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void opensWhatItWrappedBeforeARestart() {
    var wrapped = MasterKey.open(file(), record).wrap("cluster-key|a", SECRET);

    assertThat(MasterKey.open(file(), record).unwrap("cluster-key|a", wrapped)).isEqualTo(SECRET);
  }

  @Test
  void doesNotOpenAKeyThatWasMovedToAnotherRow() {
    var master = MasterKey.open(file(), record);
    var wrapped = master.wrap("cluster-key|a", SECRET);

    assertThatThrownBy(() -> master.unwrap("cluster-key|b", wrapped))
        .hasMessageContaining("cluster-key|b");
  }

  @Test
  void isRefusedWhenOthersMayReadIt() throws IOException {
    MasterKey.open(file(), record);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> MasterKey.open(file(), record))
        .isInstanceOf(MasterKeyRefused.class)
        .hasMessageContaining("others than its owner");
  }

  @Test
  void isRefusedWhenItIsAnotherInstallations() throws IOException {
    MasterKey.open(file(), record);
    var bytes = Files.readAllBytes(file());
    bytes[0] ^= 1;
    Files.write(file(), bytes);

    assertThatThrownBy(() -> MasterKey.open(file(), record))
        .isInstanceOf(MasterKeyRefused.class)
        .hasMessageContaining("not the key this database was written with");
  }

  @Test
  void isNotMadeAnewForADatabaseThatHasOne() throws IOException {
    MasterKey.open(file(), record);
    Files.delete(file());

    assertThatThrownBy(() -> MasterKey.open(file(), record))
        .isInstanceOf(MasterKeyRefused.class)
        .hasMessageContaining("missing");
    assertThat(file()).doesNotExist();
  }

  @Test
  void isRefusedWhenItIsCutShort() throws IOException {
    MasterKey.open(file(), record);
    Files.write(file(), new byte[31]);

    assertThatThrownBy(() -> MasterKey.open(file(), record)).hasMessageContaining("31 bytes");
  }

  private Path file() {
    return folder.resolve("keys").resolve("master.key");
  }
}
