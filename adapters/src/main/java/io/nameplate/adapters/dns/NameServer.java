package io.nameplate.adapters.dns;

import io.nameplate.dns.Reply;
import java.net.InetSocketAddress;

/// One of a zone's servers.
sealed interface NameServer {
  /// Name and address, for people.
  String shown();

  /// One that can be asked.
  record Usable(String shown, InetSocketAddress address) implements NameServer {}

  /// One that cannot, and why.
  record Unusable(String shown, Reply.Failed why) implements NameServer {}

  static NameServer at(String name, InetSocketAddress address) {
    var text = DnsExchange.shown(address);
    return new Usable(name.isEmpty() ? text : name + " (" + text + ")", address);
  }

  static NameServer unusable(String name, Reply.Failure failure, String why) {
    return new Unusable(name, new Reply.Failed(failure, why));
  }
}
