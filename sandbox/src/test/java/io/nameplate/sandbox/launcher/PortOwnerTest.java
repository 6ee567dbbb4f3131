package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class PortOwnerTest {
  private final InetAddress address = InetAddress.ofLiteral("127.0.1.2");

  @Test
  void onlyTheSamePortOfTheSameAddressOrOfAllIsMeant() {
    assertThat(PortOwner.isOf("0201007F:36BB", address, 14_011)).isTrue();
    assertThat(PortOwner.isOf("0101007F:36BB", address, 14_011)).isFalse();
    assertThat(PortOwner.isOf("0201007F:36BC", address, 14_011)).isFalse();
    assertThat(PortOwner.isOf("00000000:36BB", address, 14_011)).isTrue();
  }

  @Test
  void socketsForBothFamiliesAreMeantToo() {
    assertThat(PortOwner.isOf("00000000000000000000000000000000:36BB", address, 14_011)).isTrue();
    assertThat(PortOwner.isOf("0000000000000000FFFF00000201007F:36BB", address, 14_011)).isTrue();
    assertThat(PortOwner.isOf("0000000000000000FFFF00000101007F:36BB", address, 14_011)).isFalse();
  }
}
