package io.nameplate.serving;

import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Finding;
import java.util.List;

/// What a probe of all nodes says about a domain.
///
/// @param proved nodes that showed the wanted certificate and entry
public record ServingDiagnosis(Finding serving, Finding origin, List<NodeId> proved) {
  public ServingDiagnosis {
    proved = List.copyOf(proved);
  }
}
