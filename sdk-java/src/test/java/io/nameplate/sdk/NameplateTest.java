package io.nameplate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The client against a real HTTP server that answers, refuses, stalls and hangs up as it is told.
class NameplateTest {

  private ScriptedApi api;
  private final FakeTime time = new FakeTime();
  private Nameplate nameplate;

  @BeforeEach
  void start() throws IOException {
    api = new ScriptedApi();
    nameplate = client().build();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Nameplate.Builder client() {
    return Nameplate.builder()
        .url(api.url())
        .apiKey("np_live_secret")
        .application("shop/2")
        .timekeeper(time);
  }

  @Test
  void sendsWhatTheDescriptionPromises() {
    api.then(201, Answers.domain("dom_1", "shop.acme.com", "pending"));
    nameplate.domains().add("shop.acme.com", "https://origin.example.net");
    var request = api.requests().get(0);
    assertThat(request.method() + " " + request.uri()).isEqualTo("POST /v1/domains");
    assertThat(request.body())
        .isEqualTo(
            "{\"hostname\":\"shop.acme.com\",\"origin\":{\"url\":\"https://origin.example.net\",\"host_header\":\"visitor\"}}");
    assertThat(request.header("Authorization")).contains("Bearer np_live_secret");
    assertThat(request.header("User-Agent"))
        .contains("shop/2 nameplate-java/" + SdkVersion.number());
  }

  @Test
  void changesOnlyTheOriginsAddress() {
    api.then(200, Answers.domain("dom_1", "shop.acme.com", "active"));
    nameplate.domains().changeOrigin("dom_1", "https://new.example.net");
    var request = api.requests().get(0);
    assertThat(request.method() + " " + request.uri()).isEqualTo("PATCH /v1/domains/dom_1");
    assertThat(request.header("Content-Type")).contains("application/merge-patch+json");
    assertThat(request.body()).isEqualTo("{\"origin\":{\"url\":\"https://new.example.net\"}}");
  }

  @Test
  void readsADomainWithEverythingInIt() {
    api.then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"));
    var domain = nameplate.domains().get("dom_1");
    assertThat(domain.status()).isEqualTo(DomainStatus.VERIFYING);
    assertThat(domain.origin()).isEqualTo(Origin.of("https://origin.example.net"));
    assertThat(domain.certificate()).isEmpty();
    assertThat(domain.updatedAt()).isEqualTo(Instant.parse("2026-11-01T10:00:01.123456Z"));
    var dns = domain.condition(ConditionType.DNS).orElseThrow();
    assertThat(domain.failing()).containsExactly(dns);
    assertThat(dns.who()).isEqualTo(Condition.Actor.CUSTOMER);
    assertThat(dns.evidence().get(0).answer()).isEqualTo("NXDOMAIN");
    assertThat(dns.fix().orElseThrow().value()).contains("abc.edge.example");
    assertThat(dns.nextCheckAt()).contains(Instant.parse("2026-11-01T10:00:06Z"));
    assertThat(domain.dnsRecords().get(0).purpose()).isEqualTo(DnsRecord.Purpose.ROUTING);
    assertThat(domain.nodes().get(0).state()).isEqualTo(NodeState.CURRENT);
  }

  @Test
  void readsHowEachNodeOfAClusterStands() {
    api.then(
        200,
        """
        {"nodes":[
          {"id":"nod_1","name":"edge-1","state":"behind","https_address":"192.0.2.1:443","http_address":"192.0.2.1:80",
           "version":"0.1.0","position":"1.7","held_removals":150,"digest_differs":true,"acked_at":"2026-11-01T10:00:02Z"},
          {"id":"nod_2","name":"edge-2","state":"joining","https_address":"192.0.2.2:443","http_address":"192.0.2.2:80"}]}\
        """);
    var nodes = nameplate.clusters().nodes("clu_1");
    assertThat(nodes.get(0).heldRemovals()).isEqualTo(150);
    assertThat(nodes.get(0).digestDiffers()).isTrue();
    assertThat(nodes.get(0).position()).contains("1.7");
    assertThat(nodes.get(1).heldRemovals()).isZero();
    assertThat(nodes.get(1).digestDiffers()).isFalse();
    assertThat(nodes.get(1).ackedAt()).isEmpty();
  }

  @Test
  void readsNamesInEveryScriptWhateverThePlatformsCharset() {
    api.then(
        200,
        Answers.domain("dom_1", "xn--bcher-kva.example", "active")
            .replace(
                "\"hostname_unicode\":\"xn--bcher-kva.example\"",
                "\"hostname_unicode\":\"bücher.例え.😀\""));
    assertThat(nameplate.domains().get("dom_1").hostnameUnicode()).isEqualTo("bücher.例え.😀");
  }

  @Test
  void survivesWordsAndFieldsOfALaterServer() {
    api.then(
        200,
        Answers.domain("dom_1", "shop.acme.com", "hibernating")
            .replace("\"who\":\"customer\"", "\"who\":\"registrar\"")
            .replace("\"cluster_id\"", "\"colour\":\"green\",\"cluster_id\""));
    var domain = nameplate.domains().get("dom_1");
    assertThat(domain.status()).isEqualTo(DomainStatus.UNRECOGNIZED);
    assertThat(domain.conditions().get(1).who()).isEqualTo(Condition.Actor.UNRECOGNIZED);
  }

  @Test
  void repeatsALostPostUnderTheSameKey() {
    api.thenLoseTheReply()
        .thenLoseTheReply()
        .then(201, Answers.domain("dom_1", "shop.acme.com", "pending"));
    nameplate.domains().add("shop.acme.com", "https://origin.example.net");
    assertThat(api.requests()).hasSize(3);
    assertThat(api.requests())
        .extracting(request -> request.header("Idempotency-Key").orElseThrow())
        .hasSize(3)
        .containsOnly(api.requests().get(0).header("Idempotency-Key").orElseThrow());
    assertThat(api.requests())
        .extracting(ScriptedApi.Request::body)
        .containsOnly(api.requests().get(0).body());
  }

  @Test
  void usesAnotherKeyForEachCall() {
    api.then(201, Answers.domain("dom_1", "a.acme.com", "pending"))
        .then(201, Answers.domain("dom_2", "b.acme.com", "pending"));
    nameplate.domains().add("a.acme.com", "https://origin.example.net");
    nameplate.domains().add("b.acme.com", "https://origin.example.net");
    assertThat(api.requests().get(0).header("Idempotency-Key"))
        .isNotEqualTo(api.requests().get(1).header("Idempotency-Key"));
  }

  @Test
  void sendsTheCallersOwnKey() {
    api.then(201, Answers.domain("dom_1", "a.acme.com", "pending"));
    nameplate.domains().add(NewDomain.of("a.acme.com", "https://origin.example.net"), "order-17");
    assertThat(api.requests().get(0).header("Idempotency-Key")).contains("order-17");
  }

  @Test
  void speaksForAnotherTeamWithItsKey() {
    api.then(200, "{\"id\":\"tea_2\",\"name\":\"Other\",\"scopes\":[]}");
    assertThat(nameplate.withApiKey("np_live_other").team().name()).isEqualTo("Other");
    assertThat(api.requests().get(0).header("Authorization")).contains("Bearer np_live_other");
  }

  @Test
  void waitsAsLongAsTheServerAsksAndTriesAgain() {
    api.then(429, Map.of("Retry-After", "3"), Answers.problem(429, "too-many-requests", "Slow."))
        .then(200, Answers.domain("dom_1", "shop.acme.com", "active"));
    assertThat(nameplate.domains().get("dom_1").isActive()).isTrue();
    assertThat(time.sleeps)
        .singleElement(InstanceOfAssertFactories.DURATION)
        .isBetween(Duration.ofSeconds(3), Duration.ofMillis(3050));
  }

  @Test
  void triesFiveTimesAndThenSaysThatTheServerIsUnavailable() {
    for (var i = 0; i < 5; i++) {
      api.then(503, Answers.problem(503, "unavailable", "Not now."));
    }
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOfSatisfying(
            ProblemException.Unavailable.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(503);
              assertThat(problem.requestId()).contains("req_1");
            });
    assertThat(api.requests()).hasSize(5);
    assertThat(time.sleeps).hasSize(4);
  }

