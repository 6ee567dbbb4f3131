package io.nameplate.sandbox.launcher;

import java.util.List;
import java.util.Map;

/// How a part is run: the command, its environment, where it listens, and how one sees that it is
/// ready.
///
/// `restartOn` is what makes a running process out of date: usually the name of its build.
record Program(
    Part part,
    List<String> command,
    Map<String, String> environment,
    List<Listener> listeners,
    Readiness readiness,
    Goodbye goodbye,
    String restartOn) {

  Program {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    listeners = List.copyOf(listeners);
  }

  /// Changes whenever a running process should be replaced by a new one.
  String fingerprint() {
    var text = new StringBuilder(restartOn).append('\n').append(command);
    environment.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> text.append('\n').append(entry));
    return ContentHash.ofText(text.toString());
  }

  /// An address that must be free before the part starts.
  record Listener(Address address, String purpose, boolean udp) {
    static Listener tcp(Address address, String purpose) {
      return new Listener(address, purpose, false);
    }

    static Listener udp(Address address, String purpose) {
      return new Listener(address, purpose, true);
    }
  }

  /// The signal that asks a part to finish what it does and end.
  enum Goodbye {
    TERM,
    /// PostgreSQL's fast shutdown: TERM would wait for its clients.
    INT
  }
}
