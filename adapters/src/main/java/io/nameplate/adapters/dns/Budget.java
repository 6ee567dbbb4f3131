package io.nameplate.adapters.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What one look has left: queries in all, queries to each server, and time. A server that was
/// silent once is not waited for again. Thread-safe.
final class Budget {
  private final DnsSettings.Limits limits;
  private final long deadlineNanos;
  private final AtomicInteger asked = new AtomicInteger();
  private final Map<InetSocketAddress, AtomicInteger> askedOf = new ConcurrentHashMap<>();
  private final Set<InetSocketAddress> silent = ConcurrentHashMap.newKeySet();

  Budget(DnsSettings.Limits limits) {
    this.limits = limits;
    this.deadlineNanos = System.nanoTime() + limits.look().toNanos();
  }

  /// Takes one query to that server; false if there is none left.
  boolean take(InetSocketAddress server) {
    return !isOver()
        && asked.incrementAndGet() <= limits.queries()
        && askedOf.computeIfAbsent(server, _ -> new AtomicInteger()).incrementAndGet()
            <= limits.queriesPerServer();
  }

  boolean isOver() {
    return left().compareTo(Duration.ofMillis(1)) < 0;
  }

  /// What is left of the time, at most `wanted`.
  Duration atMost(Duration wanted) {
    var left = left();
    return left.compareTo(wanted) < 0 ? left : wanted;
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  void foundSilent(InetSocketAddress server) {
    silent.add(server);
  }

  boolean isSilent(InetSocketAddress server) {
    return silent.contains(server);
  }
}