  @Test
  void handsALongWaitToTheCallerInsteadOfSleeping() {
    api.then(429, Map.of("Retry-After", "3600"), Answers.problem(429, "quota", "Tomorrow."));
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOfSatisfying(
            ProblemException.RateLimited.class,
            problem -> assertThat(problem.retryAfter()).contains(Duration.ofHours(1)));
    assertThat(api.requests()).hasSize(1);
  }

  @Test
  void repeatsNothingThatWasRefused() {
    api.then(500, Answers.problem(500, "internal", "A bug."));
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOf(ProblemException.Unavailable.class);
    assertThat(api.requests()).hasSize(1);
  }

  @Test
  void saysThatNoAnswerCame() {
    var unreachable =
        Nameplate.builder()
            .url("http://127.0.0.1:1")
            .apiKey("np_live_secret")
            .timekeeper(time)
            .build();
    assertThatThrownBy(unreachable::team).isInstanceOf(ConnectionException.class);
    assertThat(time.sleeps).hasSize(4);
  }

  @Test
  void endsATryWhoseAnswerStopsInTheMiddle() {
    api.thenStopInTheMiddle("{\"id\":\"dom_1\",");
    var impatient = client().requestTimeout(Duration.ofMillis(300)).maxRetries(0).build();
    assertThatThrownBy(() -> impatient.domains().get("dom_1"))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("no complete answer within PT0.3S");
  }

