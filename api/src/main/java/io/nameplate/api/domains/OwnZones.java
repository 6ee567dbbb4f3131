package io.nameplate.api.domains;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.nameplate.clusters.ClusterDesk;
import io.nameplate.domains.Hostname;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The zones of this installation, in which nobody gets a hostname: those configured, and every
/// cluster's.
@Singleton
final class OwnZones {
  /// Clusters are added by hand, and before anybody could know their zones.
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private final LoadingCache<Boolean, Set<Hostname>> zones;

  OwnZones(ConfiguredZones configured, ClusterDesk clusters) {
    zones =
        Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .build(_ ->
                Stream.concat(configured.zones().stream(), clusters.zones().stream())
                    .collect(Collectors.toUnmodifiableSet()));
  }

  Set<Hostname> all() {
    return zones.get(true);
  }
}
