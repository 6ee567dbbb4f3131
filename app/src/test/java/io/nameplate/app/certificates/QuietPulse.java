package io.nameplate.app.certificates;

import io.nameplate.workflows.certificates.Pulse;
import java.time.Duration;

/// Waits for real, since the CA is real; nobody listens for beats.
final class QuietPulse implements Pulse {
  @Override
  public void beat() {}

  @Override
  public void rest(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
