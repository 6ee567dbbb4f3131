package io.nameplate.adapters.acme;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;
import org.shredzone.acme4j.toolbox.JSON;

/// Lets one acme4j session use our HTTP client, keep the directory for a while, and remember how
/// the last reply looked from outside: acme4j's exceptions carry neither the status nor, except for
/// rate limits, the Retry-After.
final class WatchedProvider extends AbstractAcmeProvider {
  // Pebble and others send no caching header; acme4j would fetch the directory several times for
  // each order.
  private static final Duration DIRECTORY_LIFE = Duration.ofMinutes(5);

  private final HttpClient client;
  private final InstantSource clock;
  private int status;
  private Optional<Instant> retryAfter = Optional.empty();

  WatchedProvider(HttpClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /// The last reply's status; 0 when none came.
  int status() {
    return status;
  }

  /// The last reply's Retry-After; empty when it had none that can be read.
  Optional<Instant> retryAfter() {
    return retryAfter;
  }

  @Override
  public boolean accepts(URI serverUri) {
    return true;
  }

  @Override
  public URL resolve(URI serverUri) {
    try {
      return serverUri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(
          "acme.directory-url: \"%s\" (expected: a URL)".formatted(serverUri), e);
    }
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    return client;
  }

  @Override
  public Connection connect(URI serverUri, NetworkSettings settings, HttpClient shared) {
    return new WatchedConnection(createHttpConnector(settings, shared));
  }

  @Override
  public @Nullable JSON directory(Session session, URI serverUri) throws AcmeException {
    var directory = super.directory(session, serverUri);
    if (directory != null && session.getDirectoryExpires() == null) {
      session.setDirectoryExpires(clock.instant().atZone(ZoneOffset.UTC).plus(DIRECTORY_LIFE));
    }
    return directory;
  }

  private void note(int newStatus, Optional<Instant> newRetryAfter) {
    status = newStatus;
    retryAfter = newRetryAfter;
  }

  private Optional<Instant> parse(String header) {
    try {
      if (header.chars().allMatch(Character::isDigit)) {
        return Optional.of(clock.instant().plusSeconds(Long.parseLong(header)));
      }
      return Optional.of(
          ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private final class WatchedConnection extends DefaultConnection {
    WatchedConnection(HttpConnector connector) {
      super(connector);
    }

    @Override
    protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> body)
        throws IOException {
      note(0, Optional.empty());
      super.sendRequest(session, url, body);
      var reply = lastResponse;
      if (reply != null) {
        note(
            reply.statusCode(),
            reply.headers().firstValue("Retry-After").flatMap(WatchedProvider.this::parse));
      }
    }
  }
}
