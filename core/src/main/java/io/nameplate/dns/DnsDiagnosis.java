package io.nameplate.dns;

import io.nameplate.domains.Finding;
import java.util.List;

/// All that a look at DNS says about a domain.
///
/// @param seen which of the wanted records were seen, such as `CNAME`, `TXT`, `A 203.0.113.7`
public record DnsDiagnosis(
    Finding ownership,
    Finding dns,
    Finding caa,
    ProofSeen proof,
    Direction direction,
    List<String> seen) {

  public DnsDiagnosis {
    seen = List.copyOf(seen);
  }

  /// The three findings in the order in which conditions are shown.
  public List<Finding> findings() {
    return List.of(ownership, dns, caa);
  }
}
