package io.nameplate.adapters.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// A DNS server over UDP that answers each query with any number of messages, right or wrong.
final class ScriptedServer implements AutoCloseable {
  private final DatagramSocket socket;
  private final AtomicInteger asked = new AtomicInteger();
  private final Function<Message, List<Message>> script;

  ScriptedServer(String address, int port, Function<Message, List<Message>> script)
      throws IOException {
    this.socket = new DatagramSocket(port, InetAddress.ofLiteral(address));
    this.script = script;
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  int asked() {
    return asked.get();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private void serve() {
    try {
      while (true) {
        var packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        asked.incrementAndGet();
        var query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        for (var answer : script.apply(query)) {
          send(answer, packet.getSocketAddress());
        }
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void send(Message answer, SocketAddress to) throws IOException {
    byte[] wire = answer.toWire();
    socket.send(new DatagramPacket(wire, wire.length, to));
  }

  /// An authoritative answer with those records.
  static Message answer(Message query, Record... records) {
    var answer = reply(query);
    answer.getHeader().setFlag(Flags.AA);
    for (var record : records) {
      answer.addRecord(record, Section.ANSWER);
    }
    return answer;
  }

  /// An empty answer without authority.
  static Message reply(Message query) {
    var reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(query.getQuestion(), Section.QUESTION);
    return reply;
  }

  @Override
  public void close() {
    socket.close();
  }
}
