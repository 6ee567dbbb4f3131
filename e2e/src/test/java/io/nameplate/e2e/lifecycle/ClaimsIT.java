package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.ProblemException;
import io.nameplate.sdk.TransferState;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// No team gets a name that is another's, in whatever state it is, without its own proof.
final class ClaimsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Installation here = Installation.shared();
  private final Nameplate holder = here.nameplate();
  private final Nameplate stranger = here.newTeam();

  @Test
  void aNameThatAnotherTeamHoldsIsAcceptedAndStaysUnprovedWithoutItsOwnProof() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");

    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));

    awaitOwnership(stranger, claim, ConditionState.FAILING);
    assertThat(stranger.domains().get(claim.id()).holder()).isFalse();
    assertServes(held.hostname(), "plain");
  }

  @Test
  void otherSpellingsOfAHeldNameAreTheSameName() {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    var claim =
        stranger
            .domains()
            .add(
                held.hostname().toUpperCase(java.util.Locale.ROOT) + ".",
                here.places().origin("echo"));
    assertThat(claim.hostname()).isEqualTo(held.hostname());
    awaitOwnership(stranger, claim, ConditionState.FAILING);
  }

  @Test
  void aPendingClaimBlocksNobody() {
    var name = "shop." + Installation.freshName();
    holder.domains().add(name, here.places().origin("plain"));
    var proved = activate(stranger, name, "echo");
    assertThat(proved.holder()).isTrue();
  }

  @Test
  void aDeletedNameThatStillPointsHereIsNotGivenToAStranger() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    holder.domains().remove(held.id());

    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));

    awaitOwnership(stranger, claim, ConditionState.FAILING);
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.isRefused(held.hostname())).isTrue();
    }
  }

  @Test
  void parentAndChildOfAHeldNameNeedTheirOwnProof() {
    var base = Installation.freshName();
    activate(holder, "shop." + base, "plain");
    var child = stranger.domains().add("a.shop." + base, here.places().origin("echo"));
    var parent = stranger.domains().add(base, here.places().origin("echo"));
    awaitOwnership(stranger, child, ConditionState.FAILING);
    awaitOwnership(stranger, parent, ConditionState.FAILING);
  }

  @Test
  void aLaterProofMovesTheNameByTheExplicitStepOnceTheHoldersProofIsGone() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));
    here.sandbox().unset("_nameplate." + held.hostname());
    here.sandbox().setRecordsOf(claim);
    stranger.domains().check(claim.id());
    awaitTransfer(claim, TransferState.POSSIBLE);
    assertServes(held.hostname(), "plain");

    // The first call has the holder's proof looked at again; once it is seen to be gone, asking
    // moves the name.
    await().atMost(SOON).until(() -> stranger.domains().transfer(claim.id()).holder());

    stranger.domains().waitUntilActive(claim.id(), SOON);
    assertServes(held.hostname(), "echo");
    assertThat(holder.domains().get(held.id()).holder()).isFalse();
  }

  @Test
  void aTransferAgainstAHolderWithProofWaitsForTheOperatorsWord() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));
    var tokens =
        java.util.stream.Stream.concat(held.dnsRecords().stream(), claim.dnsRecords().stream())
            .filter(record -> record.type().equals("TXT"))
            .toList();
    here.sandbox().setRecords(tokens);
    stranger.domains().check(claim.id());
    awaitTransfer(claim, TransferState.POSSIBLE);

    var asked = stranger.domains().transfer(claim.id());

    assertThat(asked.holder()).isFalse();
    assertThat(asked.transfer()).isEqualTo(TransferState.REQUESTED);
    assertServes(held.hostname(), "plain");
    here.launcher().run("domains", "transfer", claim.id());
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(stranger.domains().get(claim.id()).holder()).isTrue());
  }

  @Test
  void aTransferWithoutProofIsRefused() {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));
    assertThatThrownBy(() -> stranger.domains().transfer(claim.id()))
        .isInstanceOf(ProblemException.Conflict.class);
  }

  @Test
  void anUnprovedNameIsNeverServedAndNeverOrderedFor() throws IOException {
    var name = "shop." + Installation.freshName();
    here.sandbox().set(name, "A", here.places().edges().getFirst().http().replaceAll(":.*", ""));
    var claim = stranger.domains().add(name, here.places().origin("echo"));
    awaitOwnership(stranger, claim, ConditionState.FAILING);
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.isRefused(name)).isTrue();
      assertThat(visitor.http(name, "/").status()).isEqualTo(404);
    }
    assertThat(stranger.domains().events(claim.id()))
        .noneMatch(event -> event.type().startsWith("certificate"));
  }

  @Test
  void anotherTeamsDomainIsNotFound() {
    var held =
        holder.domains().add("shop." + Installation.freshName(), here.places().origin("plain"));
    assertThatThrownBy(() -> stranger.domains().get(held.id()))
        .isInstanceOf(ProblemException.NotFound.class);
    assertThatThrownBy(() -> stranger.domains().remove(held.id()))
        .isInstanceOf(ProblemException.NotFound.class);
    assertThat(holder.domains().get(held.id()).status()).isNotEqualTo(DomainStatus.REMOVING);
  }

  private Domain activate(Nameplate team, String name, String origin) {
    var domain = team.domains().add(name, here.places().origin(origin));
    here.sandbox().setRecordsOf(domain);
    return team.domains().waitUntilActive(domain.id(), SOON);
  }

  private static void awaitOwnership(Nameplate team, Domain domain, ConditionState state) {
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(team.domains().get(domain.id()).condition(ConditionType.OWNERSHIP))
                .hasValueSatisfying(it -> assertThat(it.state()).isEqualTo(state)));
  }

  private void awaitTransfer(Domain claim, TransferState state) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(stranger.domains().get(claim.id()).transfer()).isEqualTo(state));
  }

  private void assertServes(String name, String origin) throws IOException {
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.https(name, "/").origin()).contains(origin);
    }
  }
}
