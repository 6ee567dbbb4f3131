package io.nameplate.dns;

import io.nameplate.addresses.AddressText;
import java.net.InetAddress;
import java.util.Set;

/// Where one server's answer leads. Servers that give different addresses of one place do not
/// disagree.
enum Towards {
  CLUSTER,
  BOTH,
  ELSEWHERE,
  NOWHERE,
  ALIAS,
  NO_SUCH_NAME,
  NOT_SAID;

  static Towards of(Reply reply, Set<InetAddress> here) {
    return switch (reply) {
      case Reply.Records(var values) -> {
        long ours =
            values.stream()
                .flatMap(text -> AddressText.parse(text).stream())
                .filter(here::contains)
                .count();
        yield ours == values.size() ? CLUSTER : ours == 0 ? ELSEWHERE : BOTH;
      }
      case Reply.Alias _ -> ALIAS;
      case Reply.NoRecords _ -> NOWHERE;
      case Reply.NoSuchName _ -> NO_SUCH_NAME;
      case Reply.Failed _ -> NOT_SAID;
    };
  }
}
