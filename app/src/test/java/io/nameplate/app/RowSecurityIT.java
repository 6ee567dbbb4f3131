package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The second wall: what the database shows a role, whatever the code asks.
class RowSecurityIT {
  private static final List<String> TEAM_TABLES =
      List.of("domain", "condition", "issuance", "certificate", "event", "outbox");

  private static Installation installation;
  private static final List<Installation.Team> TEAMS = new ArrayList<>();

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    for (int i = 0; i < 50; i++) {
      var team = installation.team("team-" + i);
      TEAMS.add(team);
      new Client(installation.server.uri(), team.key()).add("shop" + i + ".customer.de");
    }
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @Test
  void forcesRowSecurityOnEveryTable() {
    assertThat(
            texts(
                installation.operator,
                """
                select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                  and relname <> 'flyway_schema_history' and not (relrowsecurity and relforcerowsecurity)\
                """))
        .isEmpty();
  }

  @Test
  void hasAPolicyOnEveryTable() {
    assertThat(
            texts(
                installation.operator,
                """
                select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                  and relname <> 'flyway_schema_history' and not exists (select from pg_policy p where p.polrelid = c.oid)\
                """))
        .isEmpty();
  }

  @Test
  void letsNoRoleOfAPartBypassIt() {
    assertThat(
            texts(
                installation.operator,
                """
                select rolname from pg_roles where rolname like 'nameplate%'
                  and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)\
                """))
        .isEmpty();
  }

  @Test
  void keepsEveryFunctionThatLooksAcrossTeamsFromThePublicAndFromOtherSearchPaths() {
    assertThat(
            texts(
                installation.operator,
                """
                select proname from pg_proc p where pronamespace = 'public'::regnamespace and prosecdef
                  and (has_function_privilege('public', p.oid, 'execute') or proconfig is null
                    or not proconfig::text like '%search_path=public, pg_temp%')\
                """))
        .isEmpty();
  }

