package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.app.Contract.Operation;
import io.nameplate.teams.Scope;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who may do what: every operation of openapi.yaml with no key, with each single scope, and with
/// another team's key. An operation that is added there is covered by itself.
class AccessIT {
  private static Installation installation;
  private static Installation.Team owner;
  private static Installation.Team stranger;
  private static String domain;
  private static String cluster;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    owner = installation.team("owner");
    stranger = installation.team("stranger");
    cluster = installation.cluster("own", Optional.of(owner.id()), "192.0.2.2").toString();
    domain = client(owner.key()).add("shop.customer.de");
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryOperationWithoutKey() {
    return operations(operation -> {
      var answer = call(client(null), operation);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    });
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryOperationWithAnUnknownKey() {
    var unknown = new io.nameplate.teams.ApiKey("np_live_" + "a".repeat(32));
    return operations(
        operation -> assertThat(call(client(unknown), operation).status()).isEqualTo(401));
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryOperationToAKeyWithoutItsScope() {
    var none = installation.key(owner.id(), Set.of(), Optional.empty());
    return operations(operation -> {
      var answer = call(client(none), operation);
      if (operation.id().equals("getTeam")) {
        assertThat(answer.status()).isEqualTo(200);
      } else {
        assertThat(answer.problem()).isEqualTo("scope-missing");
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> asksForTheScopeThatTheOperationIsAbout() {
    return Stream.of(Scope.values())
        .flatMap(scope -> {
          var others = EnumSet.complementOf(EnumSet.of(scope));
          var key = installation.key(owner.id(), others, Optional.empty());
          return Contract.read().guarded().stream()
              .filter(operation -> needs(operation).equals(Optional.of(scope)))
              .map(operation ->
                  DynamicTest.dynamicTest(
                      operation.id() + " needs " + scope.word(),
                      () ->
                          assertThat(call(client(key), operation).problem())
                              .isEqualTo("scope-missing")));
        });
  }

  @TestFactory
  Stream<DynamicTest> hidesEverythingOfATeamFromAnother() {
    return operations(operation -> {
      if (operation.path().contains("{")) {
        assertThat(call(client(stranger.key()), operation).status()).isEqualTo(404);
      } else if (operation.method().equals("GET")) {
        var body = call(client(stranger.key()), operation).body().toString();
        assertThat(body).doesNotContain(domain, cluster, owner.id().toString());
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> findsNothingUnderIdsOfNoForm() {
    return Stream.of("nope", "dom_", "x".repeat(200), "%00", "dom_" + "z".repeat(26), "..%2f")
        .flatMap(id ->
            Contract.read().guarded().stream()
                .filter(operation -> operation.path().contains("{"))
                .map(operation ->
                    DynamicTest.dynamicTest(
                        operation.id() + " " + id,
                        () ->
                            assertThat(call(client(owner.key()), operation, id).status())
                                .isIn(404, 400))));
  }

  /// What is served and not described would be untested; what is described and not served, a lie.
  @Test
  void servesExactlyWhatOpenapiYamlDescribes() {
    assertThat(installation.server.routes())
        .containsExactlyInAnyOrderElementsOf(
            Contract.read().operations().stream()
                .map(operation -> operation.method() + " " + operation.path())
                .toList());
  }

  @Test
  void refusesAnExpiredKey() {
    var expired =
        installation.key(
            owner.id(),
            EnumSet.allOf(Scope.class),
            Optional.of(Instant.parse("2026-01-01T00:00:00Z")));
    assertThat(client(expired).get("/v1/team").status()).isEqualTo(401);
  }

  @Test
  void storesNoUsableKey() {
    var stored =
        installation.admin.<List<String>>inNoTeam(connection -> {
          var rows = new java.util.ArrayList<String>();
          try (var select = connection.prepareStatement("select k::text from api_key k");
              var row = select.executeQuery()) {
            while (row.next()) {
              rows.add(row.getString(1));
            }
          }
          return rows;
        });
    assertThat(stored).isNotEmpty().noneMatch(row -> row.contains(owner.key().secret()));
  }

  private static Optional<Scope> needs(Operation operation) {
    if (operation.path().equals("/v1/team")) {
      return Optional.empty();
    }
    var domains = operation.path().startsWith("/v1/domains");
    var reads = operation.method().equals("GET");
    return Optional.of(
        domains
            ? reads ? Scope.DOMAINS_READ : Scope.DOMAINS_WRITE
            : reads ? Scope.CLUSTERS_READ : Scope.CLUSTERS_WRITE);
  }

  private static Stream<DynamicTest> operations(java.util.function.Consumer<Operation> test) {
    return Contract.read().guarded().stream()
        .map(operation -> DynamicTest.dynamicTest(operation.id(), () -> test.accept(operation)));
  }

  private static Answer call(Client client, Operation operation) {
    return call(client, operation, operation.path().contains("domain_id") ? domain : cluster);
  }

  private static Answer call(Client client, Operation operation, String id) {
    var body = operation.method().equals("PATCH") ? "{}" : Client.domain("other.customer.de");
    return client.call(
        operation.method(),
        operation.path().replaceAll("\\{[a-z_]+}", id),
        operation.hasBody() ? body : null,
        Map.of());
  }

  private static Client client(io.nameplate.teams.@org.jspecify.annotations.Nullable ApiKey key) {
    return new Client(installation.server.uri(), key);
  }
}
