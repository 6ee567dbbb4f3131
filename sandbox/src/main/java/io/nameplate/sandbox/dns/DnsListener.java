package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.dns.QueryLog.Transport;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/// A DNS server's sockets: UDP and TCP on one address.
final class DnsListener implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsListener.class);
  private static final int TCP_IDLE_MILLIS = 10_000;
  private static final int UDP_BUFFER_BYTES = 1 << 20;

  /// What to say to a question; empty means to say nothing.
  interface Answers {
    Optional<Message> to(Message query, Transport transport);
  }

  private final InetSocketAddress address;
  private final Answers answers;
  private final DatagramChannel udp;
  private final ServerSocket tcp;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private DnsListener(
      InetSocketAddress address, Answers answers, DatagramChannel udp, ServerSocket tcp) {
    this.address = address;
    this.answers = answers;
    this.udp = udp;
    this.tcp = tcp;
  }

  /// For answers that are computed at once: given on the thread that reads the questions.
  static DnsListener immediate(InetSocketAddress address, Answers answers) throws IOException {
    return started(address, answers, Optional.empty());
  }

  /// For answers that wait for others: each on a thread of its own.
  static DnsListener waiting(InetSocketAddress address, Answers answers, Executor threads)
      throws IOException {
    return started(address, answers, Optional.of(threads));
  }

  private static DnsListener started(
      InetSocketAddress address, Answers answers, Optional<Executor> executor) throws IOException {
    var udp = DatagramChannel.open();
    var tcp = new ServerSocket();
    try {
      udp.setOption(StandardSocketOptions.SO_RCVBUF, UDP_BUFFER_BYTES);
      udp.bind(address);
      tcp.bind(address, 256);
    } catch (IOException e) {
      udp.close();
      tcp.close();
      throw new IOException("DNS cannot listen on %s: %s".formatted(address, e.getMessage()), e);
    }
    var listener = new DnsListener(address, answers, udp, tcp);
    Thread.ofPlatform()
        .name("dns-" + address.getHostString())
        .daemon()
        .start(() -> listener.serveUdp(executor.orElse(Runnable::run)));
    listener.threads.execute(listener::serveTcp);
    return listener;
  }

  private void serveUdp(Executor executor) {
    while (udp.isOpen()) {
      try {
        var buffer = ByteBuffer.allocate(4_096);
        var asker = udp.receive(buffer);
        buffer.flip();
        executor.execute(() -> answerUdp(buffer, asker));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("A DNS question could not be read address={} error={}", address, e.toString());
      } catch (RuntimeException e) { // of one question: the server goes on
        LOG.error("A DNS question was not answered address={}", address, e);
      }
    }
  }

  private void answerUdp(ByteBuffer packet, SocketAddress asker) {
    try {
      var query = parsed(packet);
      if (query.isEmpty()) {
        return;
      }
      var answer = answered(query.get(), Transport.UDP);
      if (answer.isPresent()) {
        udp.send(ByteBuffer.wrap(Reply.toUdp(query.get(), answer.get())), asker);
      }
    } catch (ClosedChannelException e) {
      LOG.debug("Closed while answering address={}", address);
    } catch (IOException e) {
      LOG.warn("A DNS answer could not be sent address={} error={}", address, e.toString());
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        var connection = tcp.accept();
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        if (!tcp.isClosed()) {
          LOG.warn("A DNS connection was not accepted address={} error={}", address, e.toString());
        }
      }
    }
  }

  /// Several questions one after the other (RFC 7766), until the asker closes or is idle too long.
  private void serve(Socket connection) {
    try (connection) {
      connection.setSoTimeout(TCP_IDLE_MILLIS);
      connection.setTcpNoDelay(true);
      var in = new DataInputStream(connection.getInputStream());
      var out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        var packet = in.readNBytes(in.readUnsignedShort());
        var query = parsed(ByteBuffer.wrap(packet));
        if (query.isEmpty()) {
          return;
        }
        var answer = answered(query.get(), Transport.TCP);
        if (answer.isPresent()) {
          var wire = answer.get().toWire(Message.MAXLENGTH);
          var framed = ByteBuffer.allocate(2 + wire.length);
          framed.putShort((short) wire.length).put(wire);
          out.write(framed.array());
          out.flush();
        }
      }
    } catch (EOFException e) {
      LOG.trace("The asker closed address={}", address);
    } catch (IOException e) {
      LOG.debug("A DNS connection ended address={} error={}", address, e.toString());
    }
  }

  private Optional<Message> answered(Message query, Transport transport) {
    try {
      return answers.to(query, transport);
    } catch (RuntimeException e) {
      LOG.error("A DNS question was not answered question={}", query.getQuestion(), e);
      return Optional.of(Reply.error(query, Rcode.SERVFAIL));
    }
  }

  /// Empty for what is no question, an answer in particular: two servers must not talk for ever.
  private static Optional<Message> parsed(ByteBuffer packet) {
    try {
      var message = new Message(packet);
      return message.getHeader().getFlag(Flags.QR) ? Optional.empty() : Optional.of(message);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
    threads.shutdownNow();
  }
}
