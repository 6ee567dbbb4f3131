package io.nameplate.addresses;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPolicyTest {
  /// The edge's tests read the same file.
  @TestFactory
  Stream<DynamicTest> judgesAddressesAsTheEdgeDoes() throws IOException {
    var cases =
        Files.readAllLines(Path.of("../edge/origin/testdata/addresses.txt")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> line.split(" ", 2))
            .toList();
    assertThat(cases).hasSizeGreaterThan(80);
    return cases.stream()
        .map(it ->
            DynamicTest.dynamicTest(
                it[0] + " " + it[1],
                () ->
                    assertThat(AddressPolicy.PUBLIC.allows(InetAddress.ofLiteral(it[1])))
                        .isEqualTo(it[0].equals("allowed"))));
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
  void whatAnAdministratorAllowedWinsButNotOverOwnAddresses() {
    var policy =
        new AddressPolicy(List.of(Cidr.parse("10.0.0.0/24")), List.of(Cidr.parse("10.0.0.7")));
    assertThat(policy.allows(InetAddress.ofLiteral("10.0.0.8"))).isTrue();
    assertThat(policy.allows(InetAddress.ofLiteral("10.0.0.7"))).isFalse();
    assertThat(policy.allows(InetAddress.ofLiteral("10.0.1.7"))).isFalse();
  }

  @Test
  void addressesCanBecomeOwnOnes() {
    var policy = AddressPolicy.PUBLIC.withOwn(List.of(InetAddress.ofLiteral("8.8.8.8")));
    assertThat(policy.allows(InetAddress.ofLiteral("8.8.8.8"))).isFalse();
    assertThat(policy.allows(InetAddress.ofLiteral("8.8.8.9"))).isTrue();
  }
}
