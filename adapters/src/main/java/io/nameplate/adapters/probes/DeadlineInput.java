package io.nameplate.adapters.probes;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// A socket's input that ends at a deadline.
final class DeadlineInput extends FilterInputStream {
  private final Socket socket;
  private final Deadline deadline;

  private DeadlineInput(Socket socket, Deadline deadline, InputStream in) {
    super(in);
    this.socket = socket;
    this.deadline = deadline;
  }

  static InputStream of(Socket socket, Deadline deadline) throws IOException {
    return new BufferedInputStream(
        new DeadlineInput(socket, deadline, socket.getInputStream()), 2048);
  }

  @Override
  public int read() throws IOException {
    deadline.applyTo(socket);
    return in.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    deadline.applyTo(socket);
    return in.read(bytes, offset, length);
  }
}
