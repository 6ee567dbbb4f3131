package io.nameplate.sdk;

import io.nameplate.sdk.generated.ClustersApi;
import io.nameplate.sdk.generated.DomainsApi;
import io.nameplate.sdk.generated.TeamsApi;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/// The client of one Nameplate installation. Immutable and safe to share; make one per program,
/// since it keeps connections.
///
/// ```java
/// var nameplate = Nameplate.builder().url("https://nameplate.example").apiKey(key).build();
/// var domain = nameplate.domains().add("shop.customer.com", "https://origin.example.net");
/// ```
public final class Nameplate {

  private final Builder settings;
  private final RetryingHttpClient http;
  private final Domains domains;
  private final Clusters clusters;
  private final TeamsApi teams;

  private Nameplate(Builder settings, RetryingHttpClient http) {
    this.settings = settings;
    this.http = http;
    var client = new Calls.Client(http);
    client.updateBaseUri(settings.url.toString());
    var authorization = "Bearer " + settings.apiKey;
    var agent = (settings.application + " nameplate-java/" + SdkVersion.number()).strip();
    client.setRequestInterceptor(request ->
        request.setHeader("Authorization", authorization).setHeader("User-Agent", agent));
    domains = new Domains(new DomainsApi(client), http, settings.time);
    clusters = new Clusters(new ClustersApi(client));
    teams = new TeamsApi(client);
  }

  /// Begins a client.
  public static Builder builder() {
    return new Builder();
  }

  /// The same client with another team's key. Both share their connections.
  public Nameplate withApiKey(String key) {
    return new Nameplate(settings.copy().apiKey(key), http);
  }

  /// The team's domains.
  public Domains domains() {
    return domains;
  }

  /// The clusters that the team may use.
  public Clusters clusters() {
    return clusters;
  }

  /// The team that the API key belongs to.
  ///
  /// @throws ProblemException.Unauthenticated if the key is not accepted
  public Team team() {
    return Wire.team(Calls.read(teams::getTeam));
  }

  /// Settings of a client. Only the address and the key have no default.
  public static final class Builder {

    private URI url = URI.create("");
    private String apiKey = "";
    private String application = "";
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Retries retries = Retries.DEFAULT;
    private Consumer<Exchange> listener = exchange -> {};
    private Timekeeper time = Timekeeper.SYSTEM;

    private Builder() {}

    /// Where the API is, such as `https://nameplate.example`.
    public Builder url(String address) {
      var parsed = URI.create(address.strip().replaceAll("/+$", ""));
      var scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
      if (parsed.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
        throw new IllegalArgumentException(
            "url: \"%s\" (expected: http or https, a host, and optionally a port)"
                .formatted(address));
      }
      url = parsed;
      return this;
    }

    /// The team's key, `np_live_…`.
    public Builder apiKey(String key) {
      if (!key.matches("[\\x21-\\x7e]+")) {
        throw new IllegalArgumentException("apiKey: empty or with spaces (expected: np_live_…)");
      }
      apiKey = key;
      return this;
    }

    /// The name of your program for the server's log, such as `shop/2.1`. Default: none.
    public Builder application(String nameAndVersion) {
      if (!nameAndVersion.matches("[\\x20-\\x7e]*")) {
        throw new IllegalArgumentException(
            "application: \"%s\" (expected: printable ASCII)".formatted(nameAndVersion));
      }
      application = nameAndVersion;
      return this;
    }

    /// The longest time to open a connection. Default: 5 s.
    public Builder connectTimeout(Duration longest) {
      connectTimeout = positive("connectTimeout", longest);
      return this;
    }

    /// The longest time one try may take, from its first byte to the answer's last. Default: 30 s.
    public Builder requestTimeout(Duration longest) {
      requestTimeout = positive("requestTimeout", longest);
      return this;
    }

    /// Tries after the first one, on 429, 502, 503, 504 and lost connections. Default: 4; 0
    /// switches them off.
    public Builder maxRetries(int most) {
      if (most < 0 || most > 20) {
        throw new IllegalArgumentException(
            "maxRetries: %d (expected: between 0 and 20)".formatted(most));
      }
      retries = new Retries(most, retries.first(), retries.longest());
      return this;
    }

    /// Told about every try with its answer, on the calling thread.
    public Builder onExchange(Consumer<Exchange> listener) {
      this.listener = listener;
      return this;
    }

    Builder timekeeper(Timekeeper timekeeper) {
      time = timekeeper;
      return this;
    }

    /// The client. It opens no connection yet.
    public Nameplate build() {
      if (url.getHost() == null) {
        throw new IllegalStateException("url is not set");
      }
      if (apiKey.isEmpty()) {
        throw new IllegalStateException("apiKey is not set");
      }
      return new Nameplate(copy(), connect());
    }

    private RetryingHttpClient connect() {
      var http =
          HttpClient.newBuilder()
              .connectTimeout(connectTimeout)
              .followRedirects(HttpClient.Redirect.NEVER);
      if ("http".equals(url.getScheme())) {
        // Without TLS, version 2 would mean an upgrade header on every request.
        http.version(HttpClient.Version.HTTP_1_1);
      }
      return new RetryingHttpClient(http.build(), requestTimeout, retries, listener, time);
    }

    private Builder copy() {
      var copy = new Builder();
      copy.url = url;
      copy.apiKey = apiKey;
      copy.application = application;
      copy.connectTimeout = connectTimeout;
      copy.requestTimeout = requestTimeout;
      copy.retries = retries;
      copy.listener = listener;
      copy.time = time;
      return copy;
    }

    private static Duration positive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(
            "%s: %s (expected: more than zero)".formatted(name, value));
      }
      return value;
    }
  }
}
