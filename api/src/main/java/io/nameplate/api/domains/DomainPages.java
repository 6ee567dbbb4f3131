package io.nameplate.api.domains;

import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import io.nameplate.api.contract.model.DomainPage;
import io.nameplate.api.contract.model.DomainStatus;
import io.nameplate.api.contract.model.Event;
import io.nameplate.api.contract.model.EventPage;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.requests.CurrentCaller;
import io.nameplate.api.requests.Cursors;
import io.nameplate.domains.DomainDesk;
import io.nameplate.domains.DomainFilter;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HistoryLine;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pages of domains and of their histories.
@Singleton
final class DomainPages {
  private static final Argument<Map<String, Object>> DATA =
      Argument.mapOf(String.class, Object.class);

  private final DomainDesk desk;
  private final Cursors cursors;
  private final JsonMapper json;
  private final Clock clock;

  DomainPages(DomainDesk desk, Cursors cursors, JsonMapper json, Clock clock) {
    this.desk = desk;
    this.cursors = cursors;
    this.json = json;
    this.clock = clock;
  }

  DomainPage domains(
      @Nullable DomainStatus status, @Nullable String prefix, @Nullable String cursor, int limit) {
    var team = CurrentCaller.team();
    var filter = new DomainFilter(status(status), prefix(prefix));
    var list = "domains " + filter;
    var after =
        cursor == null ? Optional.<String>empty() : Optional.of(cursors.read(team, list, cursor));
    // One more than the page has tells whether it is the last.
    var found = desk.list(team, filter, after, limit + 1, clock.instant());
    var shown = found.subList(0, Math.min(limit, found.size()));
    var page = new DomainPage(shown.stream().map(DomainResponses::of).toList());
    if (found.size() > limit) {
      page.nextCursor(cursors.write(team, list, shown.getLast().domain().hostname().ascii()));
    }
    return page;
  }

  Optional<EventPage> events(DomainId domain, @Nullable String cursor, int limit) {
    var team = CurrentCaller.team();
    var list = "events " + domain;
    var after = cursor == null ? HistoryLine.Place.START : place(cursors.read(team, list, cursor));
    return desk.history(team, domain, after, limit)
        .map(lines -> {
          var reached = lines.isEmpty() ? after : lines.getLast().place();
          return new EventPage(lines.stream().map(this::event).toList())
              .nextCursor(cursors.write(team, list, reached.transaction() + " " + reached.line()));
        });
  }

  private Event event(HistoryLine line) {
    try {
      return new Event(
          line.id().toString(),
          line.type(),
          line.at().atOffset(ZoneOffset.UTC),
          line.message(),
          json.readValue(line.data(), DATA));
    } catch (IOException e) {
      throw new UncheckedIOException("event " + line.id() + ": its data cannot be read", e);
    }
  }

  private static HistoryLine.Place place(String written) {
    var space = written.indexOf(' ');
    return new HistoryLine.Place(
        Long.parseLong(written.substring(0, space)), Long.parseLong(written.substring(space + 1)));
  }

  private static Optional<io.nameplate.domains.DomainStatus> status(@Nullable DomainStatus status) {
    return Optional.ofNullable(status)
        .map(it ->
            io.nameplate.domains.DomainStatus.valueOf(it.getValue().toUpperCase(Locale.ROOT)));
  }

  private static Optional<String> prefix(@Nullable String typed) {
    if (typed == null || typed.isEmpty()) {
      return Optional.empty();
    }
    if (typed.codePoints().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "prefix", "unexpected-value", "prefix has a control character.");
    }
    return Optional.of(Normalizer.normalize(typed.toLowerCase(Locale.ROOT), Normalizer.Form.NFC));
  }
}
