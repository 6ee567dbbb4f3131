package io.nameplate.sandbox.launcher;

import java.util.HashMap;
import java.util.Map;

/// The configuration of the app's roles in a sandbox; the keys are those of
/// `docs/configuration.md`.
final class AppEnvironment {
  /// Behind those of `up`.
  private static final int NEXT_NODE = 3;

  private static final String OWN_ZONE = "sandbox";

  private final Workspace workspace;
  private final Ports ports;
  private final PostgresServer postgres;

  AppEnvironment(Workspace workspace, Ports ports, PostgresServer postgres) {
    this.workspace = workspace;
    this.ports = ports;
    this.postgres = postgres;
  }

  Map<String, String> api() {
    var environment = common();
    environment.put("NAMEPLATE_API_ADDRESS", ports.api().toString());
    environment.put("NAMEPLATE_EDGE_ADDRESS", ports.edgeApi().toString());
    environment.put("NAMEPLATE_OWN_ZONES", OWN_ZONE);
    return told(environment);
  }

  Map<String, String> worker() {
    var environment = common();
    environment.put("NAMEPLATE_WORKER_ADDRESS", ports.worker().toString());
    environment.put("NAMEPLATE_TEMPORAL_TARGET", ports.temporal().toString());
    environment.put("NAMEPLATE_MASTER_KEY_FILE", masterKey());
    environment.put("NAMEPLATE_ACME_DIRECTORY_URL", ports.acme().url("https") + "/dir");
    environment.put(
        "NAMEPLATE_ACME_CA_FILE",
        workspace.data().resolve("sandbox").resolve("acme-ca.pem").toString());
    environment.put("NAMEPLATE_ACME_CAA_IDENTITY", "pebble.sandbox");
    // Pebble takes a profile at random when none is asked for.
    environment.put("NAMEPLATE_ACME_PROFILE", "default");
    // Pebble says every six hours: nobody would see a window move here.
    environment.put("NAMEPLATE_ACME_RENEWAL_INFO_EVERY", "1m");
    environment.put("NAMEPLATE_DNS_ROOTS", ports.root(1) + "," + ports.root(2));
    environment.put("NAMEPLATE_DNS_RESOLVER", ports.resolver().toString());
    // The pretend internet answers on one port, and is on loopback addresses that nobody else may
    // be on.
    environment.put("NAMEPLATE_DNS_PORT", Integer.toString(ports.root(1).port()));
    environment.put("NAMEPLATE_DNS_ALLOWED_NETWORKS", "127.0.53.0/24");
    environment.put("NAMEPLATE_REACH_ALLOWED_NETWORKS", "127.0.1.0/24,127.0.81.1/32");
    environment.put("NAMEPLATE_SANDBOX", "true");
    environment.put("NAMEPLATE_FAULTS_FILE", workspace.data().resolve("faults").toString());
    return told(environment);
  }

  Map<String, String> operator() {
    var environment = common();
    environment.put("NAMEPLATE_ADMIN_DATABASE_URL", databaseUrl());
    environment.put("NAMEPLATE_ADMIN_DATABASE_USER", "postgres");
    environment.put("NAMEPLATE_ADMIN_DATABASE_PASSWORD", postgres.password());
    environment.put("NAMEPLATE_MASTER_KEY_FILE", masterKey());
    environment.put("NAMEPLATE_OWN_ZONES", OWN_ZONE);
    return environment;
  }

  private Map<String, String> common() {
    var environment = new HashMap<String, String>();
    environment.put("NAMEPLATE_DATA_DIR", workspace.data().resolve("control").toString());
    environment.put("NAMEPLATE_DATABASE_URL", databaseUrl());
    // The sandbox's origins are on loopback; everything else that is private stays refused.
    environment.put("NAMEPLATE_ORIGIN_ALLOWED_NETWORKS", "127.0.80.1/32");
    environment.put("NAMEPLATE_EDGE_JOIN_OPTIONS", anotherNode());
    return environment;
  }

  /// What a node beside the copy's own is told; its address is the next one.
  private String anotherNode() {
    return "--control %s --address %s --https-port %d --http-port %d --admin-address %s --resolver %s --allow-origin 127.0.80.1/32 --origin-ca %s"
        .formatted(
            ports.edgeApi().url("https"),
            ports.edgeHttps(NEXT_NODE).host(),
            ports.edgeHttps(NEXT_NODE).port(),
            ports.edgeHttp(NEXT_NODE).port(),
            ports.edgeAdmin(NEXT_NODE),
            ports.resolver(),
            Places.quoted(
                workspace.data().resolve("sandbox").resolve("origins-ca.pem").toString()));
  }

  private Map<String, String> told(Map<String, String> environment) {
    environment.putAll(Settings.read(workspace).variables());
    return environment;
  }

  private String masterKey() {
    return workspace.data().resolve("master.key").toString();
  }

  private String databaseUrl() {
    return "jdbc:postgresql://%s/nameplate".formatted(ports.postgres());
  }
}
