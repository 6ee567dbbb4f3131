package io.nameplate.adapters.keys;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Sealed;
import io.nameplate.clusters.WrappedKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Wrapped keys in a map.
final class KeysInMemory implements WrappedKeys {
  private final Map<ClusterId, Sealed> clusters = new HashMap<>();
  private Optional<Sealed> checkValue = Optional.empty();
  private Optional<StoredAuthority> authority = Optional.empty();

  @Override
  public Optional<Sealed> cluster(ClusterId cluster) {
    return Optional.ofNullable(clusters.get(cluster));
  }

  @Override
  public Sealed createCluster(ClusterId cluster, Sealed key) {
    return clusters.computeIfAbsent(cluster, _ -> key);
  }

  @Override
  public Optional<Sealed> checkValue() {
    return checkValue;
  }

  @Override
  public Sealed createCheckValue(Sealed fresh) {
    checkValue = checkValue.or(() -> Optional.of(fresh));
    return checkValue.get();
  }

  @Override
  public Optional<StoredAuthority> nodeAuthority() {
    return authority;
  }

  @Override
  public StoredAuthority createNodeAuthority(StoredAuthority fresh) {
    authority = authority.or(() -> Optional.of(fresh));
    return authority.get();
  }
}
