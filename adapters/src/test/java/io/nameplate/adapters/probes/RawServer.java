package io.nameplate.adapters.probes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A TCP server that answers each connection in bytes, so that it can be wrong in every way.
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Script script;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /// What to do with one connection after its request's head was read.
  interface Script {
    void answer(String request, Socket connection) throws IOException, InterruptedException;
  }

  RawServer(String address, int port, Script script) throws IOException {
    this(new ServerSocket(port, 50, InetAddress.ofLiteral(address)), script);
  }

  RawServer(ServerSocket socket, Script script) {
    this.socket = socket;
    this.script = script;
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  static void write(Socket connection, String text) throws IOException {
    connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    connection.getOutputStream().flush();
  }

  private void serve() {
    try {
      while (true) {
        var connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var head = head(connection);
      requests.add(head);
      script.answer(head, connection);
    } catch (IOException | InterruptedException _) {
      // the prober hung up
    }
  }

  private static String head(Socket connection) throws IOException {
    var head = new StringBuilder();
    var in = connection.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        break;
      }
      head.append((char) b);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