  @Test
  void showsAConnectionWithoutATeamNoRows() {
    for (var table : TEAM_TABLES) {
      assertThat(texts(installation.api, "select 1::text from " + table)).as(table).isEmpty();
      assertThat(texts(installation.worker, "select 1::text from " + table)).as(table).isEmpty();
    }
    assertThat(texts(installation.api, "select 1::text from idempotency")).isEmpty();
    assertThat(texts(installation.api, "select name from cluster")).isEmpty();
    assertThat(texts(installation.edge, "select hostname from entry")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select wrapped_key from cluster",
        "select sealed from certificate_key",
        "select sealed_cluster_key from node",
        "select wrapped_key from node_authority",
        "select wrapped_key from acme_account",
        "select hash from api_key",
        "select hash from join_token",
        "delete from domain",
        "update domain set holder = true",
        "update domain set proof = 'txt'",
        "update domain set proved_at = now()",
        "update domain set was_active = true",
        "update domain set certificate_id = null",
        "update domain set cname_label = 'x'",
        "update domain set team_id = team_id",
        "update domain set removed_at = null",
        "insert into domain (id, team_id, holder) values (gen_random_uuid(), gen_random_uuid(), true)",
        "update condition set state = 'ok'",
        "select * from held_name",
        "select * from operator_audit",
        "select * from holder_of('shop1.customer.de')",
        "select confirm_transfer('00000000-0000-0000-0000-000000000000', '1 hour')",
        "select move_hostname('00000000-0000-0000-0000-000000000000', '1 hour', true)",
        "select begin_anew('00000000-0000-0000-0000-000000000000', true)",
        "select keep_house()",
        "select after_restore()",
        "update entry set state = 'serving'",
        "select next_revision('00000000-0000-0000-0000-000000000000')"
      })
  void deniesTheApiKeysAndWhatOnlyFunctionsMayDo(String sql) {
    assertThatThrownBy(() -> texts(installation.api, sql))
        .isInstanceOfSatisfying(
            DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select hash from api_key",
        "delete from operator_audit",
        "insert into operator_audit (operator, action, subject) values ('me', 'nothing', '')",
        "update api_key set scopes = '{}'",
        "select hostname from domain",
        "update domain set holder = true",
        "update node set state = 'revoked'",
        "update node set expected = false",
        "update node set removals_confirmed = 9",
        "update rollout set max_connections_per_source = 0",
        "delete from rollout",
        "select move_hostname('00000000-0000-0000-0000-000000000000', '1 hour', true)"
      })
  void deniesTheOperatorSecretsAndItsOwnTrace(String sql) {
    assertThatThrownBy(() -> texts(installation.operator, sql))
        .isInstanceOfSatisfying(
            DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from settle_node('00000000-0000-0000-0000-000000000000', 'revoke')",
        "select confirm_removals('00000000-0000-0000-0000-000000000000', 1, 'me')"
      })
  void letsTheOperatorAloneOrderNodes(String sql) {
    for (var role : List.of(installation.api, installation.worker, installation.edge)) {
      assertThatThrownBy(() -> texts(role, sql))
          .isInstanceOfSatisfying(
              DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
    }
    assertThat(texts(installation.operator, sql)).as("there is none").allMatch(Objects::isNull);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into rollout (cluster_id, number, kind, max_connections_per_source, state, first_id, why,"
            + " watched_seconds, tries, margin_per_mille)"
            + " values (gen_random_uuid(), 1, 'policy', 5, 'watching', gen_random_uuid(), '', 1, 1, 1)",
        "update rollout set max_unknown_per_second = 0",
        "delete from rollout"
      })
  void letsTheOperatorAloneMakePolicies(String sql) {
    for (var role : List.of(installation.api, installation.worker, installation.edge)) {
      assertThatThrownBy(() -> texts(role, sql))
          .isInstanceOfSatisfying(
              DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
    }
  }

  @Test
  void letsAnEdgeBeginNoRolloutOfAnotherCluster() {
    var own = installation.cluster("own", Optional.empty(), "192.0.2.1");
    var other = installation.cluster("other", Optional.empty(), "192.0.2.1");
    assertThatThrownBy(() ->
            installation.edge.inCluster(
                own,
                connection -> {
                  try (var insert =
                      connection.prepareStatement(
                          """
                          insert into rollout (cluster_id, number, kind, build, build_before, state, first_id, why,
                              watched_seconds, tries, margin_per_mille)
                            values (?, 1, 'build', '2', '1', 'watching', ?, '', 1, 1, 1)\
                          """)) {
                    insert.setObject(1, other.uuid());
                    insert.setObject(2, other.uuid());
                    return insert.executeUpdate();
                  }
                }))
        .isInstanceOfSatisfying(
            DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
  }

  @Test
  void letsTheOperatorAloneImport() {
    var sql =
        "select outcome from import_domains('00000000-0000-0000-0000-000000000000', '[]', '1 hour')";
    for (var role : List.of(installation.api, installation.worker, installation.edge)) {
      assertThatThrownBy(() -> texts(role, sql))
          .isInstanceOfSatisfying(
              DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
    }
  }

  @Test
  void tellsTheApiOnlyThatSomebodyElseHoldsAName() {
    var columns =
        texts(
            installation.admin,
            """
            select p.oid::regprocedure || ' ' || pg_get_function_result(p.oid) from pg_proc p
              where p.pronamespace = 'public'::regnamespace and p.prosecdef
                and has_function_privilege('nameplate_api', p.oid, 'execute')
                and pg_get_function_result(p.oid) like '%team_id%'\
            """);
    assertThat(columns).singleElement().asString().startsWith("find_api_key(bytea)");
  }

  @Test
  void removesNoDomainOfAnotherTeam() {
    var theirs =
        new Client(installation.server.uri(), TEAMS.get(1).key())
            .get("/v1/domains")
            .text("/domains/0/id");
    var removed =
        installation.api.inTeam(
            TEAMS.get(0).id(),
            connection -> {
              try (var call = connection.prepareStatement("select remove_domain(?)")) {
                call.setObject(1, io.nameplate.domains.DomainId.parse(theirs).uuid());
                try (var row = call.executeQuery()) {
                  return row.next() && row.getBoolean(1);
                }
              }
            });
    assertThat(removed).isFalse();
  }

  @Test
  void letsNoTeamWriteRowsOfAnother() {
    var mine = TEAMS.get(0).id();
    var theirs = TEAMS.get(1).id();
    assertThatThrownBy(() ->
            installation.api.inTeam(
                mine,
                connection -> {
                  try (var insert =
                      connection.prepareStatement(
                          "insert into outbox (domain_id, team_id, priority) values (?, ?, 1)")) {
                    insert.setObject(1, theirs.uuid());
                    insert.setObject(2, theirs.uuid());
                    return insert.executeUpdate();
                  }
                }))
        .isInstanceOf(DatabaseException.class);
  }

  @Test
  void showsEachOfFiftyTeamsOnlyItsOwnOnAPoolOfFive()
      throws InterruptedException, ExecutionException {
    var looks = new ArrayList<Callable<Boolean>>();
    for (int i = 0; i < 10_000; i++) {
      var team = TEAMS.get(i % TEAMS.size()).id();
      looks.add(() -> installation.api.inTeam(team, connection -> seesOnly(connection, team)));
    }
    try (var threads = Executors.newFixedThreadPool(20)) {
      for (var look : threads.invokeAll(looks)) {
        assertThat(look.get()).isTrue();
      }
    }
  }

  private static boolean seesOnly(Connection connection, TeamId team) throws SQLException {
    try (var select = connection.prepareStatement("select team_id from domain");
        var row = select.executeQuery()) {
      return row.next()
          && row.getObject(1, java.util.UUID.class).equals(team.uuid())
          && !row.next();
    }
  }

  private static List<String> texts(Database database, String sql) {
    return database.inNoTeam(connection -> {
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
}
