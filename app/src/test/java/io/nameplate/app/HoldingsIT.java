package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.adapters.postgres.lifecycle.PostgresDomainLedger;
import io.nameplate.adapters.postgres.record.ConditionRows;
import io.nameplate.domains.Condition;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DomainStatus;
import io.nameplate.domains.StatusRule;
import io.nameplate.domains.Transfer;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who holds a hostname, and what becomes of it when that changes.
class HoldingsIT {
  private static final Set<ConditionType> SEEN_AT_NODES =
      EnumSet.of(ConditionType.DEPLOYED, ConditionType.SERVING, ConditionType.ORIGIN);

  private static Installation installation;
  private static Claims claims;
  private static Installation.Team team;
  private static Installation.Team other;
  private static Client client;
  private static Client stranger;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    claims = new Claims(installation);
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
  void showsANameThatWentAwayAndCameBackAsUnprovedUntilANodeHasIt() {
    var mine = client.add("back.customer.de");
    var theirs = stranger.add("back.customer.de");
    claims.proved(team.id(), mine);
    claims.active(team.id(), mine);
    assertThat(client.get("/v1/domains/" + mine).text("/status")).isEqualTo("active");

    claims.provedWithoutHolding(other.id(), theirs);
    claims.lost(team.id(), mine);
    assertThat(stranger.post("/v1/domains/" + theirs + "/transfer", null).status()).isEqualTo(200);
    var away = claims.row(team.id(), mine);
    assertThat(away.wasActive()).isFalse();
    assertThat(away.claim().holder()).isFalse();
    assertThat(away.status()).isEqualTo(DomainStatus.VERIFYING);

    claims.provedWithoutHolding(team.id(), mine);
    claims.lost(other.id(), theirs);
    var back = client.post("/v1/domains/" + mine + "/transfer", null);
    assertThat(back.body().path("holder").asBoolean()).isTrue();
    assertThat(back.text("/status")).isNotIn("active", "degraded");
    assertThat(conditions(team.id(), mine).values())
        .filteredOn(it -> SEEN_AT_NODES.contains(it.type()))
        .hasSize(SEEN_AT_NODES.size())
        .allMatch(it -> it.state() == ConditionState.WAITING);
    assertThat(claims.row(team.id(), mine).wasActive()).isFalse();
  }

  /// The database computes it there, for the operator sees no team's rows; it must say the same.
  @Test
  void givesBothDomainsTheStatusOfTheRuleWhoeverTransfersTheName() {
    var mine = client.add("status.customer.de");
    var theirs = stranger.add("status.customer.de");
    claims.proved(team.id(), mine);
    claims.active(team.id(), mine);
    claims.provedWithoutHolding(other.id(), theirs);
    assertThat(installation.desk.confirmTransfer(DomainId.parse(theirs))).isEqualTo(Transfer.MOVED);
    assertThat(claims.row(team.id(), mine).status()).isEqualTo(byRule(team.id(), mine));
    assertThat(claims.row(other.id(), theirs).status()).isEqualTo(byRule(other.id(), theirs));
    assertThat(stranger.get("/v1/domains/" + theirs).text("/status")).isEqualTo("pending");
    assertThat(client.get("/v1/domains/" + mine).text("/status")).isEqualTo("verifying");
    assertThat(client.get("/v1/domains/" + mine + "/events").body().findValuesAsText("type"))
        .endsWith("transferred-away", "status-changed");
  }

  @Test
  void keepsASuspendedDomainSuspendedThroughATransfer() {
    var mine = client.add("pause.customer.de");
    var theirs = stranger.add("pause.customer.de");
    claims.proved(team.id(), mine);
    client.post("/v1/domains/" + mine + "/suspend", null);
    claims.provedWithoutHolding(other.id(), theirs);
    installation.desk.confirmTransfer(DomainId.parse(theirs));
    assertThat(client.get("/v1/domains/" + mine).text("/status")).isEqualTo("suspended");
  }

  @Test
  void numbersTheEventsOfATransferByTime() {
    var mine = client.add("ids.customer.de");
    var theirs = stranger.add("ids.customer.de");
    claims.proved(team.id(), mine);
    claims.provedWithoutHolding(other.id(), theirs);
    stranger.post("/v1/domains/" + theirs + "/transfer", null);
    installation.desk.confirmTransfer(DomainId.parse(theirs));
    var versions =
        number(
            "select count(*) from event where domain_id = '%s' and substr(id::text, 15, 1) <> '7'"
                .formatted(DomainId.parse(theirs).uuid()));
    assertThat(versions).isZero();
  }

