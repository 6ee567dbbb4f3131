package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DueDomains;
import io.nameplate.edge.Nodes;

/// Makes the domains of a cluster due when one of its nodes falls silent or returns, so that each
/// says so within seconds and not when its turn comes.
public final class NodeWatch {
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
    turned.forEach(due::hasten);
    return turned.size();
  }
}
