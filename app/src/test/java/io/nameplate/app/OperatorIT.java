package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.adapters.postgres.OperatorDesk.KnownKey;
import io.nameplate.domains.DomainId;
import io.nameplate.ids.RandomText;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.KeyId;
import io.nameplate.teams.Scope;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the operator does with keys and clusters, and the trace it leaves.
class OperatorIT {
  private static Installation installation;
  private static Installation.Team team;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @Test
  void addsAKeyWithItsScopesAndNotesThatItWasUsed() {
    var key = newKey();
    var id =
        installation.desk.addKey(
            team.id(), "deploy", key, Set.of(Scope.DOMAINS_READ), Optional.empty());
    assertThat(known(id).lastUsedAt()).isEmpty();
    var client = new Client(installation.server.uri(), key);
    assertThat(client.get("/v1/domains").status()).isEqualTo(200);
    assertThat(client.get("/v1/clusters").problem()).isEqualTo("scope-missing");
    assertThat(known(id).lastUsedAt()).isPresent();
    assertThat(known(id).scopes()).containsExactly("domains:read");
    assertThat(known(id).prefix()).isEqualTo(key.prefix());
  }

  @Test
  void notesTheUseOfAKeyOnceInTenMinutes() {
    var key = newKey();
    var id = installation.desk.addKey(team.id(), "busy", key, Set.of(), Optional.empty());
    var now = look(key);
    assertThat(look(key)).isEqualTo(now);
    run(
        "update api_key set last_used_at = now() - interval '11 minutes' where id = '%s'"
            .formatted(id.uuid()));
    assertThat(look(key)).isAfterOrEqualTo(now);
  }

  @Test
  void endsAKeyWithinSecondsOfItsRevocation() {
    var key = newKey();
    var id =
        installation.desk.addKey(
            team.id(), "old", key, Set.of(Scope.DOMAINS_READ), Optional.empty());
    var client = new Client(installation.server.uri(), key);
    assertThat(client.get("/v1/team").status()).isEqualTo(200);
    assertThat(installation.desk.revokeKey(id)).isTrue();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() -> assertThat(client.get("/v1/team").status()).isEqualTo(401));
    var revoked = known(id).revokedAt();
    assertThat(installation.desk.revokeKey(id)).isTrue();
    assertThat(known(id).revokedAt()).isEqualTo(revoked);
    assertThat(installation.desk.revokeKey(new KeyId(new UUID(0, 1)))).isFalse();
  }

  @Test
  void leavesATraceOfEverythingWithoutSecrets() {
    var client = new Client(installation.server.uri(), team.key());
    var domain = DomainId.parse(client.add("trace.customer.de"));
    var key = newKey();
    installation.desk.revokeKey(
        installation.desk.addKey(team.id(), "traced", key, Set.of(), Optional.empty()));
    installation.desk.confirmTransfer(domain);
    var trace = texts("select action || ' ' || detail::text from operator_audit order by id");
    assertThat(trace)
        .anyMatch(line -> line.startsWith("insert team") && line.contains("\"acme\""))
        .anyMatch(line -> line.startsWith("insert cluster") && line.contains("\"shared\""))
        .anyMatch(line -> line.startsWith("insert api_key") && line.contains("\"traced\""))
        .anyMatch(line -> line.startsWith("update api_key") && line.contains("revoked_at"))
        .anyMatch(line -> line.startsWith("confirm transfer") && line.contains("outcome"))
        .noneMatch(line -> line.contains("\"hash\""));
    assertThat(texts("select distinct operator from operator_audit"))
        .containsExactly(System.getProperty("user.name"));
    assertThat(client.get("/v1/team").status()).isEqualTo(200); // the API leaves none
    assertThat(texts("select 1::text from operator_audit where action like '%domain%'")).isEmpty();
  }

  @Test
  void refusesAZoneThatIsNoName() {
    assertThatThrownBy(() ->
            run(
                "insert into cluster (id, name, shared, cname_zone, addresses)"
                    + " values (gen_random_uuid(), 'bad', true, 'edge nameplate', '{}')"))
        .isInstanceOf(DatabaseException.class);
  }

  private static Instant look(ApiKey key) {
    installation.api.inNoTeam(connection -> {
      try (var call = connection.prepareStatement("select * from find_api_key(?)")) {
        call.setBytes(1, key.hash());
        return call.execute();
      }
    });
    return installation.desk.keys(team.id()).stream()
        .filter(known -> known.prefix().equals(key.prefix()))
        .findFirst()
        .flatMap(KnownKey::lastUsedAt)
        .orElseThrow();
  }

  private static KnownKey known(KeyId id) {
    return installation.desk.keys(team.id()).stream()
        .filter(key -> key.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static ApiKey newKey() {
    return new ApiKey("np_live_" + RandomText.SECRET.of(32, new SecureRandom()));
  }

  private static List<String> texts(String sql) {
    return installation.operator.inNoTeam(connection -> {
      var texts = new ArrayList<String>();
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        while (row.next()) {
          texts.add(row.getString(1));
        }
      }
      return texts;
    });
  }

  private static void run(String sql) {
    installation.admin.inNoTeam(connection -> {
      try (var statement = connection.prepareStatement(sql)) {
        return statement.executeUpdate();
      }
    });
  }
}
