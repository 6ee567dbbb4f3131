package io.nameplate.sandbox;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where everything is. A port that is not given is its default plus the port offset.
public final class SandboxOptions {
  @Option(
      names = "--port-offset",
      defaultValue = "${env:NAMEPLATE_PORT_OFFSET:-0}",
      description = "Added to every default port (default: ${DEFAULT-VALUE}).")
  int portOffset;

  @Option(
      names = "--data",
      required = true,
      defaultValue = "${env:NAMEPLATE_SANDBOX_DATA}",
      description = "Directory for keys, root certificates and the DNS that was set.")
  Path data = Path.of("");

  @Option(names = "--control-port", description = "Control HTTP on 127.0.0.1 (default: 14009).")
  @Nullable Integer controlPort;

  @Option(names = "--dns-port", description = "All DNS servers, UDP and TCP (default: 14010).")
  @Nullable Integer dnsPort;

  @Option(
      names = "--dns-registry",
      split = ",",
      defaultValue = "127.0.53.1,127.0.53.2",
      description = "The root's and the top-level domains' servers (default: ${DEFAULT-VALUE}).")
  List<String> dnsRegistry = List.of();

  @Option(
      names = "--dns-hosting",
      split = ",",
      defaultValue = "127.0.53.3,127.0.53.4",
      description = "Everybody's zones' servers (default: ${DEFAULT-VALUE}).")
  List<String> dnsHosting = List.of();

  @Option(
      names = "--dns-recursive",
      defaultValue = "127.0.53.53",
      description = "The recursive, validating server (default: ${DEFAULT-VALUE}).")
  String dnsRecursive = "";

  @Option(
      names = "--edges",
      split = ",",
      defaultValue = "127.0.1.1,127.0.1.2",
      description = "Addresses of the edges (default: ${DEFAULT-VALUE}).")
  List<String> edges = List.of();

  @Option(names = "--edge-https-port", description = "The edges' HTTPS port (default: 14011).")
  @Nullable Integer edgeHttpsPort;

  @Option(names = "--edge-http-port", description = "The edges' HTTP port (default: 14012).")
  @Nullable Integer edgeHttpPort;

  @Option(
      names = "--cluster-zone",
      defaultValue = "edge.nameplate.sandbox",
      description = "Every name below it leads to the edges (default: ${DEFAULT-VALUE}).")
  String clusterZone = "";

  @Option(
      names = "--origins",
      defaultValue = "127.0.80.1",
      description = "The origins' address (default: ${DEFAULT-VALUE}).")
  String origins = "";

  @Option(
      names = "--origins-port",
      description = "The first origin's port, the others follow (default: 14020).")
  @Nullable Integer originsPort;

  @Option(
      names = "--foreign-proxy",
      defaultValue = "127.0.81.1",
      description = "The foreign proxy's address, on the edges' ports (default: ${DEFAULT-VALUE}).")
  String foreignProxy = "";

  @Option(names = "--acme-port", description = "ACME with faults, on 127.0.0.1 (default: 14008).")
  @Nullable Integer acmePort;

  @Option(
      names = "--pebble",
      description = "Where Pebble's ACME is (default: https://127.0.0.1:14006).")
  @Nullable URI pebble;

  @Option(
      names = "--pebble-management",
      description = "Where Pebble's management is (default: https://127.0.0.1:14007).")
  @Nullable URI pebbleManagement;

  @Option(
      names = "--pebble-ca",
      description =
          "PEM file that Pebble's own HTTPS certificate leads to; without it any is accepted.")
  @Nullable Path pebbleCa;

  int controlPort() {
    return port(controlPort, 14_009);
  }

  int dnsPort() {
    return port(dnsPort, 14_010);
  }

  int edgeHttpsPort() {
    return port(edgeHttpsPort, 14_011);
  }

  int edgeHttpPort() {
    return port(edgeHttpPort, 14_012);
  }

  int originsPort() {
    return port(originsPort, 14_020);
  }

  int acmePort() {
    return port(acmePort, 14_008);
  }

  URI pebble() {
    return pebble == null ? https(14_006) : pebble;
  }

  URI pebbleManagement() {
    return pebbleManagement == null ? https(14_007) : pebbleManagement;
  }

  private URI https(int standard) {
    return URI.create("https://127.0.0.1:" + port(null, standard));
  }

  Optional<Path> pebbleCa() {
    return Optional.ofNullable(pebbleCa);
  }

  private int port(@Nullable Integer given, int standard) {
    return given == null ? standard + portOffset : given;
  }
}
