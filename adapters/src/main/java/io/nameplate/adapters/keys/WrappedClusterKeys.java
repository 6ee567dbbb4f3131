package io.nameplate.adapters.keys;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.clusters.Sealed;
import io.nameplate.clusters.WrappedKeys;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;

/// Cluster keys that the database holds under the master key.
public final class WrappedClusterKeys implements ClusterKeys {
  private static final int BYTES = 32;
  private static final byte[] NO_SALT = {};

  private final MasterKey master;
  private final WrappedKeys record;
  private final SecureRandom random = new SecureRandom();
  private final Map<Derivation, SecretKey> derived = new ConcurrentHashMap<>();

  public WrappedClusterKeys(MasterKey master, WrappedKeys record) {
    this.master = master;
    this.record = record;
  }

  @Override
  public SecretKey derived(ClusterId cluster, Use use) {
    var wanted = new Derivation(cluster, use);
    var known = derived.get(wanted);
    if (known != null) {
      return known;
    }
    var made = derive(clusterKey(cluster), use);
    derived.put(wanted, made);
    return made;
  }

  static SecretKey derive(byte[] clusterKey, Use use) {
    return Hkdf.derive(clusterKey, NO_SALT, use.info(), use.algorithm());
  }

  /// The cluster's key itself, to be sealed to a node and to nothing else.
  byte[] clusterKey(ClusterId cluster) {
    var context = "cluster-key|" + cluster;
    var wrapped = record.cluster(cluster).orElseGet(() -> make(cluster, context));
    return master.unwrap(context, wrapped);
  }

  private Sealed make(ClusterId cluster, String context) {
    var key = new byte[BYTES];
    random.nextBytes(key);
    return record.createCluster(cluster, master.wrap(context, key));
  }

  private record Derivation(ClusterId cluster, Use use) {}
}
