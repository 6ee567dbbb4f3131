package io.nameplate.sandbox.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.sandbox.tcp.TcpProxy.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A bad network before a server that sends every byte back.
class TcpProxyTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private ServerSocket echo;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 16, LOOPBACK);
    threads.execute(this::serve);
    proxy =
        TcpProxy.start(
            new InetSocketAddress(LOOPBACK, 0),
            new InetSocketAddress(LOOPBACK, echo.getLocalPort()),
            new Setting(TcpMode.PASS, Duration.ZERO));
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        var connection = echo.accept();
        threads.execute(() -> sendBack(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void sendBack(Socket connection) {
    try (connection) {
      connection.getInputStream().transferTo(connection.getOutputStream());
    } catch (IOException e) {
      // The test is over.
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
    threads.shutdownNow();
  }

  private Socket connect() throws IOException {
    var socket = new Socket(LOOPBACK, proxy.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static int sent(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void passesBothWaysAndEndsWithTheClient() throws IOException {
    try (var socket = connect()) {
      assertThat(sent(socket, 7)).isEqualTo(7);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void delaysEachWay() throws IOException {
    proxy.set(new Setting(TcpMode.PASS, Duration.ofMillis(50)));
    try (var socket = connect()) {
      long before = System.nanoTime();
      assertThat(sent(socket, 7)).isEqualTo(7);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(99));
    }
  }

  @Test
  void cutsOpenConnectionsAndNewOnes() throws IOException {
    try (var socket = connect()) {
      sent(socket, 7);
      proxy.set(new Setting(TcpMode.CUT, Duration.ZERO));
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(
            () -> {
              try (var socket = connect()) {
                sent(socket, 7);
              }
            })
        .isInstanceOf(SocketException.class);
  }

  @Test
  void whatWaitsInABlackHoleArrivesWhenItIsHealed() throws IOException {
    try (var socket = connect()) {
      sent(socket, 6);
      proxy.set(new Setting(TcpMode.BLACK_HOLE, Duration.ZERO));
      socket.setSoTimeout(200);
      assertThatThrownBy(() -> sent(socket, 7)).isInstanceOf(SocketTimeoutException.class);

      proxy.set(new Setting(TcpMode.PASS, Duration.ZERO));
      socket.setSoTimeout(20_000);
      assertThat(socket.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void nothingComesBackWhereItIsHalfOpen() throws IOException {
    proxy.set(new Setting(TcpMode.HALF_OPEN, Duration.ZERO));
    try (var socket = connect()) {
      socket.setSoTimeout(200);
      assertThatThrownBy(() -> sent(socket, 7)).isInstanceOf(SocketTimeoutException.class);
    }
  }
}
