package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.NodeState;
import io.nameplate.edge.NodeState.Held;
import io.nameplate.edge.NodeState.Refusal;
import io.nameplate.edge.Position;
import io.nameplate.serving.ServingDiagnosis;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Two nodes, told of revision 5 at T0.
class ServeRuleTest {
  private static final Instant T0 = Standings.T0;
  private static final ServeRule RULE = new ServeRule(Duration.ofSeconds(60));
  private static final Position TOLD = new Position(1, 5);
  private static final NodeId A = new NodeId(new UUID(1, 1));
  private static final NodeId B = new NodeId(new UUID(1, 2));

  @Test
  void aNodeOneRevisionBehindDoesNotMakeADomainBlink() {
    var now = T0.plusSeconds(1);
    var nodes = List.of(node("a", A, 5, now), node("b", B, 4, now));
    var after = after(Standings.served().standing(), nodes, shown(A), now);

    assertThat(status(after)).isEqualTo(DomainStatus.ACTIVE);
    assertThat(condition(after, ConditionType.DEPLOYED).state()).isEqualTo(ConditionState.WAITING);
    assertThat(condition(after, ConditionType.SERVING).state()).isEqualTo(ConditionState.UNKNOWN);
    assertThat(after.domain().dueAt()).contains(now.plusSeconds(5));
  }

  @Test
  void aNodeThatLagsForHalfAMinuteIsNamed() {
    var now = T0.plusSeconds(31);
    var nodes = List.of(node("a", A, 5, now), lagging("b", B, T0.plusSeconds(1), now));
    var after = after(Standings.served().standing(), nodes, shown(A), now);

    assertThat(status(after)).isEqualTo(DomainStatus.DEGRADED);
    assertThat(condition(after, ConditionType.DEPLOYED).message())
        .contains("b")
        .doesNotContain("a,");
    assertThat(condition(after, ConditionType.SERVING).state()).isEqualTo(ConditionState.FAILING);
  }

  @Test
  void aNodeThatWasCurrentALongTimeAgoIsNotLateForANewEntry() {
    var now = T0.plusSeconds(20);
    var nodes = List.of(node("a", A, 5, now), lagging("b", B, T0.minusSeconds(300), now));
    var after = after(Standings.served().standing(), nodes, shown(A, B), now);
    assertThat(status(after)).isEqualTo(DomainStatus.ACTIVE);
  }

  @Test
  void oneProbeThatFailsIsLookedAtAgainInSeconds() {
    var now = T0.plusSeconds(600);
    var nodes = List.of(node("a", A, 5, now), node("b", B, 5, now));
    var doubted = after(Standings.served().standing(), nodes, shown(A), now);
    assertThat(status(doubted)).isEqualTo(DomainStatus.ACTIVE);
    assertThat(doubted.domain().dueAt()).contains(now.plusSeconds(5));

    var well = after(doubted, nodes(now.plusSeconds(5)), shown(A, B), now.plusSeconds(5));
    assertThat(status(well)).isEqualTo(DomainStatus.ACTIVE);
    assertThat(Story.between(doubted.conditions(), well.conditions())).isEmpty();
  }

  @Test
  void probesThatFailForHalfAMinuteCount() {
    var standing = Standings.served().standing();
    for (int seconds = 0; seconds < 30; seconds += 5) {
      var now = T0.plusSeconds(600 + seconds);
      standing = after(standing, nodes(now), shown(A), now);
      assertThat(status(standing)).as("after %d s", seconds).isEqualTo(DomainStatus.ACTIVE);
    }
    var now = T0.plusSeconds(630);
    assertThat(status(after(standing, nodes(now), shown(A), now))).isEqualTo(DomainStatus.DEGRADED);
  }

  @Test
  void aSilentNodeThatShowsNothingCountsAtOnce() {
    var now = T0.plusSeconds(600);
    var nodes = List.of(node("a", A, 5, now), node("b", B, 5, now.minusSeconds(30)));
    var after = after(Standings.served().standing(), nodes, shown(A), now);
    assertThat(status(after)).isEqualTo(DomainStatus.DEGRADED);
    assertThat(condition(after, ConditionType.SERVING).message()).contains("not proved");
  }

  @Test
  void aSilentNodeThatShowsTheEntryIsNoConcern() {
    var now = T0.plusSeconds(600);
    var nodes = List.of(node("a", A, 5, now), node("b", B, 5, now.minusSeconds(300)));
    assertThat(status(after(Standings.served().standing(), nodes, shown(A, B), now)))
        .as("the nodes' listener may be away")
        .isEqualTo(DomainStatus.ACTIVE);
  }

