package io.nameplate.certificates;

import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.Position;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rows of tries at certificates. Each method is one transaction; what a repeated call finds
/// done, it leaves.
public interface IssuanceStore {

  /// How the domain stands: what a new try needs, the open try, or that there is nothing to try.
  Standing standing(DomainId domain, long generation);

  /// Writes a new try with its key. Empty, and nothing is written, when the domain has another
  /// generation than `generation`, or is not to be served; when the domain has an open try by now,
  /// that one.
  Optional<Issuance> prepare(NewIssuance issuance, long generation);

  /// A try, open or not.
  Optional<Issuance> find(DomainId domain, IssuanceId id);

  /// Notes, before an order is sent, that its reply may get lost.
  void orderSent(Issuance issuance, Instant at);

  /// Stores the order's URL: the moment it is known. The URL that is stored then: of two steps that
  /// order at once the first wins.
  URI ordered(Issuance issuance, URI order);

  /// Of these orders those that belong to a try, of whatever team.
  Set<URI> known(Collection<URI> orders);

  /// Writes the challenge's answer for the domain's nodes. Empty when the domain does not hold the
  /// name any longer.
  Optional<Answered> answer(Issuance issuance, String token, String value, Instant expiresAt);

  /// Moves an open try on to READY or FINALIZING.
  void advance(Issuance issuance, IssuanceState to);

  /// Notes that the CA is not to be asked about this try before `retryAt`. An event, if it says
  /// something new.
  void postpone(Issuance issuance, CaProblem problem, String message, Instant retryAt);

  /// Ends a try: no certificate, its key forgotten, its answer taken back, an event. What may be
  /// tried next.
  Tries fail(Issuance issuance, IssuanceFailure failure, Instant now);

  /// Ends a try: stores the certificate, makes it the domain's wanted one, takes the answer back,
  /// writes an event.
  void issued(
      Issuance issuance, IssuedCertificate certificate, Optional<URI> url, Instant renewFrom);

  /// Notes that the CA asked to come back after `until`; nothing that the limit concerns is ordered
  /// before, for whatever team. A limit of one name is the try's own: see [#postpone].
  void rest(URI directory, CaLimit limit, CaProblem problem, Instant until);

  /// What the CA asked last of the account, and of domains at or above a name; it may be past.
  List<Resting> resting(URI directory, Hostname name);

  /// A time in which a CA wants no orders of some kind.
  record Resting(CaLimit limit, CaProblem problem, Instant until) {}

  /// How a domain stands with regard to a new try.
  sealed interface Standing {
    /// The domain has another generation, does not hold its name, or is not to be served.
    record Superseded() implements Standing {}

    /// A dump was restored, and these nodes were not compared with it yet: nothing is ordered.
    record Paused(List<String> nodes) implements Standing {
      public Paused {
        nodes = List.copyOf(nodes);
      }
    }

    /// There is an open try: go on with it.
    record Open(Issuance issuance) implements Standing {}

    /// There is none.
    ///
    /// @param clusters where the name is placed
    /// @param present the domain's wanted certificate
    /// @param lastFailure of this domain since its last certificate
    record Free(
        Hostname hostname,
        Set<ClusterId> clusters,
        Optional<Present> present,
        Tries tries,
        Optional<IssuanceFailure> lastFailure)
        implements Standing {
      public Free {
        clusters = Set.copyOf(clusters);
      }
    }
  }

  /// A certificate that the domain has.
  record Present(CertificateId id, URI directory, Validity validity) {}

  /// A try that is about to be written.
  record NewIssuance(
      IssuanceId id,
      DomainId domain,
      CertificateId certificate,
      Hostname hostname,
      URI directory,
      Optional<String> profile,
      Optional<CertificateId> replaces,
      CertificateKeys.NewKey key) {}

  /// Where an answer stands in a cluster's stream.
  record Answered(ClusterId cluster, Position position) {}
}
