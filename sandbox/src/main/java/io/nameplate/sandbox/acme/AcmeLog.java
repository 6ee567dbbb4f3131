package io.nameplate.sandbox.acme;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the CA was asked, in order. Safe for concurrent use.
public final class AcmeLog {
  /// The oldest are forgotten beyond that; about 50 MB.
  private static final int MAX_REQUESTS = 100_000;

  private final Deque<Entry> entries = new ArrayDeque<>();
  private long lastNumber;

  /// One request.
  ///
  /// @param order path of its order as far as it is known, or empty
  /// @param status what the CA answered, 0 if it was not asked
  /// @param toldStatus what the client was answered, 0 if nothing
  public record Entry(
      long number,
      Instant at,
      AcmeOperation operation,
      String method,
      String path,
      String account,
      String order,
      Set<String> hostnames,
      Optional<String> replaces,
      int status,
      int toldStatus,
      Optional<AcmeFault> fault,
      long millis) {}

  synchronized void add(Entry entry) {
    entries.addLast(
        new Entry(
            ++lastNumber,
            entry.at(),
            entry.operation(),
            entry.method(),
            entry.path(),
            entry.account(),
            entry.order(),
            entry.hostnames(),
            entry.replaces(),
            entry.status(),
            entry.toldStatus(),
            entry.fault(),
            entry.millis()));
    if (entries.size() > MAX_REQUESTS) {
      entries.removeFirst();
    }
  }

  public synchronized List<Entry> all() {
    return List.copyOf(entries);
  }

  public synchronized void clear() {
    entries.clear();
  }
}
