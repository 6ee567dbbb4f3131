package io.nameplate.clusters;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.edge.Position;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final Position WANTED = new Position(2, 10);

  @Test
  void isCurrentAtTheWantedPositionAndBeyond() {
    assertThat(node(new Position(2, 10), NOW).at(NOW, WANTED)).isEqualTo(NodeState.CURRENT);
    assertThat(node(new Position(2, 11), NOW).at(NOW, WANTED)).isEqualTo(NodeState.CURRENT);
  }

  @Test
  void isBehindBeforeItAndInAnotherEpoch() {
    assertThat(node(new Position(2, 9), NOW).at(NOW, WANTED)).isEqualTo(NodeState.BEHIND);
    assertThat(node(new Position(1, 99), NOW).at(NOW, WANTED)).isEqualTo(NodeState.BEHIND);
  }

  @Test
  void isSilentAfterHalfAMinuteAsForRunsThatWaitForIt() {
    var node = node(new Position(2, 10), NOW);
    assertThat(node.at(NOW.plusSeconds(29), WANTED)).isEqualTo(NodeState.CURRENT);
    assertThat(node.at(NOW.plusSeconds(30), WANTED)).isEqualTo(NodeState.SILENT);
  }

  private static Node node(Position position, Instant acked) {
    return new Node(
        new NodeId(new UUID(0, 1)),
        new ClusterId(new UUID(0, 2)),
        "edge-1",
        true,
        "127.0.1.1:14011",
        "127.0.1.1:14012",
        "0.1.0",
        Optional.of(position),
        0,
        Optional.empty(),
        Optional.of(acked));
  }
}
