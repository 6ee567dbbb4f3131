package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DomainId;
import io.nameplate.domains.DueDomains;
import io.nameplate.edge.Nodes;
import java.time.Duration;
import java.util.Optional;

/// Makes the domains of a cluster due when one of its nodes falls silent or returns, so that each
/// says so within seconds and not when its turn comes.
public final class NodeWatch {
  /// Thousands at the same moment would look at nothing else.
  private static final Duration SPREAD = Duration.ofSeconds(4);

  private static final int BATCH = 1_000;

  private final Nodes nodes;
  private final DueDomains due;

  public NodeWatch(Nodes nodes, DueDomains due) {
    this.nodes = nodes;
    this.due = due;
  }

  /// Looks at all nodes once.
  ///
  /// @return how many clusters had one that turned
  public int attend() {
    var turned = nodes.turned();
    for (var cluster : turned) {
      var last = Optional.<DomainId>empty();
      do {
        last = due.hasten(cluster, last, BATCH, SPREAD);
      } while (last.isPresent());
    }
    return turned.size();
  }
}
