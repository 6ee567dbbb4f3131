package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.DomainId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Domains through the API, on a real database. Every answer is held against openapi.yaml.
class DomainsApiIT {
  private static Installation installation;
  private static Installation.Team team;
  private static Installation.Team other;
  private static Client client;
  private static Client stranger;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1", "2001:db8:0:0::1");
    team = installation.team("acme");
    other = installation.team("other");
    client = new Client(installation.server.uri(), team.key());
    stranger = new Client(installation.server.uri(), other.key());
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @Test
  void addsADomainAndSaysWhereItIs() {
    var answer =
        client.post(
            "/v1/domains",
            """
            {"hostname":"Shop.Customer-1.DE.","origin":{"url":"http://127.0.80.1:14020/"}}\
            """);
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("/hostname")).isEqualTo("shop.customer-1.de");
    assertThat(answer.text("/status")).isEqualTo("pending");
    assertThat(answer.text("/origin/host_header")).isEqualTo("visitor");
    assertThat(answer.body().path("conditions")).hasSize(8);
    assertThat(answer.header("Location")).isEqualTo("/v1/domains/" + answer.text("/id"));
    assertThat(client.get(answer.header("Location")).body()).isEqualTo(answer.body());
  }

  @Test
  void listsACnameAndAnOptionalTokenForASubdomain() {
    var records = client.get("/v1/domains/" + client.add("www.customer-2.de")).body();
    assertThat(records.at("/dns_records/0/type").asText()).isEqualTo("CNAME");
    assertThat(records.at("/dns_records/0/name").asText()).isEqualTo("www");
    assertThat(records.at("/dns_records/0/value").asText())
        .matches("[a-z0-9]{26}\\.shared\\.edge\\.nameplate\\.net");
    assertThat(records.at("/dns_records/1/fqdn").asText())
        .isEqualTo("_nameplate.www.customer-2.de");
    assertThat(records.at("/dns_records/1/required").asBoolean()).isFalse();
  }

  @Test
  void listsAddressesAndARequiredTokenForAnApexOnASharedCluster() {
    var records = client.get("/v1/domains/" + client.add("bücher-3.de")).body().path("dns_records");
    assertThat(records).hasSize(3);
    assertThat(records.at("/0").toString())
        .contains("\"type\":\"A\"", "\"name\":\"@\"", "\"value\":\"192.0.2.1\"");
    assertThat(records.at("/1").toString())
        .contains("\"type\":\"AAAA\"", "\"value\":\"2001:db8::1\"");
    assertThat(records.at("/2").toString())
        .contains("\"fqdn\":\"_nameplate.xn--bcher-3-n2a.de\"", "\"required\":true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                                        | 400 | malformed-json |
          {"hostname":"a.de","hostname":"b.de"}                    | 400 | malformed-json |
          {"hostname":"a.de"} x                                    | 400 | malformed-json |
          []                                                       | 422 | invalid-fields | ''
          {}                                                       | 422 | invalid-fields | /hostname
          {"hostname":1,"origin":{"url":"https://o.net"}}          | 422 | invalid-fields | /hostname
          {"hostname":"","origin":{"url":"https://o.net"}}         | 422 | invalid-fields | /hostname
          {"hostname":"co.uk","origin":{"url":"https://o.net"}}    | 422 | invalid-fields | /hostname
          {"hostname":"x.sandbox","origin":{"url":"https://o.net"}} | 422 | invalid-fields | /hostname
          {"hostname":"a.shared.edge.nameplate.net","origin":{"url":"https://o.net"}} | 422 | invalid-fields | /hostname
          {"hostname":"a\\u0000.de","origin":{"url":"https://o.net"}} | 422 | invalid-fields | /hostname
          {"hostname":"a.de","origin":"https://o.net"}             | 422 | invalid-fields | /origin
          {"hostname":"a.de","origin":{}}                          | 422 | invalid-fields | /origin/url
          {"hostname":"a.de","origin":{"url":"http://127.0.0.1"}}  | 422 | invalid-fields | /origin/url
          {"hostname":"a.de","origin":{"url":"http://10.0.0.1/"}}  | 422 | invalid-fields | /origin/url
          {"hostname":"a.de","origin":{"url":"https://o.net","host_header":"mine"}} | 422 | invalid-fields | /origin/host_header
          {"hostname":"a.de","origin":{"url":"https://o.net"},"a/b":1} | 422 | invalid-fields | /a~1b
          {"hostname":"a.de","origin":{"url":"https://o.net"},"cluster_id":"clu_1"} | 422 | invalid-fields | /cluster_id
          """)
  void refusesABadBodyAndPointsAtIt(String body, int status, String problem, String pointer) {
    var answer = client.post("/v1/domains", body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem()).isEqualTo(problem);
    if (pointer != null) {
      assertThat(answer.body().path("errors").findValuesAsText("pointer")).contains(pointer);
    }
  }

  @Test
  void reportsEveryBadFieldAtOnce() {
    var answer =
        client.post(
            "/v1/domains",
            """
            {"hostname":"com","origin":{"url":"ftp://x"},"cluster_id":"nope"}\
            """);
    assertThat(answer.body().path("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/hostname", "/origin/url", "/cluster_id");
  }

  @Test
  void refusesABodyOverSixtyFourKibibytes() {
    var answer = client.post("/v1/domains", "\"" + "x".repeat(66_000) + "\"");
    assertThat(answer.problem()).isEqualTo("body-too-large");
  }

  @Test
  void refusesOtherMediaTypesAndMethods() {
    var xml = client.call("POST", "/v1/domains", "<a/>", Map.of("Content-Type", "text/xml"));
    assertThat(xml.problem()).isEqualTo("unsupported-media-type");
    assertThat(client.call("PUT", "/v1/domains", null, Map.of()).problem())
        .isEqualTo("method-not-allowed");
    assertThat(client.get("/v1/nothing").problem()).isEqualTo("not-found");
    assertThat(client.call("GET", "/v1/domains", null, Map.of("Accept", "text/html")).problem())
        .isEqualTo("not-acceptable");
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,limit",
    "limit=201,limit",
    "limit=x,limit",
    "status=odd,status",
    "prefix=%00,prefix"
  })
  void refusesBadParametersByName(String query, String pointer) {
    var answer = client.get("/v1/domains?" + query);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void answersTheSameIdThatACallerSends() {
    var answer = client.call("GET", "/v1/team", null, Map.of("X-Request-Id", "req-4711"));
    assertThat(answer.header("X-Request-Id")).isEqualTo("req-4711");
    var odd = client.call("GET", "/v1/team", null, Map.of("X-Request-Id", "no spaces"));
    assertThat(odd.header("X-Request-Id")).isNotEqualTo("no spaces");
  }

  @Test
  void refusesAHostnameTwiceWithinATeamOnly() {
    client.add("twice.customer-4.de");
    var again = client.post("/v1/domains", Client.domain("TWICE.customer-4.de"));
    assertThat(again.problem()).isEqualTo("domain-exists");
    assertThat(stranger.post("/v1/domains", Client.domain("twice.customer-4.de")).status())
        .isEqualTo(201);
  }

  @Test
  void changesOnlyWhatAPatchNames() {
    var path = "/v1/domains/" + client.add("patch.customer-5.de");
    client.patch(path, "{\"origin\":{\"host_header\":\"origin\"}}");
    var answer = client.patch(path, "{\"origin\":{\"url\":\"https://new.example.net:8443/app\"}}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/origin/url")).isEqualTo("https://new.example.net:8443/app");
    assertThat(answer.text("/origin/host_header")).isEqualTo("origin");
    var reset = client.patch(path, "{\"origin\":{\"host_header\":null}}");
    assertThat(reset.text("/origin/host_header")).isEqualTo("visitor");
  }

  @Test
  void patchesUnderEitherMediaType() {
    var path = "/v1/domains/" + client.add("patch.customer-6.de");
    var body = "{\"origin\":{\"host_header\":\"origin\"}}";
    assertThat(
            client.call("PATCH", path, body, Map.of("Content-Type", "application/json")).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"origin":null}                 | /origin
          {"origin":{"url":null}}         | /origin/url
          {"origin":{"url":"http://10.1.1.1"}} | /origin/url
          {"hostname":"b.customer-7.de"}  | /hostname
          {"origin":{"port":1}}           | /origin/port
          {"origin":{"port":null}}        | /origin/port
          {"colour":null}                 | /colour
          """)
  void refusesAPatchThatCannotBe(String patch, String pointer) {
    var id = stranger.add("p" + Integer.toUnsignedString(patch.hashCode()) + ".customer-7.de");
    var answer = stranger.patch("/v1/domains/" + id, patch);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void callsAnUnknownFieldUnknownAlsoWhenItIsNull() {
    var path = "/v1/domains/" + client.add("null.customer-5.de");
    var answer = client.patch(path, "{\"colour\":null,\"origin\":{\"url\":null}}");
    assertThat(answer.body().path("errors").findValuesAsText("reason"))
        .containsExactlyInAnyOrder("unknown-field", "not-removable");
  }

  @Test
  void growsTheGenerationOnlyWhenSomethingElseIsWanted() {
    var id = client.add("generation.customer-8.de");
    var claims = new Claims(installation);
    client.patch("/v1/domains/" + id, "{}");
    client.patch("/v1/domains/" + id, "{\"origin\":{\"url\":\"http://127.0.80.1:14020\"}}");
    client.post("/v1/domains/" + id + "/resume", null);
    assertThat(claims.row(team.id(), id).generation()).isEqualTo(1);
    client.post("/v1/domains/" + id + "/suspend", null);
    client.post("/v1/domains/" + id + "/suspend", null);
    assertThat(claims.row(team.id(), id).generation()).isEqualTo(2);
  }

  @Test
  void forgetsARemovedDomainAndGivesItsRecordsBackOnReturn() {
    var path = "/v1/domains/" + client.add("back.customer-9.de");
    var before = client.get(path).body().path("dns_records");
    assertThat(client.delete(path).status()).isEqualTo(202);
    assertThat(client.get(path).status()).isEqualTo(404);
    assertThat(client.get(path + "/events").status()).isEqualTo(404);
    assertThat(client.delete(path).status()).isEqualTo(404);
    var again = client.get("/v1/domains/" + client.add("back.customer-9.de"));
    assertThat(again.body().path("dns_records")).isEqualTo(before);
  }

  @Test
  void givesAnotherTeamRecordsOfItsOwn() {
    var mine = client.get("/v1/domains/" + client.add("mine.customer-10.de")).body();
    var theirs = stranger.get("/v1/domains/" + stranger.add("mine.customer-10.de")).body();
    for (int i = 0; i < 2; i++) {
      assertThat(mine.at("/dns_records/%d/value".formatted(i)))
          .isNotEqualTo(theirs.at("/dns_records/%d/value".formatted(i)));
    }
  }

  @Test
  void tellsTheStoryInOrderAndContinuesIt() {
    var path = "/v1/domains/" + client.add("story.customer-11.de");
    client.post(path + "/suspend", null);
    var page = client.get(path + "/events");
    assertThat(page.body().findValuesAsText("type"))
        .startsWith("added", "suspended", "status-changed");
    client.post(path + "/resume", null);
    var next = client.get(path + "/events?cursor=" + page.text("/next_cursor"));
    assertThat(next.body().findValuesAsText("type")).startsWith("resumed", "status-changed");
    var last = client.get(path + "/events?cursor=" + next.text("/next_cursor"));
    assertThat(last.body().path("events")).isEmpty();
    assertThat(last.text("/next_cursor")).isNotEmpty();
  }

  @Test
  void pagesThroughAllDomainsOfAPrefixInOrder() {
    IntStream.range(0, 7).forEach(i -> client.add("page" + i + ".customer-12.de"));
    var seen = new ArrayList<String>();
    var path = "/v1/domains?prefix=PAGE&limit=3";
    var page = client.get(path);
    seen.addAll(page.body().findValuesAsText("hostname"));
    while (page.body().has("next_cursor")) {
      page = client.get(path + "&cursor=" + page.text("/next_cursor"));
      seen.addAll(page.body().findValuesAsText("hostname"));
    }
    assertThat(seen)
        .containsExactlyElementsOf(
            IntStream.range(0, 7).mapToObj(i -> "page" + i + ".customer-12.de").toList());
  }

  @Test
  void findsNamesByTheirUnicodePrefixToo() {
    client.add("müller-13.de");
    assertThat(client.get("/v1/domains?prefix=M%C3%9C").body().findValuesAsText("hostname"))
        .containsExactly("xn--mller-13-65a.de");
  }

  @Test
  void findsBothFormsUnderAnAsciiPrefixInTheOrderOfHostnames() {
    client.add("zq-b.de");
    client.add("zqü.de");
    client.add("zq-a.zqü.de");
    client.add("zqz.de");
    var path = "/v1/domains?prefix=ZQ&limit=1";
    var seen = new ArrayList<String>();
    var page = client.get(path);
    seen.addAll(page.body().findValuesAsText("hostname"));
    while (page.body().has("next_cursor")) {
      page = client.get(path + "&cursor=" + page.text("/next_cursor"));
      seen.addAll(page.body().findValuesAsText("hostname"));
    }
    assertThat(seen).containsExactly("xn--zq-yka.de", "zq-a.xn--zq-yka.de", "zq-b.de", "zqz.de");
    assertThat(client.get("/v1/domains?prefix=xn--zq").body().findValuesAsText("hostname"))
        .containsExactly("xn--zq-yka.de");
  }

  @Test
  void findsNamesBeyondTheBasicPlane() {
    client.add("𠮷-13.jp");
    client.add("𠮷𠮷-13.jp");
    var found = client.get("/v1/domains?prefix=%F0%A0%AE%B7").body();
    assertThat(found.findValuesAsText("hostname_unicode"))
        .containsExactlyInAnyOrder("𠮷-13.jp", "𠮷𠮷-13.jp");
  }

  @Test
  void refusesACursorOfAnotherListOrTeam() {
    client.add("cursor-a.customer-14.de");
    client.add("cursor-b.customer-14.de");
    var cursor = client.get("/v1/domains?prefix=cursor&limit=1").text("/next_cursor");
    assertThat(client.get("/v1/domains?limit=1&cursor=" + cursor).problem())
        .isEqualTo("invalid-cursor");
    assertThat(stranger.get("/v1/domains?prefix=cursor&limit=1&cursor=" + cursor).problem())
        .isEqualTo("invalid-cursor");
    assertThat(client.get("/v1/domains?cursor=AAAA").problem()).isEqualTo("invalid-cursor");
  }

  @Test
  void repeatsTheAnswerUnderTheSameKey() {
    var body = Client.domain("once.customer-15.de");
    var first = client.post("/v1/domains", body, "key-15");
    var second = client.post("/v1/domains", body, "key-15");
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    assertThat(client.post("/v1/domains", Client.domain("two.customer-15.de"), "key-15").problem())
        .isEqualTo("idempotency-key-reused");
    assertThat(stranger.post("/v1/domains", body, "key-15").status()).isEqualTo(201);
  }

  @Test
  void comparesTheBodyUnderAKeyBeforeItJudgesIt() {
    var first = client.post("/v1/domains", Client.domain("first.customer-15.de"), "key-15-b");
    assertThat(first.status()).isEqualTo(201);
    for (var other :
        new String[] {
          Client.domain("co.uk"),
          "{\"hostname\":\"x.customer-15.de\"}",
          "{\"hostname\":1}",
          "{",
          "[]"
        }) {
      assertThat(client.post("/v1/domains", other, "key-15-b").problem())
          .as(other)
          .isEqualTo("idempotency-key-reused");
    }
    assertThat(client.post("/v1/domains", "{", "key-15-c").problem()).isEqualTo("malformed-json");
    assertThat(client.post("/v1/domains", Client.domain("co.uk"), "key-15-c").problem())
        .isEqualTo("invalid-fields");
  }

  @Test
  void refusesOriginsAtAddressesOfThisInstallation() {
    var own = installation.team("loops");
    installation.cluster("loop", Optional.of(own.id()), "45.60.7.8");
    installation.admin.inNoTeam(connection -> {
      try (var insert =
          connection.prepareStatement(
              """
              insert into node (id, cluster_id, name, state, https_address, http_address, version, csr, sealing_key)
                select gen_random_uuid(), id, 'n', 'joined', '[2a00:1450::7]:443', '45.60.7.9:80', '1', '', '' from cluster where name = 'loop'\
              """)) {
        return insert.executeUpdate();
      }
    });
    // What was looked up for other tests is forgotten within ten seconds.
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> {
          for (var address : List.of("45.60.7.8", "45.60.7.9", "[2a00:1450::7]")) {
            var body =
                "{\"hostname\":\"loop.customer-15.de\",\"origin\":{\"url\":\"https://%s\"}}"
                    .formatted(address);
            var answer = client.post("/v1/domains", body);
            if (answer.status() == 201) {
              client.delete("/v1/domains/" + answer.text("/id"));
            }
            assertThat(answer.text("/errors/0/reason")).isEqualTo("origin-address");
          }
        });
  }

  @Test
  void carriesConcurrentRequestsWithOneKeyOutOnce()
      throws InterruptedException, ExecutionException {
    var body = Client.domain("race.customer-16.de");
    Callable<Answer> call = () -> client.post("/v1/domains", body, "key-16");
    var ids = new ArrayList<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(java.util.Collections.nCopies(12, call))) {
        assertThat(answer.get().status()).isEqualTo(201);
        ids.add(answer.get().text("/id"));
      }
    }
    assertThat(ids).hasSize(12).containsOnly(ids.getFirst());
  }

  @Test
  void remembersNoRefusal() {
    var first = client.add("refused.customer-17.de");
    var body = Client.domain("refused.customer-17.de");
    assertThat(client.post("/v1/domains", body, "key-17").status()).isEqualTo(409);
    client.delete("/v1/domains/" + first);
    assertThat(client.post("/v1/domains", body, "key-17").status()).isEqualTo(201);
  }

  @Test
  void looksAgainWithoutABodyAndOnlyOnceInTwoSeconds() {
    var id = client.add("check.customer-18.de");
    assertThat(client.post("/v1/domains/" + id + "/check", null).status()).isEqualTo(202);
    assertThat(client.post("/v1/domains/" + id + "/check", null).status()).isEqualTo(202);
    assertThat(instructions(id)).as("the claim's own is the look that was asked for").isEqualTo(1);
  }

  @Test
  void suspendsAndResumesWithTheStatusShown() {
    var path = "/v1/domains/" + client.add("pause.customer-19.de");
    assertThat(client.post(path + "/suspend", null).text("/status")).isEqualTo("suspended");
    assertThat(client.post(path + "/resume", null).text("/status")).isEqualTo("pending");
  }

  @Test
  void movesAHostnameAtOnceWhenTheHoldersProofIsGone() {
    var claims = new Claims(installation);
    var held = client.add("moves.customer-20.de");
    claims.proved(team.id(), held);
    claims.serve(team.id(), held);
    var claim = stranger.add("moves.customer-20.de");
    assertThat(stranger.post("/v1/domains/" + claim + "/transfer", null).problem())
        .isEqualTo("proof-missing");
    claims.provedWithoutHolding(other.id(), claim);
    assertThat(stranger.get("/v1/domains/" + claim).text("/transfer")).isEqualTo("possible");
    claims.lost(team.id(), held);
    var moved = stranger.post("/v1/domains/" + claim + "/transfer", null);
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.body().path("holder").asBoolean()).isTrue();
    assertThat(client.get("/v1/domains/" + held).body().path("holder").asBoolean()).isFalse();
    assertThat(client.get("/v1/domains/" + held + "/events").body().findValuesAsText("type"))
        .contains("transferred-away");
    assertThat(claims.serve(team.id(), held)).isEmpty();
  }

  @Test
  void asksTheOperatorWhenTheHoldersProofStands() {
    var claims = new Claims(installation);
    var held = client.add("asks.customer-21.de");
    claims.proved(team.id(), held);
    var claim = stranger.add("asks.customer-21.de");
    claims.provedWithoutHolding(other.id(), claim);
    var asked = stranger.post("/v1/domains/" + claim + "/transfer", null, "key-21");
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.text("/transfer")).isEqualTo("requested");
    assertThat(installation.desk.confirmTransfer(DomainId.parse(claim)))
        .isEqualTo(io.nameplate.domains.Transfer.MOVED);
    assertThat(stranger.get("/v1/domains/" + claim).body().path("holder").asBoolean()).isTrue();
  }

  @Test
  void refusesToTransferWhatNobodyHolds() {
    var id = client.add("free.customer-22.de");
    new Claims(installation).provedWithoutHolding(team.id(), id);
    assertThat(client.post("/v1/domains/" + id + "/transfer", null).problem())
        .isEqualTo("hostname-free");
  }

  @Test
  void leavesTokensOfASharedClusterToTheOperator() {
    var shared = client.get("/v1/clusters").text("/clusters/0/id");
    assertThat(client.post("/v1/clusters/" + shared + "/join-tokens", null).problem())
        .isEqualTo("operator-only");
  }

  @Test
  void makesATokenOfAnOwnClusterAndRepeatsItUnderItsKey() {
    var owner = installation.team("owner of a cluster");
    var cluster = installation.cluster("own", Optional.of(owner.id()), "192.0.2.9");
    var api = new Client(installation.server.uri(), owner.key());
    var path = "/v1/clusters/" + cluster + "/join-tokens";
    var token = api.post(path, null, "key-23");
    assertThat(token.text("/token")).startsWith("npj_").endsWith("." + installation.identity.pin());
    assertThat(token.text("/command"))
        .isEqualTo(
            "echo %s | ./nameplate edge join --control https://control.example.net:14001"
                .formatted(token.text("/token")));
    assertThat(api.post(path, null, "key-23").body()).isEqualTo(token.body());
    assertThat(api.post(path, null).text("/token")).isNotEqualTo(token.text("/token"));
    assertThat(Instant.parse(token.text("/expires_at"))).isAfter(Instant.EPOCH);
  }

  @Test
  void makesAnotherTokenUnderTheSameKeyAfterADay() {
    var owner = installation.team("owner for long");
    var cluster = installation.cluster("own-long", Optional.of(owner.id()), "192.0.2.10");
    var api = new Client(installation.server.uri(), owner.key());
    var path = "/v1/clusters/" + cluster + "/join-tokens";
    var first = api.post(path, null, "key-24").text("/token");
    installation.admin.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              "update idempotency set created_at = now() - interval '25 hours' where key = 'key-24'")) {
        return update.executeUpdate();
      }
    });
    var second = api.post(path, null, "key-24");
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.text("/token")).isNotEqualTo(first);
    assertThat(api.post(path, null, "key-24").body()).isEqualTo(second.body());
  }

  @Test
  void isReadyWithoutTemporalAndShowsMetrics() {
    assertThat(new Client(installation.server.uri(), null).get("/health/live").status())
        .isEqualTo(200);
    assertThat(new Client(installation.server.uri(), null).get("/health/ready").status())
        .isEqualTo(200);
  }

  private static long instructions(String domain) {
    return installation.api.inTeam(
        team.id(),
        connection -> {
          try (var select =
              connection.prepareStatement("select count(*) from outbox where domain_id = ?")) {
            select.setObject(1, DomainId.parse(domain).uuid());
            try (var row = select.executeQuery()) {
              row.next();
              return row.getLong(1);
            }
          }
        });
  }
}
