package io.nameplate.app.worker;

import io.nameplate.adapters.dns.DnsSettings;
import io.nameplate.adapters.dns.DnsSettings.Asking;
import io.nameplate.adapters.dns.DnsSettings.Limits;
import io.nameplate.adapters.dns.DnsjavaDnsObserver;
import io.nameplate.adapters.probes.SocketReachProber;
import io.nameplate.adapters.probes.TlsServingProber;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.app.ConfigurationException;
import io.nameplate.app.Environment;
import io.nameplate.app.HostAndPort;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.dns.CaaIdentity;
import io.nameplate.workflows.domains.DomainEyes;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The worker's sight of the outside, from its settings.
final class Eyes {
  /// Long enough for a handshake around the world, short enough for a look to stay one.
  private static final Duration REACH_PATIENCE = Duration.ofSeconds(4);

  private static final Duration NODE_PATIENCE = Duration.ofSeconds(5);
  private static final int DNS_PORT = 53;
  private static final String RESOLVER = "NAMEPLATE_DNS_RESOLVER";
  private static final List<String> NO_RESOLVER = List.of("none");

  /// Cloudflare's and Quad9's: both validate, and neither keeps who asked.
  private static final List<InetSocketAddress> PUBLIC_RESOLVERS =
      List.of(
          new InetSocketAddress("1.1.1.1", DNS_PORT), new InetSocketAddress("9.9.9.9", DNS_PORT));

  private Eyes() {}

  static DomainEyes open(
      Environment environment, ClusterKeys keys, Supplier<CaaIdentity> ca, Clock clock) {
    return new DomainEyes(
        new DnsjavaDnsObserver(dns(environment)),
        new SocketReachProber(
            policy(environment, "NAMEPLATE_REACH_ALLOWED_NETWORKS"), REACH_PATIENCE),
        new TlsServingProber(NODE_PATIENCE, clock),
        keys,
        ca);
  }

  private static DnsSettings dns(Environment environment) {
    var asking =
        switch (environment.text("NAMEPLATE_DNS_ASK", "authorities")) {
          case "authorities" -> Asking.AUTHORITIES;
          case "resolvers" -> Asking.RESOLVERS;
          case String other ->
              throw new ConfigurationException(
                  "NAMEPLATE_DNS_ASK",
                  "\"%s\" (expected: authorities or resolvers)".formatted(other));
        };
    var roots = addresses(environment, "NAMEPLATE_DNS_ROOTS");
    return new DnsSettings(
        asking,
        roots.isEmpty() ? DnsSettings.internetRoots() : roots,
        environment.number("NAMEPLATE_DNS_PORT", DNS_PORT, 1),
        resolvers(environment, asking),
        policy(environment, "NAMEPLATE_DNS_ALLOWED_NETWORKS"),
        Limits.DEFAULT);
  }

  /// A validating resolver has to agree before anything is ordered: broken DNSSEC shows nowhere
  /// else. Who knows no better gets two that everybody may ask; to go without takes a word.
  private static List<InetSocketAddress> resolvers(Environment environment, Asking asking) {
    var chosen = environment.list(RESOLVER);
    if (asking == Asking.RESOLVERS && (chosen.isEmpty() || chosen.equals(NO_RESOLVER))) {
      throw new ConfigurationException(
          RESOLVER, "nothing (expected: host:port, since NAMEPLATE_DNS_ASK is resolvers)");
    }
    if (chosen.equals(NO_RESOLVER)) {
      return List.of();
    }
    return chosen.isEmpty() ? PUBLIC_RESOLVERS : addresses(environment, RESOLVER);
  }

  private static List<InetSocketAddress> addresses(Environment environment, String key) {
    return environment.list(key).stream()
        .map(text ->
            HostAndPort.parse(text)
                .map(at -> new InetSocketAddress(at.host(), at.port()))
                .orElseThrow(() ->
                    new ConfigurationException(
                        key, "\"%s\" (expected: host:port)".formatted(text))))
        .toList();
  }

  private static AddressPolicy policy(Environment environment, String key) {
    try {
      var allowed = environment.list(key).stream().map(Cidr::parse).toList();
      return new AddressPolicy(allowed, List.of());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }
}
