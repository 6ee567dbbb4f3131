package io.nameplate.sandbox.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes connections on from one address to another as a network does that can be spoiled at any
/// moment, for the connections that are open too.
public final class TcpProxy implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
  private static final int CONNECT_MILLIS = 5_000;
  private static final int BUFFER_BYTES = 16_384;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Setting setting;

  /// What it does.
  ///
  /// @param delay of everything that is passed on, each way
  public record Setting(TcpMode mode, Duration delay) {}

  private TcpProxy(ServerSocket server, InetSocketAddress target, Setting setting) {
    this.server = server;
    this.target = target;
    this.setting = setting;
  }

  /// Listens there; port 0 is any free one. The target need not listen yet.
  public static TcpProxy start(InetSocketAddress listen, InetSocketAddress target, Setting setting)
      throws IOException {
    var server = new ServerSocket();
    try {
      server.bind(listen, 256);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    var proxy = new TcpProxy(server, target, setting);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  public InetSocketAddress target() {
    return target;
  }

  public Setting setting() {
    lock.lock();
    try {
      return setting;
    } finally {
      lock.unlock();
    }
  }

  /// From now on, for connections that are open too.
  public void set(Setting wanted) {
    lock.lock();
    try {
      setting = wanted;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (wanted.mode() == TcpMode.CUT) {
      cut();
    }
  }

  /// Resets what is open. All of it is told so before any is closed: the thread that passes bytes
  /// on closes a connection's other side as soon as it notices, and that has to be a reset, too.
  private void cut() {
    var now = List.copyOf(open);
    now.forEach(TcpProxy::lingerNot);
    now.forEach(TcpProxy::reset);
  }

  private static void lingerNot(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      LOG.debug("A socket is closed already error={}", e.toString());
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        threads.execute(() -> connect(client));
      } catch (IOException e) {
        LOG.debug("A connection was not accepted at={} error={}", server, e.toString());
      }
    }
  }

  private void connect(Socket client) {
    if (setting().mode() == TcpMode.CUT) {
      reset(client);
      return;
    }
    open.add(client);
    var there = new Socket();
    open.add(there);
    try {
      there.connect(target, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      there.setTcpNoDelay(true);
      threads.execute(() -> pump(there, client, TcpMode::passesBack));
      pump(client, there, TcpMode::passesToTarget);
    } catch (IOException e) {
      LOG.debug("The target was not reached target={} error={}", target, e.toString());
      close(client, there);
    }
  }

  private void pump(Socket from, Socket to, Predicate<TcpMode> isOpen) {
    var buffer = new byte[BUFFER_BYTES];
    try {
      int length;
      while ((length = from.getInputStream().read(buffer)) >= 0) {
        Thread.sleep(untilItPasses(isOpen));
        to.getOutputStream().write(buffer, 0, length);
      }
      Thread.sleep(untilItPasses(isOpen));
      to.shutdownOutput();
      if (to.isInputShutdown() || from.isOutputShutdown()) {
        close(from, to);
      }
    } catch (IOException e) {
      close(from, to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close(from, to);
    }
  }

  private Duration untilItPasses(Predicate<TcpMode> isOpen) throws InterruptedException {
    lock.lock();
    try {
      while (!isOpen.test(setting.mode())) {
        changed.await();
      }
      return setting.delay();
    } finally {
      lock.unlock();
    }
  }

  private void close(Socket... sockets) {
    for (var socket : sockets) {
      open.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("A socket did not close error={}", e.toString());
      }
    }
  }

  private static void reset(Socket socket) {
    lingerNot(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("A socket did not close error={}", e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
    cut();
  }
}
