package io.nameplate.sdk;

import io.nameplate.sdk.generated.DomainsApi;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// The team's domains.
public final class Domains {

  /// Domains fetched at a time by [#list()].
  private static final int PAGE = 100;

  private static final int EVENT_PAGE = 200;

  private final DomainsApi api;
  private final RetryingHttpClient http;
  private final Timekeeper time;

  Domains(DomainsApi api, RetryingHttpClient http, Timekeeper time) {
    this.api = api;
    this.http = http;
    this.time = time;
  }

  /// Claims a hostname. The answer lists every DNS record that the name's owner has to set.
  ///
  /// @throws ProblemException.Invalid if the hostname or the origin is refused;
  ///   [ProblemException#errors()] says which and why
  /// @throws ProblemException.Conflict if the team has this hostname already
  public Domain add(String hostname, String originUrl) {
    return add(NewDomain.of(hostname, originUrl));
  }

  /// Claims a hostname, with all there is to choose.
  public Domain add(NewDomain domain) {
    return add(domain, Calls.newIdempotencyKey());
  }

  /// Claims a hostname under a key of your own, so that a restarted program repeats a call without
  /// doing it twice. The same key and domain get the same answer for 24 hours; another domain gets
  /// [ProblemException.Conflict].
  public Domain add(NewDomain domain, String idempotencyKey) {
    return Wire.domain(Calls.read(() -> api.addDomain(Wire.request(domain), idempotencyKey)));
  }

  /// Reads a domain.
  ///
  /// @throws ProblemException.NotFound if there is none with this id
  public Domain get(String id) {
    return Wire.domain(Calls.read(() -> api.getDomain(id)));
  }

  /// Every domain, by hostname.
  public Pages<Domain> list() {
    return list(DomainFilter.all());
  }

  /// The domains that the filter lets through, by hostname.
  public Pages<Domain> list(DomainFilter filter) {
    return new Pages<>(cursor -> page(filter, cursor, PAGE));
  }

  /// One page, for programs that show pages themselves.
  ///
  /// @param cursor of the page before; empty for the first
  /// @param limit between 1 and 200
  public Page<Domain> page(DomainFilter filter, Optional<String> cursor, int limit) {
    var page =
        Calls.read(() ->
            api.listDomains(
                Wire.status(filter.status()),
                filter.hostnamePrefix().orElse(null),
                cursor.orElse(null),
                limit));
    return new Page<>(
        Wire.each("domains", page.getDomains(), Wire::domain),
        Optional.ofNullable(page.getNextCursor()));
  }

  /// Passes requests to another server, which sees the same Host header as the one before. For a
  /// proven domain this is served within a second.
  public Domain changeOrigin(String id, String originUrl) {
    return Wire.domain(Calls.read(() -> api.changeDomain(id, Wire.change(originUrl))));
  }

  /// Passes requests to another server, with its Host header.
  public Domain changeOrigin(String id, Origin origin) {
    return Wire.domain(Calls.read(() -> api.changeDomain(id, Wire.change(origin))));
  }

  /// Looks again now. What is seen shows in the domain's conditions.
  public void check(String id) {
    Calls.make(() -> {
      api.checkDomain(id, Calls.newIdempotencyKey());
      return null;
    });
  }

  /// Shows a neutral page instead of the origin.
  public Domain suspend(String id) {
    var key = Calls.newIdempotencyKey();
    return Wire.domain(Calls.read(() -> api.suspendDomain(id, key)));
  }

  /// Serves a suspended domain again.
  public Domain resume(String id) {
    var key = Calls.newIdempotencyKey();
    return Wire.domain(Calls.read(() -> api.resumeDomain(id, key)));
  }

  /// Takes the hostname over from another team, if [Domain#transfer()] says that this is possible.
  /// The answer says whether it is done ([Domain#holder()]) or waits for an operator
  /// ([TransferState#REQUESTED]).
  public Domain transfer(String id) {
    var key = Calls.newIdempotencyKey();
    return Wire.domain(Calls.read(() -> api.transferDomain(id, key)));
  }

  /// Unroutes the name at once and forgets it. Repeating it is an error: from then on there is no
  /// such domain. A retry of this very call that finds none is none.
  public void remove(String id) {
    Calls.make(() -> {
      api.removeDomain(id);
      return null;
    });
  }

  /// The domain's history so far, oldest first.
  public Pages<Event> events(String id) {
    return new Pages<>(cursor -> events(id, cursor, EVENT_PAGE));
  }

  /// One page of the history. Its cursor continues it later, when more has happened.
  ///
  /// @param limit between 1 and 500
  public Page<Event> events(String id, Optional<String> cursor, int limit) {
    var page = Calls.read(() -> api.listDomainEvents(id, cursor.orElse(null), limit));
    return new Page<>(
        Wire.each("events", page.getEvents(), Wire::event),
        Optional.ofNullable(page.getNextCursor()));
  }

  /// Waits until the name is proven over HTTPS on every node.
  ///
  /// @throws WaitTimedOutException if it is not within the time given; its message says what is
  ///   missing
  public Domain waitUntilActive(String id, Duration timeout) {
    return waitUntilActive(id, timeout, domain -> {});
  }

  /// Waits until the name is proven over HTTPS on every node, telling each change on the way, the
  /// first look included. Lost connections and a server that is not ready do not end the wait.
  ///
  /// @throws WaitTimedOutException if it is not within the time given; its message says what is
  ///   missing
  /// @throws ProblemException.NotFound if the domain is removed meanwhile
  public Domain waitUntilActive(String id, Duration timeout, Consumer<Domain> onChange) {
    return new ActiveWait(left -> http.within(left, () -> get(id)), time, onChange).within(timeout);
  }
}
