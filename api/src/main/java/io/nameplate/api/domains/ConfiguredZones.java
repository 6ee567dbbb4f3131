package io.nameplate.api.domains;

import io.nameplate.domains.Hostname;
import java.util.Set;

/// Zones of this installation beside its clusters'.
public record ConfiguredZones(Set<Hostname> zones) {
  public ConfiguredZones {
    zones = Set.copyOf(zones);
  }
}
