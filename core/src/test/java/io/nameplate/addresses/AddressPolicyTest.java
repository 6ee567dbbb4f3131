package io.nameplate.addresses;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "193.0.14.129", "2606:4700::1111", "2a00:1450::1"})
  void publicAddressesMayBeDialled(String address) {
    assertThat(AddressPolicy.PUBLIC.allows(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, it is loopback",
    "10.1.2.3, it is a private network",
    "100.64.1.1, it is a carrier's network (CGNAT)",
    "169.254.169.254, 'it is link-local, where clouds keep their metadata service'",
    "::1, it is loopback",
    "fd00::1, it is a private network (ULA)",
    "64:ff9b::808:808, it is IPv4 behind NAT64",
    "2002:808:808::1, it is IPv4 inside 6to4",
    "2001::1, it is IPv4 inside Teredo",
    "4000::1, it is not a public address",
  })
  void othersMayNotAndItSaysWhy(String address, String why) {
    assertThat(AddressPolicy.PUBLIC.objection(InetAddress.ofLiteral(address))).contains(why);
  }

  @Test
  void ownAddressesAreNotForUsersRequests() {
    var policy = new AddressPolicy(List.of(), List.of(Cidr.parse("8.8.8.0/24")));
    assertThat(policy.objection(InetAddress.ofLiteral("8.8.8.8")))
        .contains("it is an address of this installation");
  }

  @Test
  void whatAnAdministratorAllowedWins() {
    var policy =
        new AddressPolicy(List.of(Cidr.parse("10.0.0.0/24")), List.of(Cidr.parse("10.0.0.7")));
    assertThat(policy.allows(InetAddress.ofLiteral("10.0.0.7"))).isTrue();
    assertThat(policy.allows(InetAddress.ofLiteral("10.0.1.7"))).isFalse();
  }
}
