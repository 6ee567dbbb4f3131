package io.nameplate.sandbox.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.nameplate.sandbox.RunningSandbox;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The CA with bad days, on a real Pebble that looks names up in the sandbox's DNS and fetches
/// challenges over HTTP.
class AcmeProxyIT {
  private static final String EDGE = "127.0.1.9";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path data;
  private static RunningSandbox sandbox;
  private static PebbleProcess pebble;
  private static HttpServer edge;
  private static AcmeClient client;
  private static final Map<String, String> challenges = new ConcurrentHashMap<>();

  /// An order on its way to a certificate.
  private record Ordered(String url, JsonNode order, KeyPair key) {}

  @BeforeAll
  static void start() throws Exception {
    var ports = RunningSandbox.Ports.free();
    var places = PebbleProcess.places(ports);
    pebble = PebbleProcess.start(data, places);
    sandbox =
        new RunningSandbox(
            data,
            ports,
            "--pebble=" + places.acme(),
            "--pebble-management=" + places.management(),
            "--pebble-ca=" + PebbleProcess.Places.authority(data));
    edge =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(EDGE), ports.edgeHttp()), 0);
    edge.createContext(
        "/.well-known/acme-challenge/",
        exchange -> {
          var path = exchange.getRequestURI().getPath();
          var value = challenges.getOrDefault(path.substring(path.lastIndexOf('/') + 1), "");
          exchange.sendResponseHeaders(value.isEmpty() ? 404 : 200, value.length());
          exchange.getResponseBody().write(value.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    edge.start();
    client =
        AcmeClient.at(
            URI.create("https://127.0.0.1:%d/dir".formatted(ports.acme())),
            data.resolve("acme-ca.pem"));
  }

  @AfterAll
  static void stop() throws Exception {
    edge.stop(0);
    sandbox.close();
    pebble.stop();
  }

  @AfterEach
  void heal() throws Exception {
    sandbox.send("DELETE", "/acme/faults", "");
  }

  @Test
  void issuesThroughTheProxyAndWritesDownHowOften() throws Exception {
    var ordered = finalized(ready(ordered("happy.acme.com")));
    var chain = chain(ordered);

    assertThat(names(chain)).containsExactly("happy.acme.com");
    assertThat(leaf(chain).getPublicKey()).isEqualTo(ordered.key().getPublic());
    assertThat(client.directory().path("meta").path("caaIdentities").toString())
        .isEqualTo("[\"pebble.sandbox\"]");
    var orders = json("/acme/orders?hostname=happy.acme.com");
    assertThat(orders.path("total").asInt()).isEqualTo(1);
    assertThat(orders.path("orders").get(0).path("finalized").asInt()).isEqualTo(1);
    assertThat(orders.path("orders").get(0).path("downloads").asInt()).isEqualTo(1);
    assertThat(ordered.url()).endsWith(orders.path("orders").get(0).path("order").asText());
  }

  @Test
  void aLostReplyLeavesAnOrderBehind() throws Exception {
    fault("{\"fault\":\"reply-lost\",\"operation\":\"newOrder\",\"count\":1}");

    assertThatThrownBy(() -> client.newOrder("lost.acme.com")).isInstanceOf(IOException.class);

    assertThat(json("/acme/orders?hostname=lost.acme.com").path("total").asInt()).isEqualTo(1);
    var request = last(json("/acme/requests?hostname=lost.acme.com").path("requests"));
    assertThat(request.path("status").asInt()).isEqualTo(201);
    assertThat(request.path("told_status").asInt()).isZero();
  }

  @Test
  void aLostRequestLeavesNothingBehind() throws Exception {
    fault("{\"fault\":\"request-lost\",\"operation\":\"newOrder\",\"count\":1}");

    assertThatThrownBy(() -> client.newOrder("unsent.acme.com")).isInstanceOf(IOException.class);

    assertThat(json("/acme/orders?hostname=unsent.acme.com").path("total").asInt()).isZero();
  }

  @Test
  void aLostReplyToFinalizeIsFinalizedAllTheSame() throws Exception {
    var ready = ready(ordered("finalized.acme.com"));
    fault(
        "{\"fault\":\"reply-lost\",\"operation\":\"finalize\",\"hostname\":\"finalized.acme.com\"}");

    assertThatThrownBy(() -> finalized(ready)).isInstanceOf(IOException.class);

    assertThat(untilStatus(ready.url(), "valid").path("certificate").asText()).isNotEmpty();
  }

  @Test
  void refusesAsOftenAsItIsToldAndSaysWhenToComeBack() throws Exception {
    fault(
        """
        {"fault":"rate-limited","operation":"newOrder","count":2,"retry_after_seconds":30}
        """);

    for (int i = 0; i < 2; i++) {
      var refused = client.newOrder("limited.acme.com");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("30");
      assertThat(refused.body()).contains("urn:ietf:params:acme:error:rateLimited");
    }
    assertThat(client.newOrder("limited.acme.com").statusCode()).isEqualTo(201);
    assertThat(json("/acme/faults").path("faults").get(0).path("met").asInt()).isEqualTo(2);
  }

  @Test
  void aFaultOfANameLeavesOthersWell() throws Exception {
    fault("{\"fault\":\"server-internal\",\"hostname\":\"ill.acme.com\"}");

    assertThat(client.newOrder("ill.acme.com").statusCode()).isEqualTo(500);
    assertThat(client.newOrder("well.acme.com").statusCode()).isEqualTo(201);
  }

  @Test
  void theLoadBalancerBeforeTheCaHasNoProblemDocuments() throws Exception {
    fault("{\"fault\":\"unavailable\",\"operation\":\"directory\",\"count\":1}");

    var answer = client.get("https://127.0.0.1:%d/dir".formatted(sandbox.ports.acme()));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/html");
  }

  @Test
  void aNameThatCannotBeLookedUpFailsItsAuthorization() throws Exception {
    fault("{\"fault\":\"dns\",\"hostname\":\"nodns.acme.com\"}");
    var ordered = ordered("nodns.acme.com");

    var authorization = JSON.readTree(client.read(authorization(ordered)).body());

    assertThat(authorization.path("status").asText()).isEqualTo("invalid");
    assertThat(http01(authorization).path("error").path("type").asText())
        .isEqualTo("urn:ietf:params:acme:error:dns");
  }

  @Test
  void recordsThatForbidTheCaFailTheFinalization() throws Exception {
    var ready = ready(ordered("caa.acme.com"));
    fault("{\"fault\":\"caa\",\"hostname\":\"caa.acme.com\"}");

    var answer = finalize(ready);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("urn:ietf:params:acme:error:caa");
  }

  @ParameterizedTest
  @EnumSource
  void givesOutACertificateThatDoesNotFit(WrongCertificate wrong) throws Exception {
    var hostname = "wrong-%s.acme.com".formatted(wrong.word());
    var ordered = finalized(ready(ordered(hostname)));
    fault("{\"fault\":\"wrong-certificate\",\"certificate\":\"%s\"}".formatted(wrong.word()));

    var chain = chain(ordered);

    boolean isForTheKey = leaf(chain).getPublicKey().equals(ordered.key().getPublic());
    boolean isForTheName = names(chain).contains(hostname);
    boolean isInTime = leaf(chain).getNotAfter().toInstant().isAfter(Instant.now());
    assertThat(isForTheKey).isEqualTo(wrong != WrongCertificate.KEY);
    assertThat(isForTheName).isEqualTo(wrong != WrongCertificate.NAME);
    assertThat(isInTime).isEqualTo(wrong != WrongCertificate.DATES);
    leaf(chain).verify(SmallAuthority.in(data, "acme-ca").root().getPublicKey());
  }

  @Test
  void aRenewalWindowCanBeMoved() throws Exception {
    var chain = chain(finalized(ready(ordered("renew.acme.com"))));
    var moved =
        sandbox.send(
            "POST",
            "/acme/renewal-info",
            """
            {"hostname":"renew.acme.com","start":"2027-01-01T00:00:00Z","end":"2027-01-02T00:00:00Z"}
            """);
    assertThat(moved.statusCode()).isEqualTo(200);

    var info = client.get(client.url("renewalInfo") + "/" + renewalId(leaf(chain)));

    assertThat(JSON.readTree(info.body()).path("suggestedWindow").path("start").asText())
        .isEqualTo("2027-01-01T00:00:00Z");
    assertThat(
            json("/acme/requests?operation=renewalInfo&hostname=renew.acme.com")
                .path("total")
                .asInt())
        .isEqualTo(1);
  }

  @Test
  void aSlowAnswerComesAllTheSame() throws Exception {
    fault("{\"fault\":\"slow\",\"operation\":\"newOrder\",\"delay_ms\":300,\"count\":1}");

    assertThat(client.newOrder("slow.acme.com").statusCode()).isEqualTo(201);

    var request = last(json("/acme/requests?hostname=slow.acme.com").path("requests"));
    assertThat(request.path("duration_ms").asInt()).isGreaterThanOrEqualTo(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reply-lost", "unauthorized", "wrong-certificate", "slow"})
  void aFaultIsNotSpentOnWhatTheCaRefused(String fault) throws Exception {
    fault(
        """
        {"fault":"%s","operation":"order","count":1,"delay_ms":1}
        """
            .formatted(fault));

    var refused = client.post(client.url("newOrder").replace("/order-plz", "/my-order/none"), "");

    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(json("/acme/faults").path("faults").get(0).path("met").asInt()).isZero();
    var last = last(json("/acme/requests?operation=order").path("requests"));
    assertThat(last.path("told_status").asInt()).isEqualTo(404);
    assertThat(last.path("fault").asText("")).isEmpty();
  }

  @Test
  void whatIsAnsweredLateIsCarriedOutBefore() throws Exception {
    fault("{\"fault\":\"slow\",\"operation\":\"newOrder\",\"delay_ms\":60000,\"count\":1}");

    var answer = CompletableFuture.supplyAsync(() -> ordering("late.acme.com"));

    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> json("/acme/orders?hostname=late.acme.com").path("total").asInt() == 1);
    assertThat(answer.isDone()).isFalse();
  }

  private static void fault(String body) throws Exception {
    assertThat(sandbox.send("POST", "/acme/faults", body).statusCode()).isEqualTo(201);
  }

  /// Those before it may have been refused for their nonce.
  private static JsonNode last(JsonNode requests) {
    return requests.get(requests.size() - 1);
  }

  private static HttpResponse<String> ordering(String hostname) {
    try {
      return client.newOrder(hostname);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private static JsonNode json(String path) throws Exception {
    return JSON.readTree(sandbox.get(path).body());
  }

  private static Ordered ordered(String hostname) throws Exception {
    sandbox.send(
        "POST",
        "/dns/set",
        "{\"name\":\"%s\",\"type\":\"A\",\"values\":[\"%s\"]}".formatted(hostname, EDGE));
    var answer = client.newOrder(hostname);
    return new Ordered(
        answer.headers().firstValue("Location").orElseThrow(),
        JSON.readTree(answer.body()),
        SmallAuthority.newKey());
  }

  private static String authorization(Ordered ordered) {
    return ordered.order().path("authorizations").get(0).asText();
  }

  private static JsonNode http01(JsonNode authorization) {
    for (var each : authorization.path("challenges")) {
      if (each.path("type").asText().equals("http-01")) {
        return each;
      }
    }
    throw new AssertionError("no http-01 challenge in " + authorization);
  }

  private static Ordered ready(Ordered ordered) throws Exception {
    var challenge = http01(JSON.readTree(client.read(authorization(ordered)).body()));
    var token = challenge.path("token").asText();
    challenges.put(token, client.keyAuthorization(token));
    client.post(challenge.path("url").asText(), "{}");
    untilStatus(ordered.url(), "ready");
    return ordered;
  }

  private static JsonNode untilStatus(String url, String status) {
    return await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () -> JSON.readTree(client.read(url).body()),
            read -> read.path("status").asText().equals(status));
  }

  private static HttpResponse<String> finalize(Ordered ordered) throws Exception {
    var hostname = ordered.order().path("identifiers").get(0).path("value").asText();
    var alternative =
        new Extension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, hostname)).getEncoded());
    var request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name(""), ordered.key().getPublic())
            .addAttribute(
                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new Extensions(alternative))
            .build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(ordered.key().getPrivate()));
    var base64 = Base64.getUrlEncoder().withoutPadding();
    return client.post(
        ordered.order().path("finalize").asText(),
        "{\"csr\":\"%s\"}".formatted(base64.encodeToString(request.getEncoded())));
  }

  private static Ordered finalized(Ordered ordered) throws Exception {
    assertThat(finalize(ordered).statusCode()).isEqualTo(200);
    return ordered;
  }

  private static byte[] chain(Ordered ordered) throws Exception {
    var certificate = untilStatus(ordered.url(), "valid").path("certificate").asText();
    return client.read(certificate).body().getBytes(StandardCharsets.US_ASCII);
  }

  private static X509Certificate leaf(byte[] chain) {
    return AcmeSubjects.leaf(chain).orElseThrow();
  }

  private static List<String> names(byte[] chain) {
    return AcmeSubjects.names(leaf(chain));
  }

  private static String renewalId(X509Certificate leaf) {
    Optional<String> path = AcmeSubjects.renewalInfoPath(leaf);
    return path.orElseThrow().substring(AcmeOperation.RENEWAL_INFO.path().length());
  }
}