  @Test
  void saysThatAnAnswerIsNotJson() {
    api.then(200, "<html>Welcome to the hotel's network</html>");
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOf(UnreadableAnswerException.class);
  }

  @Test
  void saysWhichPartOfAnAnswerIsMissing() {
    api.then(
        200, Answers.domain("dom_1", "shop.acme.com", "active").replace("\"cluster_id\"", "\"c\""));
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOf(UnreadableAnswerException.class)
        .hasMessage("the answer has no \"cluster_id\"");
  }

  @Test
  void tellsWhatWasWrongWithEachField() {
    api.then(
        422,
        """
        {"type":"https://nameplate.example/problems/invalid-field","title":"Not accepted","status":422,
         "errors":[{"pointer":"/hostname","reason":"public-suffix","detail":"co.uk is a public suffix."}]}\
        """);
    assertThatThrownBy(() -> nameplate.domains().add("co.uk", "https://origin.example.net"))
        .isInstanceOfSatisfying(
            ProblemException.Invalid.class,
            problem -> {
              assertThat(problem.code()).isEqualTo("invalid-field");
              assertThat(problem.errors())
                  .containsExactly(
                      new FieldError(
                          "/hostname", Optional.of("public-suffix"), "co.uk is a public suffix."));
              assertThat(problem)
                  .hasMessage(
                      "422 invalid-field: Not accepted (/hostname: co.uk is a public suffix.)");
            });
  }

  @Test
  void givesEachStatusItsException() {
    api.then(401, Answers.problem(401, "unauthenticated", "No."))
        .then(403, Answers.problem(403, "forbidden", "No."))
        .then(404, Answers.problem(404, "not-found", "No."))
        .then(409, Answers.problem(409, "domain-exists", "No."));
    assertThatThrownBy(() -> nameplate.team()).isInstanceOf(ProblemException.Unauthenticated.class);
    assertThatThrownBy(() -> nameplate.clusters().createJoinToken("clu_1"))
        .isInstanceOf(ProblemException.Forbidden.class);
    assertThatThrownBy(() -> nameplate.domains().suspend("dom_1"))
        .isInstanceOf(ProblemException.NotFound.class);
    assertThatThrownBy(() -> nameplate.domains().transfer("dom_1"))
        .isInstanceOf(ProblemException.Conflict.class);
  }

  @Test
  void makesAProblemOfAnAnswerThatHasNone() {
    api.then(404, "<html>nginx</html>");
    assertThatThrownBy(() -> nameplate.domains().get("dom_1"))
        .isInstanceOf(ProblemException.NotFound.class)
        .hasMessageContaining("without a problem document");
  }

  @Test
  void takesARemovalWhoseReplyWasLostForDone() {
    api.thenLoseTheReply().then(404, Answers.problem(404, "not-found", "Gone."));
    nameplate.domains().remove("dom_1");
    assertThat(api.requests()).extracting(ScriptedApi.Request::method).containsOnly("DELETE");
  }

  @Test
  void takesARemovalThatAServerWithoutItsDatabaseMayHaveDoneForDone() {
    api.then(503, Map.of("Retry-After", "1"), Answers.problem(503, "unavailable", "Restart."))
        .then(404, Answers.problem(404, "not-found", "Gone."));
    nameplate.domains().remove("dom_1");
    assertThat(api.requests()).hasSize(2);
  }

  @Test
  void saysThatThereWasNothingToRemove() {
    api.then(404, Answers.problem(404, "not-found", "Gone."));
    assertThatThrownBy(() -> nameplate.domains().remove("dom_1"))
        .isInstanceOf(ProblemException.NotFound.class);
  }

  @Test
  void walksAllPages() {
    var first = Answers.domain("dom_1", "a.acme.com", "active");
    var second = Answers.domain("dom_2", "b.acme.com", "active");
    api.then(200, "{\"domains\":[" + first + "],\"next_cursor\":\"a b&c\"}")
        .then(200, "{\"domains\":[" + second + "]}");
    var filter = DomainFilter.all().withStatus(DomainStatus.ACTIVE).withPrefix("bü");
    assertThat(nameplate.domains().list(filter).stream().map(Domain::id))
        .containsExactly("dom_1", "dom_2");
    assertThat(api.requests())
        .extracting(request -> request.uri().toString())
        .containsExactly(
            "/v1/domains?status=active&prefix=b%C3%BC&limit=100",
            "/v1/domains?status=active&prefix=b%C3%BC&cursor=a%20b%26c&limit=100");
  }

