package io.nameplate.domains;

import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.PresentCertificate;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A domain as a test needs it to stand; each method gives another one.
record Standings(
    Wanted wanted,
    boolean holder,
    boolean wasActive,
    ConditionsOf conditions,
    Optional<DomainId> heldBy,
    Optional<PresentCertificate> certificate,
    Optional<EntryState> told,
    boolean older) {

  static final Instant T0 = ConditionsOf.T0;
  static final CertificateId CERTIFICATE = new CertificateId(new UUID(0, 7));
  private static final DomainId DOMAIN = new DomainId(new UUID(0, 1));
  private static final TeamId TEAM = new TeamId(new UUID(0, 2));
  private static final ClusterId CLUSTER = new ClusterId(new UUID(0, 3));
  private static final Origin ORIGIN = new Origin("http://origin.acme.com", HostHeader.VISITOR);

  /// Just added.
  static Standings added() {
    return new Standings(
        Wanted.SERVING,
        false,
        false,
        ConditionsOf.none(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /// Served, with a certificate of 90 days from T0.
  static Standings served() {
    return added()
        .holding()
        .with(ConditionsOf.proved())
        .certifiedFor(Duration.ofDays(90))
        .told(EntryState.SERVING)
        .active();
  }

  Standings holding() {
    return new Standings(
        wanted, true, wasActive, conditions, Optional.of(DOMAIN), certificate, told, older);
  }

  Standings heldElsewhere() {
    var other = new DomainId(new UUID(0, 9));
    return new Standings(
        wanted, false, wasActive, conditions, Optional.of(other), certificate, told, older);
  }

  Standings active() {
    return new Standings(wanted, holder, true, conditions, heldBy, certificate, told, older);
  }

  Standings wanting(Wanted other) {
    return new Standings(other, holder, wasActive, conditions, heldBy, certificate, told, older);
  }

  Standings with(ConditionsOf other) {
    return new Standings(wanted, holder, wasActive, other, heldBy, certificate, told, older);
  }

  Standings certifiedFor(Duration life) {
    var certificate =
        new PresentCertificate(
            CERTIFICATE, "00", T0, T0.plus(life), T0.plus(life.multipliedBy(2).dividedBy(3)));
    return new Standings(
        wanted, holder, wasActive, conditions, heldBy, Optional.of(certificate), told, older);
  }

  Standings told(EntryState state) {
    return new Standings(
        wanted, holder, wasActive, conditions, heldBy, certificate, Optional.of(state), older);
  }

  /// With an older certificate that was not retired.
  Standings withOlderCertificate() {
    return new Standings(wanted, holder, wasActive, conditions, heldBy, certificate, told, true);
  }

  Standing standing() {
    return new Standing(
        domain(),
        cluster(),
        conditions.map(),
        heldBy,
        false,
        certificate,
        older,
        told.map(this::entry));
  }

  private Entry entry(EntryState state) {
    return new Entry(
        CLUSTER,
        new Hostname("shop.acme.com"),
        DOMAIN,
        new Position(1, 5),
        state,
        Optional.of(ORIGIN),
        certificate.map(PresentCertificate::id),
        T0);
  }

  private static Cluster cluster() {
    return new Cluster(
        CLUSTER,
        "shared",
        Optional.empty(),
        "edge.nameplate.net",
        List.of("203.0.113.7"),
        80,
        443,
        T0);
  }

  private Domain domain() {
    return new Domain(
        DOMAIN,
        TEAM,
        CLUSTER,
        new Hostname("shop.acme.com"),
        "shop.acme.com",
        ORIGIN,
        wanted,
        1,
        DomainStatus.PENDING,
        new Claim("k3v9", "token", holder, Optional.empty(), Optional.empty(), Optional.empty()),
        List.of(),
        certificate.map(PresentCertificate::id),
        wasActive,
        Optional.empty(),
        T0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        T0,
        T0,
        Optional.empty());
  }
}
