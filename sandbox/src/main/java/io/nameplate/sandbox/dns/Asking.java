package io.nameplate.sandbox.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/// One question to one server: by UDP, by TCP when the answer was cut short. Blocks.
final class Asking {
  private Asking() {}

  /// @throws SocketTimeoutException when nothing is heard within the time
  static Message ask(Message query, InetSocketAddress server, Duration timeout) throws IOException {
    var answer = askByUdp(query, server, timeout);
    return answer.getHeader().getFlag(Flags.TC) ? askByTcp(query, server, timeout) : answer;
  }

  private static Message askByUdp(Message query, InetSocketAddress server, Duration timeout)
      throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.connect(server);
      var wire = query.toWire();
      socket.send(new DatagramPacket(wire, wire.length));
      long deadline = System.nanoTime() + timeout.toNanos();
      var packet = new DatagramPacket(new byte[4_096], 4_096);
      while (true) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new SocketTimeoutException("no answer from %s".formatted(server));
        }
        socket.setSoTimeout(Math.toIntExact(left));
        socket.receive(packet);
        var answer = new Message(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        if (answer.getHeader().getID() == query.getHeader().getID()) {
          return answer;
        }
      }
    }
  }

  private static Message askByTcp(Message query, InetSocketAddress server, Duration timeout)
      throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    try (var socket = new Socket()) {
      socket.connect(server, millis);
      socket.setSoTimeout(millis);
      var wire = query.toWire();
      var framed = ByteBuffer.allocate(2 + wire.length).putShort((short) wire.length).put(wire);
      socket.getOutputStream().write(framed.array());
      var in = new DataInputStream(socket.getInputStream());
      return new Message(in.readNBytes(in.readUnsignedShort()));
    }
  }
}
