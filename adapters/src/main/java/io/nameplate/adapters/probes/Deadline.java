package io.nameplate.adapters.probes;

import java.math.BigDecimal;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// A moment by which a whole exchange has to be done. A socket's time-out alone restarts with every
/// byte, and a peer that sends one now and then would hold a probe for ever.
record Deadline(long nanos) {
  static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /// `5 s`, `0.7 s`.
  static String shown(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }

  /// @throws SocketTimeoutException if nothing is left
  int leftMillis() throws SocketTimeoutException {
    long left = (nanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("out of time");
    }
    return (int) Math.min(left, 60_000);
  }

  void applyTo(Socket socket) throws SocketException, SocketTimeoutException {
    socket.setSoTimeout(leftMillis());
  }
}