  @Test
  void neverLetsAnAddressProveANameThatAnotherTeamHeld() {
    var own = installation.team("own cluster");
    var cluster = installation.cluster("own", Optional.of(own.id()), "192.0.2.7");
    var api = new Client(installation.server.uri(), own.key());
    // The other team only held it; it was never served and is gone.
    var before = stranger.add("held-14.de");
    claims.proved(other.id(), before);
    stranger.delete("/v1/domains/" + before);
    var records = api.get("/v1/domains/" + api.add("held-14.de")).body().path("dns_records");
    assertThat(records.path(records.size() - 1).path("required").asBoolean()).isTrue();
    var fresh = api.get("/v1/domains/" + api.add("fresh-14.de")).body();
    assertThat(fresh.path("cluster_id").asText()).isEqualTo(cluster.toString());
    assertThat(fresh.at("/dns_records/1/required").asBoolean()).isFalse();
  }

  @Test
  void letsNoAddressProveANameForATeamThatAsksForStrictProof() {
    var own = installation.team("strict");
    installation.cluster("strict", Optional.of(own.id()), "192.0.2.9");
    var api = new Client(installation.server.uri(), own.key());
    var id = api.add("strict-16.de");
    assertThat(addressProves(own.id(), api, id)).isTrue();

    assertThat(installation.desk.proveStrictly("strict", true)).isTrue();
    assertThat(addressProves(own.id(), api, id)).isFalse();
    assertThat(installation.desk.proveStrictly("strict", false)).isTrue();
    assertThat(addressProves(own.id(), api, id)).isTrue();
    assertThat(installation.desk.proveStrictly("nobody", true)).isFalse();
  }

  /// As the team sees it, which is as the worker does.
  private static boolean addressProves(TeamId team, Client api, String domain) {
    var records = api.get("/v1/domains/" + domain).body().path("dns_records");
    var token = records.path(records.size() - 1);
    assertThat(token.path("type").asText()).isEqualTo("TXT");
    var known =
        new PostgresDomainLedger(installation.worker)
            .read(new DomainRef(DomainId.parse(domain), team))
            .orElseThrow();
    assertThat(known.addressProves()).isEqualTo(!token.path("required").asBoolean());
    return known.addressProves();
  }

  @Test
  void asksForARecordForThirtyDaysAfterARemovalOfTheTeamsOwn() {
    var own = installation.team("own cluster too");
    installation.cluster("own-too", Optional.of(own.id()), "192.0.2.8");
    var api = new Client(installation.server.uri(), own.key());
    var first = api.add("again-15.de");
    claims.proved(own.id(), first);
    api.delete("/v1/domains/" + first);
    var again = "/v1/domains/" + api.add("again-15.de");
    assertThat(api.get(again).body().at("/dns_records/1/required").asBoolean()).isTrue();
    run(
        "update held_name set released_at = now() - interval '31 days' where hostname = 'again-15.de'");
    assertThat(api.get(again).body().at("/dns_records/1/required").asBoolean()).isFalse();
  }

  @Test
  void wakesTheOtherClaimsWhenANameIsFreed() {
    var mine = client.add("freed.customer.de");
    var theirs = stranger.add("freed.customer.de");
    claims.proved(team.id(), mine);
    claims.provedWithoutHolding(other.id(), theirs);
    claims.gaveUp(other.id(), theirs);
    var before = instructions(theirs);
    client.delete("/v1/domains/" + mine);
    var row = claims.row(other.id(), theirs);
    assertThat(row.dueAt()).isPresent();
    assertThat(row.verifySince()).isAfter(Instant.now().minus(Duration.ofDays(1)));
    assertThat(instructions(theirs)).isEqualTo(before + 1);
  }

  @Test
  void wakesNobodyForAClaimThatHeldNothing() {
    var mine = client.add("nothing.customer.de");
    var theirs = stranger.add("nothing.customer.de");
    var before = instructions(theirs);
    client.delete("/v1/domains/" + mine);
    assertThat(instructions(theirs)).isEqualTo(before);
  }

