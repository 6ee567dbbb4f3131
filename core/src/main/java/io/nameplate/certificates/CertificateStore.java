package io.nameplate.certificates;

import io.nameplate.domains.DomainId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The rows of certificates.
public interface CertificateStore {

  /// A certificate of the domain, present or past.
  Optional<Watched> find(DomainId domain, CertificateId id);

  /// Marks the domain's certificates other than `keep` as replaced and forgets their keys.
  void retireAllBut(DomainId domain, CertificateId keep);

  /// Forgets all keys of the domain, takes its answers back and ends an open try.
  void forget(DomainId domain);

  /// Takes up to `limit` certificates in use whose renewal window is to be looked at again, each
  /// until `leasedUntil` for this caller alone.
  List<Watched> claimStaleWindows(URI directory, int limit, Instant leasedUntil);

  /// Stores what the CA said. When renewal is due at `now`, asks for a run of the domain.
  ///
  /// @param window empty: the CA has none for it
  void looked(
      Watched certificate,
      Optional<RenewalWindow> window,
      Instant renewFrom,
      Instant now,
      Instant nextLook);

  /// A certificate whose renewal is watched.
  record Watched(
      DomainId domain,
      CertificateId id,
      URI directory,
      String chain,
      Validity validity,
      Optional<RenewalWindow> window,
      Instant renewFrom) {}
}
