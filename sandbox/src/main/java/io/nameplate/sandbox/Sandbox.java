package io.nameplate.sandbox;

import io.nameplate.sandbox.acme.AcmeProxy;
import io.nameplate.sandbox.control.AcmeControl;
import io.nameplate.sandbox.control.ControlServer;
import io.nameplate.sandbox.control.DnsControl;
import io.nameplate.sandbox.control.ForeignProxyControl;
import io.nameplate.sandbox.control.OriginControl;
import io.nameplate.sandbox.control.Reply;
import io.nameplate.sandbox.control.Route;
import io.nameplate.sandbox.control.TcpControl;
import io.nameplate.sandbox.dns.Dns;
import io.nameplate.sandbox.dns.NameServers;
import io.nameplate.sandbox.origins.ForeignProxy;
import io.nameplate.sandbox.origins.Origin;
import io.nameplate.sandbox.origins.Origins;
import io.nameplate.sandbox.tcp.TcpProxies;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A pretend internet, running.
public final class Sandbox implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);

  private final Deque<Closeable> parts = new ArrayDeque<>();

  private Sandbox() {}

  /// Starts all parts.
  ///
  /// @throws IOException naming the part that could not start; none runs then
  public static Sandbox start(SandboxOptions options) throws IOException {
    var sandbox = new Sandbox();
    try {
      sandbox.startParts(options);
    } catch (IOException | RuntimeException e) {
      sandbox.close();
      throw e;
    }
    return sandbox;
  }

  private void startParts(SandboxOptions options) throws IOException {
    Files.createDirectories(options.data);
    var dns = started(dns(options));
    var authority = SmallAuthority.in(options.data, "origins-ca");
    var origins = started(Origins.start(options.origins, options.originsPort(), authority));

    var acme =
        started(
            AcmeProxy.start(
                options.acmePort(),
                new AcmeProxy.Upstream(
                    options.pebble(), options.pebbleManagement(), options.pebbleCa()),
                SmallAuthority.in(options.data, "acme-ca")));

    var foreignProxy =
        started(
            ForeignProxy.start(
                options.foreignProxy,
                new ForeignProxy.Ports(options.edgeHttpPort(), options.edgeHttpsPort()),
                InetAddress.ofLiteral(options.edges.getFirst()),
                authority));

    var routes = new ArrayList<Route>();
    routes.add(new Route("GET", "/health", _ -> Reply.ok(Map.of("status", "ok"))));
    routes.addAll(new DnsControl(dns).routes());
    routes.addAll(new OriginControl(origins, origin -> url(options, origin)).routes());
    routes.addAll(new TcpControl(started(new TcpProxies())).routes());
    routes.addAll(new ForeignProxyControl(foreignProxy).routes());
    routes.addAll(new AcmeControl(acme).routes());
    var control = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), options.controlPort());
    started(ControlServer.start(control, routes));
    LOG.info("The sandbox is ready control={} dns_port={}", control, options.dnsPort());
  }

  private <T extends Closeable> T started(T part) {
    parts.push(part);
    return part;
  }

  private static Dns dns(SandboxOptions options) throws IOException {
    var servers =
        new NameServers(
            addresses(options.dnsRegistry), addresses(options.dnsHosting), options.dnsPort());
    return Dns.start(
        servers,
        InetAddress.ofLiteral(options.dnsRecursive),
        configured(options),
        options.data,
        InstantSource.system());
  }

  private static List<InetAddress> addresses(List<String> texts) {
    return texts.stream().map(InetAddress::ofLiteral).toList();
  }

  private static List<Dns.Entry> configured(SandboxOptions options) {
    var entries = new ArrayList<Dns.Entry>();
    entries.add(address(options.clusterZone, options.edges));
    entries.add(address("*." + options.clusterZone, options.edges));
    entries.add(address("pebble.sandbox", List.of("127.0.0.1")));
    entries.add(address("foreign-proxy.sandbox", List.of(options.foreignProxy)));
    for (var origin : Origin.values()) {
      entries.add(address(origin.hostname(), List.of(options.origins)));
    }
    return entries;
  }

  private static Dns.Entry address(String name, List<String> addresses) {
    return new Dns.Entry(name, "A", Dns.DEFAULT_TTL_SECONDS, addresses);
  }

  private static String url(SandboxOptions options, Origin origin) {
    return "%s://%s:%d"
        .formatted(
            origin == Origin.TLS ? "https" : "http",
            origin.hostname(),
            origin.port(options.originsPort()));
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      var part = parts.pop();
      try {
        part.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("A part did not end cleanly part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
