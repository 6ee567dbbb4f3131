package io.nameplate.adapters.keys;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The master key must not be used: the start stops here.
public final class MasterKeyRefused extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  MasterKeyRefused(Path file, String why, @Nullable Throwable cause) {
    super("master key %s: %s".formatted(file, why), cause);
  }
}
