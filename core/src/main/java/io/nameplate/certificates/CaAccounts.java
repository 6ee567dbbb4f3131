package io.nameplate.certificates;

import io.nameplate.clusters.Sealed;
import java.net.URI;
import java.util.Optional;

/// The accounts at CAs: one for each directory.
public interface CaAccounts {

  Optional<CaAccount> find(URI directory);

  /// Stores a key before it is registered. Of two callers one wins: the account as it is stored
  /// then.
  CaAccount create(URI directory, Sealed key);

  /// Stores where the CA keeps the account.
  void registered(URI directory, URI account);

  /// An account.
  ///
  /// @param url where the CA keeps it; empty: not registered yet
  /// @param key the private key, PKCS #8, under the master key
  record CaAccount(Optional<URI> url, Sealed key) {}
}