  @Test
  void aNewDomainIsActiveOnlyWhenEveryNodeShowedIt() {
    var now = T0.plusSeconds(1);
    var verified =
        Standings.added()
            .holding()
            .with(ConditionsOf.verified())
            .certifiedFor(Duration.ofDays(90))
            .told(EntryState.SERVING)
            .standing();
    var doubted = after(verified, nodes(now), shown(A), now);
    assertThat(status(doubted)).isEqualTo(DomainStatus.DEPLOYING);
    assertThat(NextStep.of(doubted, now)).isEqualTo(NextStep.REST);
    assertThat(doubted.domain().dueAt()).contains(now.plusSeconds(5));

    var later = now.plusSeconds(5);
    assertThat(status(after(doubted, nodes(later), shown(A, B), later)))
        .isEqualTo(DomainStatus.ACTIVE);
    var dead = List.of(node("a", A, 5, later), node("b", B, 5, T0.minusSeconds(60)));
    assertThat(status(after(doubted, dead, shown(A), later)))
        .as("it goes on without a dead node, naming it")
        .isEqualTo(DomainStatus.DEGRADED);
  }

  @Test
  void aNodeThatRefusesTheEntryDoesNotHaveIt() {
    var now = T0.plusSeconds(2);
    var refusing =
        new NodeState(
            B,
            "b",
            new InetSocketAddress(443),
            Optional.of(TOLD),
            now,
            Optional.empty(),
            List.of(
                new Refusal("other.acme.com", 5, "entry-invalid"),
                new Refusal("shop.acme.com", 5, "certificate-key-mismatch")),
            Held.NONE);
    var after =
        after(
            Standings.served().withOlderCertificate().standing(),
            List.of(node("a", A, 5, now), refusing),
            shown(A, B),
            now);
    var deployed = condition(after, ConditionType.DEPLOYED);
    assertThat(deployed.reason()).isEqualTo(Reason.NODE_REFUSES_ENTRY);
    assertThat(deployed.message()).contains("b (certificate-key-mismatch)");
    assertThat(NextStep.provedEverywhere(after)).as("so nothing is retired").isFalse();
  }

  @Test
  void aRefusalOfAnEarlierEntryIsPast() {
    var now = T0.plusSeconds(2);
    var node =
        new NodeState(
            A,
            "a",
            new InetSocketAddress(443),
            Optional.of(TOLD),
            now,
            Optional.empty(),
            List.of(new Refusal("shop.acme.com", 4, "certificate-expired")),
            Held.NONE);
    var after = after(Standings.served().standing(), List.of(node), shown(A), now);
    assertThat(condition(after, ConditionType.DEPLOYED).state()).isEqualTo(ConditionState.OK);
  }

  @Test
  void anOlderProbeDoesNotReplaceANewerOne() {
    var now = T0.plusSeconds(600);
    var proved = after(Standings.served().standing(), nodes(now), shown(A, B), now);
    var change = RULE.after(proved, TOLD, nodes(now), shown(A), now.minusSeconds(1));
    assertThat(change.conditions()).isEmpty();
  }

  @Test
  void aSuspendedDomainStaysDueUntilEveryNodeKnows() {
    var suspended =
        Standings.served().wanting(Wanted.SUSPENDED).told(EntryState.SUSPENDED).standing();
    var now = T0.plusSeconds(40);
    var dead = List.of(node("a", A, 5, now), node("b", B, 4, T0));
    var late = suspended.after(RULE.afterAcks(suspended, TOLD, dead, now));
    assertThat(condition(late, ConditionType.DEPLOYED).reason()).isEqualTo(Reason.NODE_SILENT);
    assertThat(late.domain().dueAt()).contains(now.plusSeconds(60));

    var later = now.plusSeconds(60);
    var known = late.after(RULE.afterAcks(late, TOLD, nodes(later), later));
    assertThat(condition(known, ConditionType.DEPLOYED).state()).isEqualTo(ConditionState.OK);
    assertThat(known.domain().dueAt())
        .as("only its proof")
        .contains(later.plus(Duration.ofDays(1)));
  }

  @Test
  void aRemovalIsOverWhenEveryNodeThatReceivesTrafficHasLetGo() {
    var now = T0.plusSeconds(2);
    var removed = removed(nodes(now), now);
    assertThat(condition(removed, ConditionType.DEPLOYED).state()).isEqualTo(ConditionState.OK);
    assertThat(ServeRule.letGo(removed.domain().hostname(), TOLD, nodes(now))).isTrue();
    assertThat(ServeRule.letGo(removed.domain().hostname(), TOLD, List.of()))
        .as("drained ones are not waited for")
        .isTrue();
  }

  @Test
  void aRemovalThatANodeHoldsBackIsNotOverAndNamesTheNode() {
    var now = T0.plusSeconds(2);
    var nodes =
        List.of(node("a", A, 5, now), holding("b", new Held(2, Set.of("shop.acme.com", "x.com"))));
    var removed = removed(nodes, now);
    assertThat(ServeRule.letGo(removed.domain().hostname(), TOLD, nodes)).isFalse();
    var deployed = condition(removed, ConditionType.DEPLOYED);
    assertThat(deployed.reason()).isEqualTo(Reason.NODE_HOLDS_REMOVAL);
    assertThat(deployed.state()).isEqualTo(ConditionState.FAILING);
    assertThat(deployed.who()).isEqualTo(Actor.OPERATOR);
    assertThat(deployed.message()).contains("by b,").contains("nodes confirm-removals b");
    assertThat(deployed.evidence()).extracting(Evidence::answer).containsExactly("2");
    assertThat(status(removed)).isEqualTo(DomainStatus.REMOVING);
    assertThat(removed.domain().dueAt()).contains(now.plus(ServeRule.HELD_AGAIN));
  }

