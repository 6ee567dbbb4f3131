package io.nameplate.dns;

import java.util.List;

/// What one server said to one question.
public sealed interface Reply {
  /// Records of the type that was asked for, in zone-file form: `203.0.113.7`, `0 issue
  /// "ca.example"`, a TXT record's strings joined. Sorted, never empty.
  record Records(List<String> values) implements Reply {
    public Records {
      values = values.stream().sorted().toList();
    }
  }

  /// The name is another name for `target` (lower case, no trailing dot).
  record Alias(String target) implements Reply {}

  /// The name exists and has no records of this type.
  record NoRecords() implements Reply {}

  /// The name does not exist.
  record NoSuchName() implements Reply {}

  /// No answer that says anything.
  record Failed(Failure failure, String detail) implements Reply {}

  /// How a server can fail to answer.
  enum Failure {
    /// It says that it failed (rcode 2).
    SERVFAIL,
    /// It is named as the zone's server and does not serve the zone: REFUSED, NOTAUTH, or an answer
    /// without authority.
    LAME,
    /// Nothing came back in time.
    SILENT,
    /// Its address is one that must not be asked.
    ADDRESS_REFUSED,
    /// The server's own name has no address.
    NO_ADDRESS,
    /// What came back is no DNS message, or does not answer what was asked.
    GARBLED,
    /// This look's share of queries or time was used up.
    NOT_ASKED
  }

  /// Whether the server said something about the name.
  default boolean definite() {
    return !(this instanceof Failed);
  }
}