  @Test
  void looksAgainWhenATransferFindsNoProofOrNoHolder() {
    var free = stranger.add("free.customer.de");
    claims.provedWithoutHolding(other.id(), free);
    claims.gaveUp(other.id(), free);
    assertThat(stranger.post("/v1/domains/" + free + "/transfer", null, "key-f").problem())
        .isEqualTo("hostname-free");
    assertThat(claims.row(other.id(), free).dueAt()).isPresent();
    assertThat(claims.row(other.id(), free).verifySince())
        .isAfter(Instant.now().minus(Duration.ofDays(1)));

    var mine = client.add("unproved.customer.de");
    claims.proved(team.id(), mine);
    var unproved = stranger.add("unproved.customer.de");
    claims.gaveUp(other.id(), unproved);
    assertThat(stranger.post("/v1/domains/" + unproved + "/transfer", null).problem())
        .isEqualTo("proof-missing");
    assertThat(claims.row(other.id(), unproved).dueAt()).isPresent();
  }

  @Test
  void offersATransferOnlyWithFreshProof() {
    var mine = client.add("stale.customer.de");
    claims.proved(team.id(), mine);
    var theirs = stranger.add("stale.customer.de");
    claims.provedWithoutHolding(other.id(), theirs);
    assertThat(stranger.get("/v1/domains/" + theirs).text("/transfer")).isEqualTo("possible");
    claims.provedAgo(other.id(), theirs, Duration.ofMinutes(61));
    assertThat(stranger.get("/v1/domains/" + theirs).text("/transfer")).isEqualTo("none");
  }

  @Test
  void beginsSevenDaysAnewForADomainThatGaveUp() {
    var id = client.add("gave-up.customer.de");
    var path = "/v1/domains/" + id;
    claims.gaveUp(team.id(), id);
    client.post(path + "/check", null);
    assertThat(verifiesAnew(id)).isTrue();
    claims.gaveUp(team.id(), id);
    client.patch(path, "{\"origin\":{\"url\":\"https://new.example.net\"}}");
    assertThat(verifiesAnew(id)).isTrue();
    client.post(path + "/suspend", null);
    claims.gaveUp(team.id(), id);
    client.post(path + "/resume", null);
    assertThat(verifiesAnew(id)).isTrue();
  }

  @Test
  void losesNoSecondCheckWithinTwoSeconds() {
    var id = client.add("second.customer.de");
    client.post("/v1/domains/" + id + "/check", null);
    var first = claims.row(team.id(), id).checkRequestedAt().orElseThrow();
    client.post("/v1/domains/" + id + "/check", null);
    client.post("/v1/domains/" + id + "/check", null);
    var soon = claims.row(team.id(), id).checkRequestedAt().orElseThrow();
    // On a slow machine the second one may come after two seconds, and is a first one then.
    assertThat(soon).isAfterOrEqualTo(first.plusSeconds(2));
    // The look that the first check began ends, and would rest for an hour.
    claims.looked(team.id(), id, first.plusMillis(500), Duration.ofHours(1));
    assertThat(claims.row(team.id(), id).dueAt().orElseThrow())
        .isBefore(Instant.now().plus(Duration.ofMinutes(10)));
    // One that began after the second check pays what is owed.
    claims.looked(team.id(), id, soon.plusSeconds(1), Duration.ofHours(1));
    assertThat(claims.row(team.id(), id).dueAt().orElseThrow())
        .isAfter(Instant.now().plus(Duration.ofMinutes(50)));
  }

  private static boolean verifiesAnew(String id) {
    var row = claims.row(team.id(), id);
    return row.verifySince().isAfter(Instant.now().minus(Duration.ofDays(1)))
        && row.dueAt().isPresent();
  }

  private static DomainStatus byRule(TeamId of, String id) {
    var row = claims.row(of, id);
    return StatusRule.of(
        row.wanted(), row.claim().holder(), row.wasActive(), row.generation(), conditions(of, id));
  }

  private static Map<ConditionType, Condition> conditions(TeamId of, String id) {
    return installation.worker.inTeam(
        of, connection -> ConditionRows.of(connection, DomainId.parse(id)));
  }

  private static long instructions(String domain) {
    return number(
        "select count(*) from outbox where domain_id = '%s'"
            .formatted(DomainId.parse(domain).uuid()));
  }

  private static long number(String sql) {
    return installation.admin.inNoTeam(connection -> {
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
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