  @Test
  void aRemovalIsNotHeldBackWhereANodeNamesAllThatItHoldsAndItIsNotAmongThem() {
    var now = T0.plusSeconds(2);
    var others = List.of(holding("b", new Held(1, Set.of("other.acme.com"))));
    assertThat(condition(removed(others, now), ConditionType.DEPLOYED).state())
        .isEqualTo(ConditionState.OK);
    var unnamed = List.of(holding("b", new Held(2, Set.of("other.acme.com"))));
    assertThat(condition(removed(unnamed, now), ConditionType.DEPLOYED).reason())
        .as("it may be the one that is not named")
        .isEqualTo(Reason.NODE_HOLDS_REMOVAL);
  }

  @Test
  void aRemovalWaitsForANodeThatIsSilentOrBehind() {
    var now = T0.plusSeconds(40);
    var silent = List.of(node("a", A, 5, now), node("b", B, 4, T0));
    var waiting = removed(silent, now);
    assertThat(condition(waiting, ConditionType.DEPLOYED).reason()).isEqualTo(Reason.NODE_SILENT);
    assertThat(waiting.domain().dueAt()).contains(now.plus(ServeRule.SILENT_AGAIN));
    var behind = removed(List.of(node("a", A, 4, now)), now);
    assertThat(condition(behind, ConditionType.DEPLOYED).reason()).isEqualTo(Reason.NODE_BEHIND);
    assertThat(behind.domain().dueAt()).contains(now.plus(ServeRule.BEHIND_AGAIN));
  }

  private static Standing removed(List<NodeState> nodes, Instant now) {
    var removed = Standings.served().wanting(Wanted.REMOVED).told(EntryState.REMOVED).standing();
    return removed.after(RULE.afterRemoval(removed, TOLD, nodes, now));
  }

  private static NodeState holding(String name, Held held) {
    return new NodeState(
        B,
        name,
        new InetSocketAddress(443),
        Optional.of(TOLD),
        T0,
        Optional.empty(),
        List.of(),
        held);
  }

  @Test
  void tellsWhichNodesProvedIt() {
    var now = T0.plusSeconds(600);
    var change = RULE.after(Standings.served().standing(), TOLD, nodes(now), shown(A, B), now);
    assertThat(change.proofs())
        .containsExactly(
            new Change.NodeProof(A, 5, "00", now), new Change.NodeProof(B, 5, "00", now));
  }

  private static Standing after(
      Standing standing, List<NodeState> nodes, ServingDiagnosis shown, Instant now) {
    return standing.after(RULE.after(standing, TOLD, nodes, shown, now));
  }

  private static DomainStatus status(Standing standing) {
    var domain = standing.domain();
    return StatusRule.of(
        domain.wanted(),
        domain.claim().holder(),
        domain.wasActive(),
        domain.generation(),
        standing.conditions());
  }

  private static Condition condition(Standing standing, ConditionType type) {
    return standing.condition(type).orElseThrow();
  }

  private static List<NodeState> nodes(Instant heardAt) {
    return List.of(node("a", A, 5, heardAt), node("b", B, 5, heardAt));
  }

  private static NodeState node(String name, NodeId id, long revision, Instant heardAt) {
    return new NodeState(
        id,
        name,
        new InetSocketAddress(443),
        Optional.of(new Position(1, revision)),
        heardAt,
        Optional.empty(),
        List.of(),
        Held.NONE);
  }

  private static NodeState lagging(String name, NodeId id, Instant since, Instant heardAt) {
    return new NodeState(
        id,
        name,
        new InetSocketAddress(443),
        Optional.of(new Position(1, 4)),
        heardAt,
        Optional.of(since),
        List.of(),
        Held.NONE);
  }

  private static ServingDiagnosis shown(NodeId... proved) {
    var all = proved.length == 2;
    return new ServingDiagnosis(
        new Finding(
            ConditionType.SERVING,
            all ? ConditionState.OK : ConditionState.FAILING,
            all ? Reason.PROVED_ON_EVERY_NODE : Reason.NODE_UNREACHABLE,
            all ? "all proved" : "b is not proved",
            List.of(),
            Actor.NOBODY,
            Optional.empty()),
        new Finding(
            ConditionType.ORIGIN,
            ConditionState.OK,
            Reason.ORIGIN_ANSWERS,
            "answers",
            List.of(),
            Actor.NOBODY,
            Optional.empty()),
        List.of(proved));
  }
}
