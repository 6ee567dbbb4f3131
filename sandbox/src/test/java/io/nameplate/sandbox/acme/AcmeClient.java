package io.nameplate.sandbox.acme;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// As little of an ACME client as shows what goes over the wire: it repeats nothing but what a bad
/// nonce refused.
final class AcmeClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final HttpClient http;
  private final KeyPair key = SmallAuthority.newKey();
  private final JsonNode directory;
  private String account = "";

  private AcmeClient(HttpClient http, JsonNode directory) {
    this.http = http;
    this.directory = directory;
  }

  static AcmeClient at(URI directory, Path authority) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(authority)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var http = HttpClient.newBuilder().sslContext(context).build();
    var answer =
        http.send(HttpRequest.newBuilder(directory).build(), HttpResponse.BodyHandlers.ofString());
    var client = new AcmeClient(http, JSON.readTree(answer.body()));
    client.register();
    return client;
  }

  private void register() throws Exception {
    var answer = post(url("newAccount"), "{\"termsOfServiceAgreed\":true}");
    account = answer.headers().firstValue("Location").orElseThrow();
  }

  JsonNode directory() {
    return directory;
  }

  String url(String operation) {
    return directory.path(operation).asText();
  }

  HttpResponse<String> newOrder(String hostname) throws Exception {
    return post(
        url("newOrder"),
        "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"%s\"}]}".formatted(hostname));
  }

  /// What must be served at the challenge's path.
  String keyAuthorization(String token) throws GeneralSecurityException {
    var digest = MessageDigest.getInstance("SHA-256");
    var thumbprint = digest.digest(jwk().toString().getBytes(StandardCharsets.UTF_8));
    return token + "." + BASE64.encodeToString(thumbprint);
  }

  /// POST-as-GET (RFC 8555 §6.3).
  HttpResponse<String> read(String url) throws Exception {
    return post(url, "");
  }

  HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String url, String payload) throws Exception {
    while (true) {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .header("Content-Type", "application/jose+json")
              .POST(HttpRequest.BodyPublishers.ofString(signed(url, payload)))
              .build();
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (!answer.body().contains("urn:ietf:params:acme:error:badNonce")) {
        return answer;
      }
    }
  }

  private String signed(String url, String payload) throws Exception {
    ObjectNode header =
        JSON.createObjectNode().put("alg", "ES256").put("nonce", nonce()).put("url", url);
    if (account.isEmpty()) {
      header.set("jwk", jwk());
    } else {
      header.put("kid", account);
    }
    var head = encoded(header.toString());
    var body = encoded(payload);
    var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(key.getPrivate());
    signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
    return JSON.createObjectNode()
        .put("protected", head)
        .put("payload", body)
        .put("signature", BASE64.encodeToString(signature.sign()))
        .toString();
  }

  private String nonce() throws IOException, InterruptedException {
    return get(url("newNonce")).headers().firstValue("Replay-Nonce").orElseThrow();
  }

  private static String encoded(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Members in the order that a thumbprint needs (RFC 7638).
  private ObjectNode jwk() {
    var point = ((ECPublicKey) key.getPublic()).getW();
    return JSON.createObjectNode()
        .put("crv", "P-256")
        .put("kty", "EC")
        .put("x", coordinate(point.getAffineX()))
        .put("y", coordinate(point.getAffineY()));
  }

  private static String coordinate(BigInteger number) {
    var bytes = new byte[32];
    var all = number.toByteArray();
    int length = Math.min(32, all.length);
    System.arraycopy(all, all.length - length, bytes, 32 - length, length);
    return BASE64.encodeToString(bytes);
  }
}
