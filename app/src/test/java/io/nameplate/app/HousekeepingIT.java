package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.adapters.postgres.PostgresHousekeeping;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.domains.DomainId;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the record does for itself, and what it needs after a restore.
class HousekeepingIT {
  private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("yyyy_MM");

  private Installation installation;
  private Installation.Team team;
  private Client client;
  private Claims claims;
  private PostgresHousekeeping house;

  @BeforeEach
  void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
    client = new Client(installation.server.uri(), team.key());
    claims = new Claims(installation);
    house = new PostgresHousekeeping(installation.worker);
  }

  @AfterEach
  void end() {
    installation.close();
  }

  @Test
  void hasAPartitionForThisMonthAndTheNextTwoFromTheFirstMigrationOn() {
    var now = YearMonth.now(ZoneOffset.UTC);
    assertThat(partitions())
        .contains(
            "event_" + now.format(MONTH),
            "event_" + now.plusMonths(1).format(MONTH),
            "event_" + now.plusMonths(2).format(MONTH));
    client.add("part.customer.de");
    assertThat(number("select count(*) from event_default")).isZero();
  }

  @Test
  void takesLinesOutOfTheDefaultPartitionWhenTheirMonthIsMade() {
    var id = client.add("moved.customer.de");
    var month = YearMonth.now(ZoneOffset.UTC).plusMonths(2);
    run("drop table event_" + month.format(MONTH));
    run(
        """
        insert into event (id, team_id, domain_id, type, message, at, xid)
          select new_id(), team_id, id, 'later', 'Later.', '%s-15T00:00:00Z', '3' from domain where id = '%s'\
        """
            .formatted(month, DomainId.parse(id).uuid()));
    assertThat(number("select count(*) from event_default")).isEqualTo(1);
    house.keepHouse();
    assertThat(number("select count(*) from event_default")).isZero();
    assertThat(partitions()).contains("event_" + month.format(MONTH));
    assertThat(client.get("/v1/domains/" + id + "/events").body().findValuesAsText("type"))
        .contains("later", "added");
  }

  @Test
  void dropsMonthsThatAreOlderThanTheirRetentionAndSecuresNewOnes() {
    run("select make_event_month('2020-01-01')");
    run("select make_event_month((date_trunc('month', now()) - interval '12 months')::date)");
    assertThat(house.keepHouse()).containsEntry("event", 1L);
    assertThat(partitions())
        .doesNotContain("event_2020_01")
        .contains("event_" + YearMonth.now(ZoneOffset.UTC).minusMonths(12).format(MONTH));
    assertThat(
            number(
                """
                select count(*) from pg_class c where relname like 'event\\_%' and relkind = 'r'
                  and not (relrowsecurity and relforcerowsecurity)\
                """))
        .isZero();
  }

  @Test
  void deletesTombstonesOnlyAfterNodesWereTold() {
    var id = client.add("tomb.customer.de");
    claims.proved(team.id(), id);
    claims.serve(team.id(), id);
    client.delete("/v1/domains/" + id);
    house.keepHouse();
    assertThat(number("select max(tombstones_purged_to) from cluster_position")).isZero();
    run("update entry set changed_at = now() - interval '8 days'");
    house.keepHouse();
    house.keepHouse();
    assertThat(number("select count(*) from entry")).as("a node may still serve it").isEqualTo(1);
    removalIsOver();
    assertThat(number("select max(tombstones_purged_to) from cluster_position")).isEqualTo(2);
    assertThat(house.keepHouse()).containsEntry("tombstone", 1L);
    assertThat(number("select count(*) from entry")).isZero();
  }

  @Test
  void forgetsRemovedDomainsRepliesAndAnswersInTime() {
    var kept = client.add("kept.customer.de");
    var id = client.post("/v1/domains", Client.domain("gone.customer.de"), "key-1").text("/id");
    claims.proved(team.id(), id);
    claims.active(team.id(), id);
    client.delete("/v1/domains/" + id);
    run(
        "insert into answer (cluster_id, hostname, token, team_id, domain_id, value, revision, expires_at)"
            + " select cluster_id, hostname, 't', team_id, id, 'v', 99, now() - interval '2 hours' from domain limit 1");
    assertThat(house.keepHouse()).containsEntry("answer", 1L).containsEntry("removed-domain", 0L);
    run("update domain set removed_at = now() - interval '31 days' where removed_at is not null");
    run("update idempotency set created_at = now() - interval '25 hours'");
    assertThat(house.keepHouse()).containsEntry("removed-domain", 0L).containsEntry("reply", 1L);
    removalIsOver();
    assertThat(house.keepHouse()).containsEntry("removed-domain", 1L);
    assertThat(number("select count(*) from domain")).isEqualTo(1);
    assertThat(client.get("/v1/domains/" + kept).status()).isEqualTo(200);
    // Whoever held it is remembered.
    assertThat(number("select count(*) from held_name")).isEqualTo(1);
  }

  @Test
  void leavesTheHouseToOneProcessAtATime() {
    installation.admin.inNoTeam(connection -> {
      try (var lock =
          connection.prepareStatement("select pg_advisory_xact_lock(hashtext('keep_house'))")) {
        lock.execute();
      }
      assertThat(house.keepHouse()).isEmpty();
      return true;
    });
  }

  @Test
  void showsTheHistoryOfARestoredDumpAndRaisesEveryEpoch() {
    var id = client.add("restored.customer.de");
    client.post("/v1/domains/" + id + "/suspend", null);
    // As they are on a server that has counted less far than the one the dump is from.
    run("update event set xid = '9000000000'");
    var path = "/v1/domains/" + id + "/events";
    assertThat(client.get(path).body().path("events")).isEmpty();
    var epoch = number("select max(epoch) from cluster_position");
    var schema = new Schema(installation.url, "postgres", "");
    schema.restored();
    assertThat(client.get(path).body().findValuesAsText("type"))
        .containsExactly("added", "suspended", "status-changed");
    var raised = number("select max(epoch) from cluster_position");
    assertThat(raised).isGreaterThan(epoch);
    client.post("/v1/domains/" + id + "/resume", null);
    assertThat(client.get(path).body().findValuesAsText("type"))
        .containsExactly("added", "suspended", "status-changed", "resumed", "status-changed");
    schema.restored();
    assertThat(number("select max(epoch) from cluster_position")).isGreaterThan(raised);
  }

  @Test
  void letsAnOperatorEndThePauseOfOrdersAfterARestore() {
    var cluster = installation.desk.cluster("shared").orElseThrow();
    assertThat(installation.desk.resumeOrders(cluster)).as("nothing was restored").isEmpty();
    run(
        """
        insert into node (id, cluster_id, name, state, https_address, http_address, version, csr, sealing_key, epoch, revision)
          values (gen_random_uuid(), '%s', 'edge-1', 'joined', '127.0.0.1:443', '127.0.0.1:80', '0.1.0', '', '', 1, 0)\
        """
            .formatted(cluster.uuid()));
    new Schema(installation.url, "postgres", "").restored();
    assertThat(installation.desk.resumeOrders(cluster)).containsExactly("edge-1");
    assertThat(number("select count(*) from cluster_position where restored_at is not null"))
        .isZero();
    assertThat(installation.desk.resumeOrders(cluster)).isEmpty();
    assertThat(
            number(
                "select count(*) from operator_audit where action = 'resume-orders' and detail -> 'waiting' = '[\"edge-1\"]' and operator = '%s'"
                    .formatted(System.getProperty("user.name"))))
        .isEqualTo(1);
  }

  /// What the run of a removal writes last, when no node serves the name any longer.
  private void removalIsOver() {
    run("update domain set due_at = null where removed_at is not null");
  }

  private List<String> partitions() {
    return installation.admin.inNoTeam(connection -> {
      var names = new ArrayList<String>();
      try (var select =
              connection.prepareStatement(
                  "select relid::regclass::text from pg_partition_tree('event') where isleaf");
          var row = select.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
      return names;
    });
  }

  private long number(String sql) {
    return installation.admin.inNoTeam(connection -> {
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    });
  }

  private void run(String sql) {
    installation.admin.inNoTeam(connection -> {
      try (var statement = connection.prepareStatement(sql)) {
        return statement.execute();
      }
    });
  }
}
