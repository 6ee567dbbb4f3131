package io.nameplate.serving;

import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.ProbeMac;
import java.util.List;

/// What every node should show for a name.
///
/// @param revision the entry's revision; a newer one is right too
/// @param certificateSha256 of the wanted certificate (DER), as 64 lower-case hex digits
/// @param mac signs the probe's header
public record ServingQuestion(
    Hostname name,
    DomainId domain,
    long revision,
    String certificateSha256,
    List<NodeAddress> nodes,
    ProbeMac mac) {

  public ServingQuestion {
    nodes = List.copyOf(nodes);
  }
}
