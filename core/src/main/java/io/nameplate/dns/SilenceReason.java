package io.nameplate.dns;

import io.nameplate.domains.Reason;
import java.util.Set;

/// Why nobody said anything, when servers failed in several ways: the one that tells most.
enum SilenceReason {
  SERVFAIL(
      Reason.SERVFAIL,
      "The name servers of %s report a failure of their own (SERVFAIL).",
      "Ask the DNS provider of %s why its servers answer SERVFAIL."),
  LAME(
      Reason.LAME_DELEGATION,
      "The name servers listed for %s do not serve it.",
      "Set the name servers of %s at the registrar to those of the DNS provider that holds the"
          + " zone."),
  ADDRESS_REFUSED(
      Reason.NAME_SERVER_ADDRESS_REFUSED,
      "The name servers of %s have addresses that are not on the public internet.",
      "Give %s name servers with public addresses."),
  SILENT(
      Reason.SERVERS_SILENT,
      "The name servers of %s do not answer.",
      "Ask the DNS provider of %s why its servers do not answer.");

  private final Reason reason;
  private final String sentence;
  private final String advice;

  SilenceReason(Reason reason, String sentence, String advice) {
    this.reason = reason;
    this.sentence = sentence;
    this.advice = advice;
  }

  static SilenceReason of(Set<Reply.Failure> failures) {
    if (failures.contains(Reply.Failure.SERVFAIL)) {
      return SERVFAIL;
    }
    if (failures.contains(Reply.Failure.LAME)
        || failures.contains(Reply.Failure.NO_ADDRESS)
        || failures.contains(Reply.Failure.GARBLED)) {
      return LAME;
    }
    return failures.contains(Reply.Failure.ADDRESS_REFUSED) ? ADDRESS_REFUSED : SILENT;
  }

  Reason reason() {
    return reason;
  }

  String sentence(String zone) {
    return sentence.formatted(zone);
  }

  String advice(String zone) {
    return advice.formatted(zone);
  }
}
