package io.nameplate.adapters.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoiningNodes;
import io.nameplate.clusters.NodeId;
import io.nameplate.clusters.Sealed;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAdmissionTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final ClusterId CLUSTER =
      new ClusterId(UUID.fromString("01940000-0000-7000-8000-000000000001"));
  private static final NodeId NODE =
      new NodeId(UUID.fromString("01940000-0000-7000-8000-000000000002"));

  private final KeysInMemory record = new KeysInMemory();
  private final Nodes nodes = new Nodes();
  @TempDir Path folder;
  private WrappedClusterKeys clusterKeys;
  private NodeAdmission admission;

  @BeforeEach
  void start() {
    var master = MasterKey.open(folder.resolve("master.key"), record);
    clusterKeys = new WrappedClusterKeys(master, record);
    admission = new NodeAdmission(nodes, clusterKeys, master, record, InstantSource.fixed(NOW));
  }

  @ParameterizedTest
  @CsvSource({"EC, SHA256withECDSA", "Ed25519, Ed25519"})
  void certifiesTheNodesKeyForItsIdAndForClientsOnly(String algorithm, String signature)
      throws Exception {
    var pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    nodes.join(csr(pair, pair, signature), sealingPair());

    admission.admitWaiting();

    var certificate = nodes.admitted.getFirst().certificate();
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=" + NODE);
    assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    certificate.checkValidity(Date.from(NOW));
    var authority =
        IssuedCertificate.parse(record.nodeAuthority().orElseThrow().certificate()).getFirst();
    certificate.verify(authority.getPublicKey());
    assertThat(nodes.admitted.getFirst().sha256())
        .isEqualTo(
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
  }

  @Test
  void sealsTheClustersKeyToTheNodeAlone() throws Exception {
    var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    var sealing = sealingPair();
    nodes.join(csr(pair, pair, "SHA256withECDSA"), sealing);

    admission.admitWaiting();

    assertThat(open(nodes.admitted.getFirst().clusterKey(), sealing))
        .isEqualTo(clusterKeys.clusterKey(CLUSTER));
  }

  @Test
  void refusesARequestThatSomebodyElseSigned() throws Exception {
    var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    var other = KeyPairGenerator.getInstance("EC").generateKeyPair();
    nodes.join(csr(pair, other, "SHA256withECDSA"), sealingPair());

    admission.admitWaiting();

    assertThat(nodes.admitted).isEmpty();
    assertThat(nodes.refused).containsExactly(NODE);
  }

  @Test
  void refusesWhatIsNoRequest() throws Exception {
    nodes.join("not PEM at all", sealingPair());

    admission.admitWaiting();

    assertThat(nodes.refused).containsExactly(NODE);
  }

  @Test
  void refusesASealingKeyOfSmallOrder() throws Exception {
    var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    nodes.waiting.add(
        new JoiningNodes.JoiningNode(
            NODE, CLUSTER, csr(pair, pair, "SHA256withECDSA"), "00".repeat(32)));

    admission.admitWaiting();

    assertThat(nodes.refused).containsExactly(NODE);
  }

  /// As a node does it (docs/edge-protocol.md, "Keys").
  private static byte[] open(Sealed sealed, KeyPair node) throws GeneralSecurityException {
    var bytes = sealed.bytes();
    var ephemeral = java.util.Arrays.copyOfRange(bytes, 1, 33);
    var agreement = KeyAgreement.getInstance("X25519");
    agreement.init(node.getPrivate());
    agreement.doPhase(NodeSealing.publicKey(ephemeral), true);
    var salt = new byte[64];
    System.arraycopy(ephemeral, 0, salt, 0, 32);
    System.arraycopy(NodeSealing.raw(node.getPublic()), 0, salt, 32, 32);
    var key = Hkdf.derive(agreement.generateSecret(), salt, "nameplate/cluster-key/v1", "AES");
    var inner = new byte[bytes.length - 32];
    inner[0] = 1;
    System.arraycopy(bytes, 33, inner, 1, bytes.length - 33);
    return AesGcm.open(key, CLUSTER + "|" + NODE, new Sealed(inner));
  }

  private static KeyPair sealingPair() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("X25519").generateKeyPair();
  }

  private static String csr(KeyPair asked, KeyPair signing, String signature)
      throws OperatorCreationException, java.io.IOException {
    var request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=edge-1"), asked.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(signing.getPrivate()));
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder().encodeToString(request.getEncoded())
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private record Admitted(X509Certificate certificate, String sha256, Sealed clusterKey) {}

  private static final class Nodes implements JoiningNodes {
    final List<JoiningNode> waiting = new ArrayList<>();
    final List<Admitted> admitted = new ArrayList<>();
    final List<NodeId> refused = new ArrayList<>();

    void join(String csr, KeyPair sealing) {
      var raw = HexFormat.of().formatHex(NodeSealing.raw(sealing.getPublic()));
      waiting.add(new JoiningNode(NODE, CLUSTER, csr, raw));
    }

    @Override
    public List<JoiningNode> waiting() {
      return waiting;
    }

    @Override
    public void admit(NodeId node, String certificate, String sha256, Sealed clusterKey) {
      try {
        admitted.add(
            new Admitted(IssuedCertificate.parse(certificate).getFirst(), sha256, clusterKey));
      } catch (java.security.cert.CertificateException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void refuse(NodeId node) {
      refused.add(node);
    }
  }
}
