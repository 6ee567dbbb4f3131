package io.nameplate.domains;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a run may change of a domain's row. Everything else in it is what the team wants.
///
/// @param holder true takes the hostname if it is free; it is never given up here
/// @param dueAt when somebody has to look again at the latest; empty: at rest
public record Progress(
    boolean holder,
    Optional<Proof> proof,
    Optional<Instant> provedAt,
    List<String> recordsSeen,
    boolean wasActive,
    Optional<Instant> checkedAt,
    Optional<Instant> dueAt) {

  public Progress {
    recordsSeen = List.copyOf(recordsSeen);
  }

  /// How far `domain` is.
  public static Progress of(Domain domain) {
    var claim = domain.claim();
    return new Progress(
        claim.holder(),
        claim.proof(),
        claim.provedAt(),
        domain.recordsSeen(),
        domain.wasActive(),
        domain.checkedAt(),
        domain.dueAt());
  }

  /// Looked at DNS at `now` and seen `records`.
  public Progress looked(List<String> records, Instant now) {
    return new Progress(holder, proof, provedAt, records, wasActive, Optional.of(now), dueAt);
  }

  /// Proved so at `now`, and the holder unless another domain is.
  public Progress proved(Proof how, boolean free, Instant now) {
    return new Progress(
        holder || free,
        Optional.of(how),
        Optional.of(now),
        recordsSeen,
        wasActive,
        checkedAt,
        dueAt);
  }

  /// Not proved any more.
  public Progress unproved() {
    return new Progress(
        holder, Optional.empty(), provedAt, recordsSeen, wasActive, checkedAt, dueAt);
  }

  /// Served by a node at least.
  public Progress served() {
    return new Progress(holder, proof, provedAt, recordsSeen, true, checkedAt, dueAt);
  }

  /// To be looked at again at `due` at the latest; empty: at rest.
  public Progress due(Optional<Instant> due) {
    return new Progress(holder, proof, provedAt, recordsSeen, wasActive, checkedAt, due);
  }

  /// `domain` with this progress and a status.
  Domain on(Domain domain, DomainStatus status) {
    var claim = domain.claim();
    return new Domain(
        domain.id(),
        domain.team(),
        domain.cluster(),
        domain.hostname(),
        domain.hostnameUnicode(),
        domain.origin(),
        domain.wanted(),
        domain.generation(),
        status,
        new Claim(
            claim.cnameLabel(),
            claim.txtToken(),
            holder,
            proof,
            provedAt,
            claim.transferRequestedAt()),
        recordsSeen,
        domain.certificate(),
        wasActive,
        domain.movedSince(),
        domain.verifySince(),
        domain.checkRequestedAt(),
        checkedAt,
        dueAt,
        domain.createdAt(),
        domain.updatedAt(),
        domain.removedAt());
  }
}
