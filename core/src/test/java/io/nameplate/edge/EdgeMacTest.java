package io.nameplate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.Hostname;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The edge's own test vectors (edge/seal/testdata/vectors.json), copied.
class EdgeMacTest {
  private static final byte[] CLUSTER_KEY =
      HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  private static final Hostname SHOP = new Hostname("shop.acme.com");

  @Test
  void knowsANodesAnswerToANonce() {
    var mac = ReachMac.ofClusterKey(CLUSTER_KEY);
    var given = "8411f99358fc7306d96289d6ed293d09a5666f48beefe3e81e5e1b1f96a319aa";
    assertThat(mac.matches(SHOP, "0123456789abcdef", "nod_01", given)).isTrue();
    assertThat(mac.matches(SHOP, "0123456789abcdee", "nod_01", given)).isFalse();
    assertThat(mac.matches(SHOP, "0123456789abcdef", "nod_02", given)).isFalse();
    assertThat(mac.matches(new Hostname("acme.com"), "0123456789abcdef", "nod_01", given))
        .isFalse();
  }

  @Test
  void signsAProbeAsNodesExpectIt() {
    assertThat(
            ProbeMac.ofClusterKey(CLUSTER_KEY)
                .header(SHOP, Instant.ofEpochSecond(1800000000), "0123456789abcdef"))
        .isEqualTo(
            "v1;1800000000;0123456789abcdef;1fe2d99188d1d5bb1c0afbe651e0de3a3f3e47354fdc2ef1eb9ef219c50d2f2c");
  }

  @Test
  void doesNotTellItsKey() {
    assertThat(ReachMac.ofClusterKey(CLUSTER_KEY)).hasToString("ReachMac");
    assertThat(ProbeMac.ofClusterKey(CLUSTER_KEY)).hasToString("ProbeMac");
  }
}
