package io.nameplate.domains;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What follows for a domain from what a CA is asked and answers.
///
/// @param watchEvery how often a domain that is served is looked at
public record OrderRule(Duration watchEvery) {

  /// What to write before a certificate is ordered.
  public Change ordering(Standing standing, Instant now) {
    return dated(standing, CertificateFindings.ordered(standing, now), Optional.empty(), now);
  }

  /// What to write when there is none now. It is tried again when the CA allows it; the domain is
  /// looked at as if nothing had been ordered.
  public Change postponed(Standing standing, NotNow why, Instant now) {
    var found = CertificateFindings.notNow(standing, why, now);
    return dated(standing, found, Optional.of(why.retryAt()), now);
  }

  private Change dated(Standing standing, Finding found, Optional<Instant> retryAt, Instant now) {
    var condition = found.asCondition(standing.domain().generation(), now, retryAt);
    var after = standing.after(new Change(Progress.of(standing.domain()), List.of(condition)));
    return new Change(
        Progress.of(standing.domain()).due(Cadence.dueAt(after, watchEvery, now)),
        List.of(condition));
  }
}
