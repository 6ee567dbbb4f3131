package io.nameplate.edge;

/// A place in a cluster's stream of changes. Positions compare within one epoch only; the epoch
/// changes on restore and fail-over.
public record Position(long epoch, long revision) {
  public Position {
    if (epoch < 0 || revision < 0) {
      throw new IllegalArgumentException(
          "position: %d.%d (expected: two numbers from 0)".formatted(epoch, revision));
    }
  }

  @Override
  public String toString() {
    return epoch + "." + revision;
  }
}
