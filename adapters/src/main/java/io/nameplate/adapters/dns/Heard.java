package io.nameplate.adapters.dns;

import io.nameplate.dns.Reply;
import org.xbill.DNS.Message;

/// What came back from one server.
sealed interface Heard {
  /// A message that answers the question.
  record Answer(Message message) implements Heard {}

  /// Nothing usable.
  record Nothing(Reply.Failed why) implements Heard {}
}
