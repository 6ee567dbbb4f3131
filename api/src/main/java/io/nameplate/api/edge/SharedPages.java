package io.nameplate.api.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.nameplate.clusters.ClusterId;
import io.nameplate.edge.Position;
import java.time.Duration;
import java.util.function.Supplier;

/// Pages as they are sent, for the nodes of a cluster that a commit wakes all at once: they stand
/// at one position and are told the same. It is read and written once.
final class SharedPages {
  /// Long enough for thousands of polls to be answered after one commit.
  private static final Duration KEPT = Duration.ofSeconds(2);

  private static final long MOST_BYTES = 64L << 20;

  private final Cache<Key, byte[]> pages =
      Caffeine.newBuilder()
          .expireAfterWrite(KEPT)
          .maximumWeight(MOST_BYTES)
          .weigher((Key _, byte[] page) -> page.length)
          .build();

  /// What a page depends on.
  ///
  /// @param seen where the cluster was seen; the page is read later, so it is there at least
  record Key(ClusterId cluster, Position after, Position seen, boolean zipped) {}

  /// The page; of many callers at once one reads it.
  byte[] get(Key key, Supplier<byte[]> read) {
    return pages.get(key, _ -> read.get());
  }
}
