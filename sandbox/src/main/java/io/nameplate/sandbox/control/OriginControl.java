package io.nameplate.sandbox.control;

import io.nameplate.sandbox.origins.Behaviour;
import io.nameplate.sandbox.origins.Origin;
import io.nameplate.sandbox.origins.Origins;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The requests that change and read the origins.
public final class OriginControl {
  private static final long MAX_DELAY_MILLIS = 600_000;

  private final Origins origins;
  private final Function<Origin, String> urls;

  /// @param urls where each is
  public OriginControl(Origins origins, Function<Origin, String> urls) {
    this.origins = origins;
    this.urls = urls;
  }

  /// A change; what is absent becomes what the origin does by nature.
  record Change(@Nullable Boolean up, @Nullable Integer status, @Nullable Long delayMs) {}

  record Shown(
      String name, String url, boolean up, @Nullable Integer status, long delayMs, long requests) {}

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/origins", _ -> Reply.ok(Map.of("origins", all()))),
        new Route("GET", "/origins/*", call -> Reply.ok(shown(origin(call)))),
        new Route("PUT", "/origins/*", this::change));
  }

  private List<Shown> all() {
    return Arrays.stream(Origin.values()).map(this::shown).toList();
  }

  private Reply change(Call call) {
    var origin = origin(call);
    var change = call.as(Change.class);
    var nature = Behaviour.of(origin);
    if (change.status() != null && (change.status() < 200 || change.status() > 599)) {
      throw new InputException("status", change.status() + " (expected: 200 to 599)");
    }
    if (change.delayMs() != null && (change.delayMs() < 0 || change.delayMs() > MAX_DELAY_MILLIS)) {
      throw new InputException("delay_ms", change.delayMs() + " (expected: 0 to 600000)");
    }
    origins.behave(
        origin,
        new Behaviour(
            change.up() == null || change.up(),
            change.status() == null ? nature.status() : change.status(),
            change.delayMs() == null ? nature.delay() : Duration.ofMillis(change.delayMs())));
    return Reply.ok(shown(origin));
  }

  private static Origin origin(Call call) {
    var word = call.lastSegment();
    return Origin.of(word)
        .orElseThrow(() ->
            new InputException(
                "origin",
                "\"%s\" is no origin (expected: %s)"
                    .formatted(
                        word,
                        String.join(
                            ", ", Arrays.stream(Origin.values()).map(Origin::word).toList()))));
  }

  private Shown shown(Origin origin) {
    var behaviour = origins.behaviour(origin);
    return new Shown(
        origin.word(),
        urls.apply(origin),
        behaviour.isUp(),
        behaviour.status(),
        behaviour.delay().toMillis(),
        origins.requests(origin));
  }
}
