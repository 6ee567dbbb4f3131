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
import java.net.IDN;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// No team gets a name that is another's, in whatever state it is, without its own proof.
final class ClaimsIT {
  private static final Duration SOON = Duration.ofMinutes(3);

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
    assertNeverOrderedForAgain(held);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spellings")
  void otherSpellingsOfAHeldNameAreTheSameName(String spelling, UnaryOperator<String> spelled) {
    var name = "b\u00fccher." + Installation.freshName();
    var held = activate(holder, name, "plain");

    var claim = stranger.domains().add(spelled.apply(name), here.places().origin("echo"));

    assertThat(claim.hostname()).isEqualTo(held.hostname());
    assertThat(claim.hostnameUnicode()).isEqualTo(name);
    awaitOwnership(stranger, claim, ConditionState.FAILING);
    assertNeverOrderedForAgain(held);
    assertThatThrownBy(
            () -> holder.domains().add(spelled.apply(name), here.places().origin("echo")))
        .as("the team itself has this name already")
        .isInstanceOf(ProblemException.Conflict.class);
  }

  static Stream<Arguments> spellings() {
    return Stream.of(
        spelling("upper case", name -> name.toUpperCase(Locale.ROOT)),
        spelling("a dot at the end", name -> name + "."),
        spelling("A-labels", IDN::toASCII),
        spelling("A-labels in upper case", name -> IDN.toASCII(name).toUpperCase(Locale.ROOT)),
        spelling("letters taken apart", name -> Normalizer.normalize(name, Normalizer.Form.NFD)),
        spelling("another dot", name -> name.replace('.', '\u3002')));
  }

  private static Arguments spelling(String what, UnaryOperator<String> spelled) {
    return Arguments.of(what, spelled);
  }

  @Test
  void aPendingClaimBlocksNobody() {
    var name = "shop." + Installation.freshName();
    holder.domains().add(name, here.places().origin("plain"));
    var proved = activate(stranger, name, "echo");
    assertThat(proved.holder()).isTrue();
  }

  @Test
  void aPendingNameThatPointsHereForItsOwnTeamIsNotGivenToAStranger() throws IOException {
    var name = "shop." + Installation.freshName();
    var claim = stranger.domains().add(name, here.places().origin("echo"));
    var first = holder.domains().add(name, here.places().origin("plain"));
    here.sandbox().setRecordsOf(first);

    var active = holder.domains().waitUntilActive(first.id(), SOON);

    assertThat(active.holder()).isTrue();
    awaitOwnership(stranger, claim, ConditionState.FAILING);
    assertServes(name, "plain");
    assertNeverOrderedForAgain(active);
  }

  @Test
  void aNameWhoseDnsMovedAwayIsNotGivenToAStrangerWithoutItsOwnProof() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    here.sandbox().set(held.hostname(), "A", "192.0.2.7");
    awaitStatus(holder, held, DomainStatus.MOVED);

    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));

    awaitOwnership(stranger, claim, ConditionState.FAILING);
    assertServes(held.hostname(), "plain");
    assertNeverOrderedForAgain(held);

    here.sandbox().setRecordsOf(claim);
    here.sandbox().set("_nameplate." + held.hostname(), "TXT", record(claim, "TXT"));
    stranger.domains().check(claim.id());
    awaitTransfer(claim, TransferState.POSSIBLE);
    await().atMost(SOON).until(() -> stranger.domains().transfer(claim.id()).holder());
    stranger.domains().waitUntilActive(claim.id(), SOON);
    assertServes(held.hostname(), "echo");
  }

  @Test
  void aDeletedNameThatStillPointsHereIsNotGivenToAStrangerWithoutItsOwnProof() throws IOException {
    var held = activate(holder, "shop." + Installation.freshName(), "plain");
    holder.domains().remove(held.id());

    var claim = stranger.domains().add(held.hostname(), here.places().origin("echo"));

    awaitOwnership(stranger, claim, ConditionState.FAILING);
    // Nodes are told of the removal beside this claim's look.
    await().atMost(SOON).untilAsserted(() -> assertNotServed(held.hostname()));
    assertNeverOrderedForAgain(held);

    here.sandbox().setRecordsOf(claim);
    stranger.domains().waitUntilActive(claim.id(), SOON);
    assertServes(held.hostname(), "echo");
  }

  @Test
  void parentAndChildOfAHeldNameNeedTheirOwnProofAndAreGivenWithIt() throws IOException {
    var base = Installation.freshName();
    var held = activate(holder, "shop." + base, "plain");
    var child = stranger.domains().add("a.shop." + base, here.places().origin("echo"));
    var parent = stranger.domains().add(base, here.places().origin("echo"));
    awaitOwnership(stranger, child, ConditionState.FAILING);
    awaitOwnership(stranger, parent, ConditionState.FAILING);
    for (var claim : List.of(child, parent)) {
      assertNotServed(claim.hostname());
      assertThat(here.sandbox().orders(claim.hostname())).isEmpty();
    }

    for (var claim : List.of(child, parent)) {
      here.sandbox().setRecordsOf(claim);
      stranger.domains().waitUntilActive(claim.id(), SOON);
      assertServes(claim.hostname(), "echo");
    }
    assertServes(held.hostname(), "plain");
    assertThat(holder.domains().get(held.id()).isActive()).isTrue();
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
    assertBothAreTold(held, claim);
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
    assertBothAreTold(held, claim);
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
    stranger.domains().check(claim.id());
    assertNotServed(name);
    assertThat(stranger.domains().events(claim.id()))
        .noneMatch(event -> event.type().startsWith("certificate"));
    assertThat(here.sandbox().orders(name)).isEmpty();
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

  private static void awaitStatus(Nameplate team, Domain domain, DomainStatus status) {
    await()
        .atMost(Duration.ofMinutes(5)) // two rounds of the monitor and a run
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> assertThat(team.domains().get(domain.id()).status()).isEqualTo(status));
  }

  /// Who loses a name and who gets it both find it in their history.
  private void assertBothAreTold(Domain loser, Domain winner) {
    // Readers of a history stop below the oldest transaction that is not over.
    await().atMost(SOON).until(() -> types(holder, loser).contains("transferred-away"));
    await().atMost(SOON).until(() -> types(stranger, winner).contains("transferred-here"));
  }

  private static List<String> types(Nameplate team, Domain domain) {
    var types = new ArrayList<String>();
    team.domains().events(domain.id()).forEach(event -> types.add(event.type()));
    return types;
  }

  /// The one order is the holder's.
  private void assertNeverOrderedForAgain(Domain held) {
    assertThat(here.sandbox().orders(held.hostname())).hasSize(1);
  }

  private void assertNotServed(String name) throws IOException {
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        assertThat(visitor.isRefused(name)).isTrue();
        assertThat(visitor.http(name, "/").status()).isEqualTo(404);
      }
    }
  }

  private static String record(Domain domain, String type) {
    return domain.dnsRecords().stream()
        .filter(record -> record.type().equals(type))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private void assertServes(String name, String origin) throws IOException {
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.https(name, "/").origin()).contains(origin);
    }
  }
}
