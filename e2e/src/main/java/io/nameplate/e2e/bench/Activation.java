package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.Nameplate;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/// Domains turned active through public ports, with the time it took from the moment their records
/// existed.
final class Activation {
  /// How often a domain is asked for while it is waited for: fine enough for a goal of seconds, and
  /// next to nothing for the API.
  private static final Duration POLL = Duration.ofMillis(40);

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Installation copy;
  private final Nameplate nameplate;

  Activation(Installation copy) {
    this.copy = copy;
    this.nameplate = copy.nameplate();
  }

  /// Adds a domain under a registrable name of its own.
  Domain add(String origin) {
    return nameplate.domains().add("www." + Installation.freshName(), origin);
  }

  /// Waits 1–10 s as people do, sets the records, and measures until the domain is active.
  Duration one(String origin) throws InterruptedException {
    var domain = add(origin);
    Thread.sleep(ThreadLocalRandom.current().nextLong(1_000, 10_000));
    copy.sandbox().setRecordsOf(domain);
    return waitFor(domain, Instant.now());
  }

  /// Waits until the domain is active, and asks one node for it as a visitor would.
  ///
  /// @param since when its records existed
  Duration waitFor(Domain domain, Instant since) throws InterruptedException {
    while (nameplate.domains().get(domain.id()).status() != DomainStatus.ACTIVE) {
      if (Duration.between(since, Instant.now()).compareTo(LONGEST) > 0) {
        throw new IllegalStateException(
            domain.hostname()
                + " is not active after "
                + LONGEST
                + ": "
                + nameplate.domains().get(domain.id()).failing());
      }
      Thread.sleep(POLL);
    }
    return Duration.between(since, Instant.now());
  }

  /// Whether each node serves it, with a certificate of the sandbox's CA.
  boolean isServed(Domain domain) {
    for (int edge = 0; edge < copy.places().edges().size(); edge++) {
      try (var visitor = copy.visitor(edge)) {
        if (visitor.https(domain.hostname(), "/").status() != 200) {
          return false;
        }
      } catch (IOException e) {
        Progress.say("%s on edge %d: %s".formatted(domain.hostname(), edge, e.getMessage()));
        return false;
      }
    }
    return true;
  }
}
