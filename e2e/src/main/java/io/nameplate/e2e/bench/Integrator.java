package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Nameplate;

/// The code of a product, as it calls the API: without holding every answer against the description
/// as scenarios do, which would be measured along on the same cores.
final class Integrator {
  private Integrator() {}

  static Nameplate of(Installation copy) {
    return Nameplate.builder()
        .url(copy.places().apiUrl().toString())
        .apiKey(copy.places().apiKey())
        .application("nameplate-bench")
        .build();
  }
}
