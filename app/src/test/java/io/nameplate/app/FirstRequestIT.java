package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a process knows only once it was asked, it may be asked first under an idempotency key.
final class FirstRequestIT {
  @Test
  void mayAddADomainUnderAKey() {
    try (var installation = Installation.begin()) {
      installation.cluster("shared", Optional.empty(), "192.0.2.1");
      var client = new Client(installation.server.uri(), installation.team("acme").key());
      var answer = client.post("/v1/domains", Client.domain("first.customer.de"), "key-first");
      assertThat(answer.status()).isEqualTo(201);
    }
  }
}