  @Test
  void endsTheHistoryAtItsEmptyPage() {
    api.then(
            200,
            """
            {"events":[{"id":"evt_1","type":"domain.added","at":"2026-11-01T10:00:00Z","message":"Added.","data":{"by":"key","old":null}}],
             "next_cursor":"c1"}\
            """)
        .then(200, "{\"events\":[],\"next_cursor\":\"c1\"}");
    assertThat(nameplate.domains().events("dom_1").stream())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).containsExactly(Map.entry("by", "key")));
  }

  @Test
  void tellsEachChangeUntilTheDomainIsActive() {
    api.then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"))
        .then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"))
        .then(503, Map.of("Retry-After", "600"), Answers.problem(503, "unavailable", "Restart."))
        .then(200, Answers.domain("dom_1", "shop.acme.com", "issuing"))
        .then(200, Answers.domain("dom_1", "shop.acme.com", "active"));
    var seen = new ArrayList<DomainStatus>();
    nameplate
        .domains()
        .waitUntilActive("dom_1", Duration.ofMinutes(1), domain -> seen.add(domain.status()));
    assertThat(seen)
        .containsExactly(DomainStatus.VERIFYING, DomainStatus.ISSUING, DomainStatus.ACTIVE);
  }

  @Test
  void saysWhatIsMissingWhenTimeRunsOut() {
    for (var i = 0; i < 10; i++) {
      api.then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"));
    }
    assertThatThrownBy(() -> nameplate.domains().waitUntilActive("dom_1", Duration.ofSeconds(3)))
        .isInstanceOf(WaitTimedOutException.class)
        .hasMessage(
            "shop.acme.com is verifying after PT3S (no-such-name: There is no such name: shop.acme.com.)");
    assertThat(time.sleeps.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void endsAWaitInTimeAlthoughTheServerStalls() {
    api.then(200, Answers.domain("dom_1", "shop.acme.com", "verifying"));
    for (var i = 0; i < 20; i++) {
      api.thenStopInTheMiddle("{\"id\":");
    }
    var began = Instant.now();
    var real =
        client().timekeeper(Timekeeper.SYSTEM).requestTimeout(Duration.ofMinutes(10)).build();
    assertThatThrownBy(() -> real.domains().waitUntilActive("dom_1", Duration.ofSeconds(2)))
        .isInstanceOfAny(WaitTimedOutException.class, ConnectionException.class);
    // One try alone may take ten minutes.
    assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void triesNoMoreWhenTheTimeOfAWaitIsOver() {
    for (var i = 0; i < 50; i++) {
      api.then(503, Map.of("Retry-After", "2"), Answers.problem(503, "unavailable", "Restart."));
    }
    assertThatThrownBy(() -> nameplate.domains().waitUntilActive("dom_1", Duration.ofSeconds(5)))
        .isInstanceOf(ProblemException.Unavailable.class);
    assertThat(time.sleeps.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(Duration.ofMillis(7_500));
  }

  @Test
  void tellsEveryTryWithoutTheKey() {
    var exchanges = new ArrayList<Exchange>();
    api.thenLoseTheReply().then(200, "{\"id\":\"tea_1\",\"name\":\"Acme\",\"scopes\":[\"all\"]}");
    var watched = client().onExchange(exchanges::add).build();
    // A POST, since the JDK itself repeats a lost GET unseen.
    assertThatThrownBy(() -> watched.domains().suspend("dom_1"))
        .isInstanceOf(UnreadableAnswerException.class);
    assertThat(exchanges).extracting(Exchange::status).containsExactly(0, 200);
    assertThat(exchanges).extracting(Exchange::attempt).containsExactly(1, 2);
    assertThat(exchanges.toString()).doesNotContain("np_live_secret");
  }

  @Test
  void refusesSettingsThatCannotWork() {
    assertThatThrownBy(() -> Nameplate.builder().url("localhost:8080"))
        .hasMessageContaining("expected: http or https");
    assertThatThrownBy(() -> Nameplate.builder().apiKey("two words"))
        .hasMessageNotContaining("two words");
    assertThatThrownBy(() -> Nameplate.builder().url("http://localhost").build())
        .hasMessage("apiKey is not set");
    assertThatThrownBy(() -> Nameplate.builder().requestTimeout(Duration.ZERO))
        .hasMessageContaining("more than zero");
  }
}
