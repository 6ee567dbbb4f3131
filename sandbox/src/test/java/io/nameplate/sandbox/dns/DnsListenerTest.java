package io.nameplate.sandbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

class DnsListenerTest {
  @Test
  void aQuestionThatBreaksSomethingDoesNotEndTheServer() throws Exception {
    var address = free();
    var isBroken = new AtomicBoolean(true);
    Executor threads =
        task -> {
          if (isBroken.getAndSet(false)) {
            throw new RejectedExecutionException("broken");
          }
          task.run();
        };
    try (var _ =
        DnsListener.waiting(
            address, (query, _) -> Optional.of(Reply.error(query, Rcode.REFUSED)), threads)) {
      var asker = new SimpleResolver(address);
      asker.setTimeout(Duration.ofMillis(300));
      assertThatThrownBy(() -> asker.send(question())).isInstanceOf(IOException.class);
      asker.setTimeout(Duration.ofMinutes(1));
      assertThat(asker.send(question()).getRcode()).isEqualTo(Rcode.REFUSED);
    }
  }

  private static Message question() {
    return Message.newQuery(
        Record.newRecord(Name.fromConstantString("shop.acme.com."), Type.A, DClass.IN));
  }

  private static InetSocketAddress free() throws IOException {
    var loopback = InetAddress.ofLiteral("127.0.53.53");
    try (var socket = new DatagramSocket(0, loopback)) {
      return new InetSocketAddress(loopback, socket.getLocalPort());
    }
  }
}
