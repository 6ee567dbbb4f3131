package io.nameplate.adapters.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.clusters.ClusterKeys.Use;
import io.nameplate.clusters.Sealed;
import io.nameplate.domains.Hostname;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The bytes that both sides of docs/edge-protocol.md have to agree on; the edge tests against the
/// same file.
class EdgeVectorsTest {
  private static JsonNode vectors;

  @BeforeAll
  static void read() throws IOException {
    vectors =
        JsonMapper.builder()
            .build()
            .readTree(Path.of("../edge/seal/testdata/vectors.json").toFile());
  }

  @ParameterizedTest
  @EnumSource
  void derivesTheSameKeys(Use use) {
    assertThat(derived(use)).isEqualTo(vectors.path("derived_hex").path(use.info()).asText());
  }

  @Test
  void sealsAPrivateKeyAsTheEdgeOpensIt() throws GeneralSecurityException {
    var vector = vectors.path("sealed_private_key");
    var key = WrappedClusterKeys.derive(clusterKey(), Use.CERTIFICATE_KEY);
    var context =
        SealedCertificateKeys.context(
            vector.path("certificate_id").asText(), new Hostname(vector.path("hostname").asText()));

    var sealed = AesGcm.seal(key, context, hex(vector, "pkcs8_hex"), hex(vector, "nonce_hex"));

    assertThat(base64(sealed)).isEqualTo(vector.path("sealed_base64").asText());
    assertThat(AesGcm.open(key, context, sealed)).isEqualTo(hex(vector, "pkcs8_hex"));
  }

  @Test
  void sealsAClusterKeyAsTheEdgeOpensIt() throws GeneralSecurityException {
    var vector = vectors.path("sealed_cluster_key");

    var sealed =
        NodeSealing.seal(
            clusterKey(),
            vector.path("cluster_id").asText(),
            vector.path("node_id").asText(),
            hex(vector, "node_public_hex"),
            ephemeral(vector),
            hex(vector, "nonce_hex"));

    assertThat(base64(sealed)).isEqualTo(vector.path("sealed_base64").asText());
  }

  @Test
  void signsAReachAnswerAsTheEdgeDoes() throws GeneralSecurityException {
    var vector = vectors.path("reach");
    var text =
        String.join(
            "|",
            vector.path("hostname").asText(),
            vector.path("nonce").asText(),
            vector.path("node").asText());

    var mac = Mac.getInstance("HmacSHA256");
    mac.init(WrappedClusterKeys.derive(clusterKey(), Use.REACH));

    assertThat(HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(vector.path("mac_hex").asText());
  }

  /// The vector gives the ephemeral private key; its public half stands in the sealed value.
  private static KeyPair ephemeral(JsonNode vector) throws GeneralSecurityException {
    var sealed = Base64.getDecoder().decode(vector.path("sealed_base64").asText());
    var raw = Arrays.copyOfRange(sealed, 1, 33);
    var secret =
        KeyFactory.getInstance("X25519")
            .generatePrivate(
                new XECPrivateKeySpec(
                    NamedParameterSpec.X25519, hex(vector, "ephemeral_private_hex")));
    return new KeyPair(NodeSealing.publicKey(raw), secret);
  }

  private static String derived(Use use) {
    return HexFormat.of().formatHex(WrappedClusterKeys.derive(clusterKey(), use).getEncoded());
  }

  private static byte[] clusterKey() {
    return hex(vectors, "cluster_key_hex");
  }

  private static byte[] hex(JsonNode node, String field) {
    return HexFormat.of().parseHex(node.path(field).asText());
  }

  private static String base64(Sealed sealed) {
    return Base64.getEncoder().encodeToString(sealed.bytes());
  }
}
