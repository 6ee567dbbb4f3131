package io.nameplate.api.domains;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.clusters.ClusterDesk;
import jakarta.inject.Singleton;
import java.time.Duration;

/// Where origins may be: what is configured, without the addresses of this installation's clusters
/// and nodes, to which a request would come back.
@Singleton
final class OriginPolicy {
  /// An edge checks again when it dials.
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private final LoadingCache<Boolean, AddressPolicy> policy;

  OriginPolicy(AddressPolicy configured, ClusterDesk clusters) {
    policy =
        Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .build(_ -> configured.withOwn(clusters.addresses()));
  }

  AddressPolicy now() {
    return policy.get(true);
  }
}
