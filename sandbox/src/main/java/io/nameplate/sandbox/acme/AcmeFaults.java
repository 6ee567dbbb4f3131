package io.nameplate.sandbox.acme;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The faults that requests will meet. Safe for concurrent use.
public final class AcmeFaults {
  private final List<Standing> standing = new ArrayList<>();
  private long lastId;

  /// Which requests meet a fault, and how it looks.
  ///
  /// @param operation empty for every one
  /// @param hostname empty for every one; else only requests that are seen to concern it
  /// @param count how many requests meet it, empty for all until it is removed
  public record Plan(
      AcmeFault fault,
      Optional<AcmeOperation> operation,
      Optional<String> hostname,
      Optional<Integer> count,
      Duration retryAfter,
      Duration delay,
      WrongCertificate certificate) {
    boolean concerns(AcmeOperation asked, Set<String> hostnames) {
      return operation.map(asked::equals).orElse(true)
          && hostname.map(hostnames::contains).orElse(true);
    }
  }

  /// A plan that is in force.
  ///
  /// @param met how many requests met it
  public record Standing(long id, Plan plan, int met) {
    private Standing met(int more) {
      return new Standing(id, plan, met + more);
    }

    boolean isUsedUp() {
      return plan.count().filter(count -> met >= count).isPresent();
    }
  }

  /// Later plans are met after earlier ones.
  public synchronized Standing add(Plan plan) {
    var added = new Standing(++lastId, plan, 0);
    standing.add(added);
    return added;
  }

  /// The fault that this request meets, which counts as met until it is given back.
  synchronized Optional<Standing> take(AcmeOperation operation, Set<String> hostnames) {
    for (int i = 0; i < standing.size(); i++) {
      var each = standing.get(i);
      if (!each.isUsedUp() && each.plan().concerns(operation, hostnames)) {
        standing.set(i, each.met(1));
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The request did not meet it after all: another one will. Does nothing if it was removed.
  synchronized void giveBack(Standing taken) {
    standing.replaceAll(each -> each.id() == taken.id() ? each.met(-1) : each);
  }

  /// Used-up ones included, so that a test sees that its fault was met.
  public synchronized List<Standing> all() {
    return List.copyOf(standing);
  }

  /// Whether there was one.
  public synchronized boolean remove(long id) {
    return standing.removeIf(each -> each.id() == id);
  }

  public synchronized void clear() {
    standing.clear();
  }
}
