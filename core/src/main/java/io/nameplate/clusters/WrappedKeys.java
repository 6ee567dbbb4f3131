package io.nameplate.clusters;

import java.util.Optional;

/// Where keys under the master key are stored.
public interface WrappedKeys {

  /// The cluster's key; empty: none made yet.
  ///
  /// @throws IllegalArgumentException if there is no such cluster
  Optional<Sealed> cluster(ClusterId cluster);

  /// Stores the cluster's key unless there is one; the one that is stored then.
  Sealed createCluster(ClusterId cluster, Sealed key);

  /// The value that tells whether a master key is the right one; empty: no master key was used yet.
  Optional<Sealed> checkValue();

  /// Stores the check value unless there is one; the one that is stored then.
  Sealed createCheckValue(Sealed fresh);

  /// The CA of nodes' certificates; empty: none made yet.
  Optional<StoredAuthority> nodeAuthority();

  /// Stores the CA of nodes' certificates unless there is one; the one that is stored then.
  StoredAuthority createNodeAuthority(StoredAuthority fresh);

  /// A CA with its key under the master key.
  ///
  /// @param certificate PEM
  record StoredAuthority(String certificate, Sealed key) {}
}
