package io.nameplate.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nameplate.clusters.NodeId;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A node as the edge listener sees one: it accepts exactly the pinned certificate and shows its
/// own.
final class EdgeNode {
  static final JsonMapper JSON = JsonMapper.builder().build();

  final X509Certificate certificate;
  private final URI base;
  private final HttpClient known;
  private final HttpClient unknown;

  EdgeNode(URI base, String pin) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var keys = generator.generateKeyPair();
      this.base = base;
      certificate = selfSigned(keys);
      known = client(pin, keys, certificate);
      unknown = client(pin, null, certificate);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] fingerprint() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What is sent to join with `token`.
  static String joinRequest(String token, String name, String csr) {
    return JSON.createObjectNode()
        .put("token", token)
        .put("name", name)
        .put("csr", "-----BEGIN CERTIFICATE REQUEST-----\n" + csr)
        .put("sealing_key", Base64.getEncoder().encodeToString(new byte[32]))
        .put("https_address", "127.0.1.1:14011")
        .put("http_address", "127.0.1.1:14012")
        .put("version", "0.1.0")
        .set("features", JSON.createArrayNode().add("h3"))
        .toString();
  }

  Reply withoutCertificate(String method, String path, @Nullable String body, String... headers) {
    return call(unknown, method, path, body, headers);
  }

  Reply get(String path, String... headers) {
    return call(known, "GET", path, null, headers);
  }

  Reply post(String path, String body) {
    return call(known, "POST", path, body);
  }

  /// A poll that waits.
  Reply poll(String after, int seconds) {
    return get("/edge/v1/changes?after=%s&wait=%d".formatted(after, seconds));
  }

  Reply ack(String position, String digest) {
    return ack(position, digest, 0);
  }

  Reply ack(String position, String digest, int heldRemovals, String... held) {
    return ack(
        position,
        digest,
        ack ->
            List.of(held).forEach(ack.put("held_removals", heldRemovals).withArray("held")::add));
  }

  /// A report with what else it is to say.
  Reply ack(String position, String digest, Consumer<ObjectNode> more) {
    var dot = position.indexOf('.');
    var body =
        JSON.createObjectNode()
            .put("epoch", Long.parseLong(position.substring(0, dot)))
            .put("revision", Long.parseLong(position.substring(dot + 1)))
            .put("digest", digest)
            .put("names", 1)
            .put("held_removals", 0)
            .put("version", "0.1.0")
            .put("ready", true);
    more.accept(body);
    return call(known, "POST", "/edge/v1/acks", body.toString());
  }

  /// The head of the answer to a request whose body never comes.
  List<String> headWithoutBody(String method, String path) {
    try (var socket =
        known.sslContext().getSocketFactory().createSocket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 2\r\n\r\n"
                  .formatted(method, path, base.getAuthority())
                  .getBytes(StandardCharsets.US_ASCII));
      var answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      return answer.lines().takeWhile(line -> !line.isEmpty()).toList();
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    }
  }

  private Reply call(
      HttpClient client, String method, String path, @Nullable String body, String... headers) {
    var request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      var response = client.send(request.build(), BodyHandlers.ofByteArray());
      var zipped = response.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
      var bytes = response.body();
      if (zipped) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
          bytes = in.readAllBytes();
        }
      }
      var text = new String(bytes, StandardCharsets.UTF_8);
      return new Reply(
          response.statusCode(),
          zipped,
          text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text));
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// What came back.
  record Reply(int status, boolean zipped, JsonNode body) {
    String problem() {
      var type = body.path("type").asText();
      return type.substring(type.lastIndexOf(':') + 1);
    }

    String position() {
      return body.path("epoch").asLong() + "." + body.path("revision").asLong();
    }
  }

  /// The worker signed the node's request with this certificate.
  void admittedBy(Installation installation, NodeId node) {
    installation.worker.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              """
              update node set state = 'joined', certificate = 'PEM', certificate_sha256 = ?, sealed_cluster_key = '\\x01'
                where id = ?\
              """)) {
        update.setBytes(1, fingerprint());
        update.setObject(2, node.uuid());
        return update.executeUpdate();
      }
    });
  }

  private static X509Certificate selfSigned(KeyPair keys)
      throws GeneralSecurityException, OperatorCreationException {
    var name = new X500Name("CN=test-node");
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now.minus(1, ChronoUnit.DAYS)),
            Date.from(now.plus(1, ChronoUnit.DAYS)),
            name,
            keys.getPublic());
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static HttpClient client(String pin, @Nullable KeyPair keys, X509Certificate certificate)
      throws GeneralSecurityException, IOException {
    var context = SSLContext.getInstance("TLSv1.3");
    javax.net.ssl.KeyManager[] managers = null;
    if (keys != null) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("node", keys.getPrivate(), new char[0], new Certificate[] {certificate});
      var factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      managers = factory.getKeyManagers();
    }
    context.init(managers, new TrustManager[] {new Pinned(pin)}, new SecureRandom());
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  /// Accepts one certificate, whatever its names and dates.
  private static final class Pinned extends X509ExtendedTrustManager {
    private final String pin;

    Pinned(String pin) {
      this.pin = pin;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      try {
        var hash = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(hash).equals(pin)) {
          throw new CertificateException("not the pinned certificate");
        }
      } catch (java.security.NoSuchAlgorithmException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
