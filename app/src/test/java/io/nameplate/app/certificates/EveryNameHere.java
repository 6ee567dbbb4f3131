package io.nameplate.app.certificates;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A DNS server to which every name is an address of this machine. Over TCP only, as Pebble asks.
final class EveryNameHere implements AutoCloseable {
  private final ServerSocket socket;

  EveryNameHere() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("dns").start(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        // closed: the loop ends
      }
    }
  }

  private static void serve(Socket connection) {
    try (connection) {
      var in = new DataInputStream(connection.getInputStream());
      var out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        var query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        var answer = answer(new Message(query)).toWire();
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static Message answer(Message query) {
    var question = query.getQuestion();
    var answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(question, Section.QUESTION);
    if (question.getType() == Type.A) {
      answer.addRecord(
          new ARecord(question.getName(), DClass.IN, 60, InetAddress.getLoopbackAddress()),
          Section.ANSWER);
    }
    return answer;
  }
}
