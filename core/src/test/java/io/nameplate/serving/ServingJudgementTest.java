package io.nameplate.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import io.nameplate.edge.ProbeMac;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingJudgementTest {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  private static final String WANTED = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final DomainId DOMAIN = new DomainId(new UUID(1, 1));
  private static final NodeAddress EDGE_1 = node(1);
  private static final NodeAddress EDGE_2 = node(2);

  @Test
  void isProvedWhenEveryNodeShowsTheWantedCertificateAndEntry() {
    var diagnosis = judge(answered(EDGE_1), answered(EDGE_2));
    assertServing(diagnosis, ConditionState.OK, Reason.PROVED_ON_EVERY_NODE);
    assertThat(diagnosis.proved()).containsExactly(EDGE_1.id(), EDGE_2.id());
    assertThat(diagnosis.origin().reason()).isEqualTo(Reason.ORIGIN_ANSWERS);
  }

  @Test
  void aNewerEntryIsRightToo() {
    var newer =
        answer(EDGE_1, 200, WANTED, Optional.of(EDGE_1.id().toString()), 8, Optional.empty());
    assertServing(judge(newer), ConditionState.OK, Reason.PROVED_ON_EVERY_NODE);
  }

  @Test
  void namesTheNodeThatCannotBeReached() {
    var diagnosis =
        judge(answered(EDGE_1), seen(EDGE_2, new NodeSight.Unreachable("Connection refused")));
    assertServing(diagnosis, ConditionState.FAILING, Reason.NODE_UNREACHABLE);
    assertThat(diagnosis.serving().message()).contains("edge-2").doesNotContain("edge-1");
    assertThat(diagnosis.proved()).containsExactly(EDGE_1.id());
    assertThat(diagnosis.origin().state()).isEqualTo(ConditionState.OK);
  }

  @Test
  void namesTheNodeWithAnotherCertificate() {
    var old = answer(EDGE_2, 200, OTHER, Optional.of(EDGE_2.id().toString()), 7, Optional.empty());
    var diagnosis = judge(answered(EDGE_1), old);
    assertServing(diagnosis, ConditionState.FAILING, Reason.NODE_SERVES_ANOTHER_CERTIFICATE);
    assertThat(diagnosis.serving().message()).contains("edge-2");
  }

  @Test
  void namesTheNodeWithAnOlderEntry() {
    var old = answer(EDGE_1, 200, WANTED, Optional.of(EDGE_1.id().toString()), 6, Optional.empty());
    assertServing(judge(old), ConditionState.FAILING, Reason.NODE_SERVES_ANOTHER_REVISION);
  }

  @Test
  void anotherDomainUnderTheNameIsAnotherEntry() {
    var sight =
        new NodeSight.Answered(
            200,
            WANTED,
            Optional.of(EDGE_1.id().toString()),
            Optional.of(new DomainId(new UUID(2, 2)).toString()),
            OptionalLong.of(9),
            Optional.empty());
    assertServing(
        judge(seen(EDGE_1, sight)), ConditionState.FAILING, Reason.NODE_SERVES_ANOTHER_REVISION);
  }

  @Test
  void aRefusedHandshakeHasItsOwnReason() {
    assertServing(
        judge(seen(EDGE_1, new NodeSight.HandshakeRefused("unrecognized_name"))),
        ConditionState.FAILING,
        Reason.NODE_REFUSES_HANDSHAKE);
  }

  @Test
  void whoeverDoesNotKnowAProbeIsNoNode() {
    var stranger = answer(EDGE_1, 200, WANTED, Optional.empty(), 7, Optional.empty());
    assertServing(judge(stranger), ConditionState.FAILING, Reason.NODE_ANSWERS_WRONG);
    var another =
        answer(EDGE_1, 200, WANTED, Optional.of(EDGE_2.id().toString()), 7, Optional.empty());
    assertServing(judge(another), ConditionState.FAILING, Reason.NODE_ANSWERS_WRONG);
    var hanging = seen(EDGE_1, new NodeSight.Broken("no answer within 5 s", Optional.of(WANTED)));
    assertServing(judge(hanging), ConditionState.FAILING, Reason.NODE_ANSWERS_WRONG);
  }

  @Test
  void aClusterWithoutNodesServesNobody() {
    assertServing(judge(), ConditionState.FAILING, Reason.NO_NODES);
  }

  @ParameterizedTest
  @CsvSource({
    "origin-unreachable, ORIGIN_UNREACHABLE",
    "origin-timeout, ORIGIN_TIMED_OUT",
    "origin-tls, ORIGIN_TLS_FAILED",
    "origin-refused-address, ORIGIN_ADDRESS_REFUSED",
    "loop, ORIGIN_LOOPS",
  })
  void whatTheEdgeMetAtTheOriginIsTheTeamsMatter(String error, Reason reason) {
    var diagnosis = judge(answered(EDGE_1), failing(EDGE_2, 502, Optional.of(error)));
    assertServing(diagnosis, ConditionState.OK, Reason.PROVED_ON_EVERY_NODE);
    assertThat(diagnosis.origin().state()).isEqualTo(ConditionState.FAILING);
    assertThat(diagnosis.origin().reason()).isEqualTo(reason);
    assertThat(diagnosis.origin().who()).isEqualTo(Actor.INTEGRATOR);
    assertThat(diagnosis.origin().message()).contains("edge-2");
  }

  @Test
  void anErrorOfTheOriginsOwnIsToldApart() {
    var origin = judge(failing(EDGE_1, 503, Optional.empty())).origin();
    assertThat(origin.reason()).isEqualTo(Reason.ORIGIN_ANSWERS_ERROR);
    assertThat(origin.message()).contains("503");
    assertThat(judge(failing(EDGE_1, 404, Optional.empty())).origin().state())
        .isEqualTo(ConditionState.OK);
  }

  @Test
  void whatNoNodePassedOnTellsNothingAboutTheOrigin() {
    var origin = judge(seen(EDGE_1, new NodeSight.Unreachable("refused"))).origin();
    assertThat(origin.state()).isEqualTo(ConditionState.UNKNOWN);
    assertThat(origin.reason()).isEqualTo(Reason.ORIGIN_NOT_ASKED);
    assertThat(judge(failing(EDGE_1, 503, Optional.of("suspended"))).origin().state())
        .isEqualTo(ConditionState.UNKNOWN);
  }

  private static ServingDiagnosis judge(ServingObservation.Seen... seen) {
    var question =
        new ServingQuestion(
            new Hostname("shop.acme.com"),
            DOMAIN,
            7,
            WANTED,
            List.of(EDGE_1, EDGE_2),
            ProbeMac.ofClusterKey(new byte[32]));
    return ServingJudgement.judge(question, new ServingObservation(T0, List.of(seen)));
  }

  private static ServingObservation.Seen answered(NodeAddress node) {
    return failing(node, 200, Optional.empty());
  }

  private static ServingObservation.Seen failing(
      NodeAddress node, int status, Optional<String> edgeError) {
    return answer(node, status, WANTED, Optional.of(node.id().toString()), 7, edgeError);
  }

  private static ServingObservation.Seen answer(
      NodeAddress node,
      int status,
      String certificate,
      Optional<String> name,
      long revision,
      Optional<String> edgeError) {
    return seen(
        node,
        new NodeSight.Answered(
            status,
            certificate,
            name,
            Optional.of(DOMAIN.toString()),
            OptionalLong.of(revision),
            edgeError));
  }

  private static ServingObservation.Seen seen(NodeAddress node, NodeSight sight) {
    return new ServingObservation.Seen(node, sight);
  }

  private static NodeAddress node(int number) {
    return new NodeAddress(
        new NodeId(new UUID(0, number)),
        "edge-" + number,
        new InetSocketAddress(InetAddress.ofLiteral("198.18.1." + number), 443));
  }

  private static void assertServing(
      ServingDiagnosis diagnosis, ConditionState state, Reason reason) {
    assertThat(diagnosis.serving().reason()).isEqualTo(reason);
    assertThat(diagnosis.serving().state()).isEqualTo(state);
  }
}
