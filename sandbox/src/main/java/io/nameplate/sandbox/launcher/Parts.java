package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How each part of a copy is run, given what was built for it.
final class Parts {
  private final Workspace workspace;
  private final Ports ports;
  private final Map<Build, Path> builds;
  private final Path stage;
  private final AppEnvironment app;
  private final PostgresServer postgres;
  private final PebbleFiles pebble;
  private final TemporalServer temporal;

  Parts(Workspace workspace, Ports ports, Map<Build, Path> builds, Path stage, Progress progress) {
    this.workspace = workspace;
    this.ports = ports;
    this.builds = Map.copyOf(builds);
    this.stage = stage;
    this.postgres = new PostgresServer(workspace, progress);
    this.pebble = new PebbleFiles(workspace, ports);
    this.temporal = new TemporalServer(workspace, progress);
    this.app = new AppEnvironment(workspace, ports, postgres);
  }

  PostgresServer postgres() {
    return postgres;
  }

  PebbleFiles pebble() {
    return pebble;
  }

  TemporalServer temporal() {
    return temporal;
  }

  /// Names the app's build.
  String appBuild() {
    return built(Build.APP).getFileName().toString();
  }

  Program program(Part part) {
    return switch (part) {
      case POSTGRES -> postgresProgram();
      case TEMPORAL -> temporalProgram();
      case PEBBLE -> pebbleProgram();
      case SANDBOX -> sandboxProgram();
      case API -> apiProgram();
      case WORKER -> workerProgram();
      case DASHBOARD -> dashboardProgram();
      case EDGE_1 -> edgeProgram(part, 1);
      case EDGE_2 -> edgeProgram(part, 2);
    };
  }

  /// How each part is asked to end; needs nothing to have been built.
  static Program.Goodbye goodbye(Part part) {
    return part == Part.POSTGRES ? Program.Goodbye.INT : Program.Goodbye.TERM;
  }

  /// A command of the app that ends by itself, for example `migrate`.
  List<String> operator(String... arguments) {
    // All end within a moment but one, whose signatures need the compiler that optimises.
    boolean brief = arguments.length < 2 || !arguments[1].equals("import");
    var command = java(built(Build.APP), "operator", 256, brief);
    command.add("io.nameplate.app.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  Map<String, String> operatorEnvironment() {
    return app.operator();
  }

  private Program postgresProgram() {
    return new Program(
        Part.POSTGRES,
        postgres.command(ports.postgres()),
        Map.of("LC_ALL", "C", "TZ", "UTC"),
        List.of(Program.Listener.tcp(ports.postgres(), "database")),
        Readiness.postgres(postgres.data(), workspace.pidFile(Part.POSTGRES)),
        goodbye(Part.POSTGRES),
        "");
  }

  private Program temporalProgram() {
    return new Program(
        Part.TEMPORAL,
        List.of(
            temporal.program().toString(),
            "server",
            "start-dev",
            "--ip",
            ports.temporal().host(),
            "--port",
            Integer.toString(ports.temporal().port()),
            "--ui-port",
            Integer.toString(ports.temporalUi().port()),
            "--db-filename",
            workspace.data().resolve("temporal.db").toString(),
            "--sqlite-pragma",
            "journal_mode=WAL",
            "--sqlite-pragma",
            "synchronous=NORMAL",
            "--search-attribute",
            "NameplateTeam=Keyword",
            "--search-attribute",
            "NameplateCluster=Keyword",
            "--log-level",
            "warn"),
        Map.of(),
        List.of(
            Program.Listener.tcp(ports.temporal(), "gRPC"),
            Program.Listener.tcp(ports.temporalUi(), "web UI")),
        Readiness.answering(ports.temporalUi().url("http") + "/api/v1/namespaces/default"),
        goodbye(Part.TEMPORAL),
        "");
  }

  private Program pebbleProgram() {
    return new Program(
        Part.PEBBLE,
        List.of(
            built(Build.PEBBLE).resolve(Workshop.program(Build.PEBBLE)).toString(),
            "-config",
            pebble.configuration().toString(),
            "-dnsserver",
            ports.resolver().toString()),
        // Validation would otherwise sleep up to 15 s; rejected nonces and reused authorizations
        // stay as they are.
        // Three orders a page is its default: a lost order would be looked for on hundreds of
        // pages.
        Map.of("PEBBLE_VA_NOSLEEP", "1", "PEBBLE_WFE_ORDERS_PER_PAGE", "1000"),
        List.of(
            Program.Listener.tcp(ports.pebble(), "ACME"),
            Program.Listener.tcp(ports.pebbleManagement(), "management")),
        Readiness.answering(ports.pebbleManagement().url("https") + "/roots/0"),
        goodbye(Part.PEBBLE),
        "");
  }

  private Program sandboxProgram() {
    var command = java(stage, "sandbox", 320, false);
    command.add("io.nameplate.sandbox.SandboxMain");
    command.addAll(
        List.of(
            "--port-offset",
            Integer.toString(ports.offset()),
            "--data",
            workspace.data().resolve("sandbox").toString(),
            "--pebble-ca",
            pebble.certificate().toString()));
    return new Program(
        Part.SANDBOX,
        command,
        Map.of(),
        List.of(
            Program.Listener.tcp(ports.control(), "control"),
            Program.Listener.tcp(ports.acme(), "ACME with faults"),
            Program.Listener.udp(ports.root(1), "DNS"),
            Program.Listener.udp(ports.resolver(), "DNS, recursive"),
            Program.Listener.tcp(ports.resolver(), "DNS, recursive"),
            Program.Listener.tcp(ports.origin(Origin.PLAIN), "origin plain")),
        Readiness.answering(ports.control().url("http") + "/health"),
        goodbye(Part.SANDBOX),
        stage.getFileName().toString());
  }

  private Program apiProgram() {
    var command = java(built(Build.APP), "api", 384, false);
    command.addAll(List.of("io.nameplate.app.Main", "serve", "api", "edge-api"));
    return new Program(
        Part.API,
        command,
        app.api(),
        List.of(
            Program.Listener.tcp(ports.api(), "API"),
            Program.Listener.tcp(ports.edgeApi(), "edge-api")),
        Readiness.answering(ports.api().url("http") + "/health/ready"),
        goodbye(Part.API),
        built(Build.APP).getFileName().toString());
  }

  private Program workerProgram() {
    var command = java(built(Build.APP), "worker", 512, false);
    command.addAll(List.of("io.nameplate.app.Main", "worker"));
    return new Program(
        Part.WORKER,
        command,
        app.worker(),
        List.of(Program.Listener.tcp(ports.worker(), "health and metrics")),
        Readiness.answering(ports.worker().url("http") + "/health/ready"),
        goodbye(Part.WORKER),
        built(Build.APP).getFileName().toString());
  }

  private Program dashboardProgram() {
    var command = java(built(Build.DASHBOARD), "dashboard", 384, false);
    command.add("io.nameplate.ui.Main");
    return new Program(
        Part.DASHBOARD,
        command,
        Map.of(
            "NAMEPLATE_API_URL", ports.api().url("http"),
            "NAMEPLATE_DASHBOARD_ADDRESS", ports.dashboard().toString(),
            "NAMEPLATE_TEMPORAL_UI_URL", ports.temporalUi().url("http"),
            "NAMEPLATE_SANDBOX_URL", ports.control().url("http")),
        List.of(Program.Listener.tcp(ports.dashboard(), "dashboard")),
        Readiness.answering(ports.dashboard().url("http") + "/healthz"),
        goodbye(Part.DASHBOARD),
        built(Build.DASHBOARD).getFileName().toString());
  }

  private Program edgeProgram(Part part, int node) {
    return new Program(
        part,
        List.of(
            built(Build.EDGE).resolve(Workshop.program(Build.EDGE)).toString(),
            "run",
            "--data",
            workspace.data().resolve(part.label()).toString(),
            "--name",
            part.label(),
            "--https-address",
            ports.edgeHttps(node).toString(),
            "--http-address",
            ports.edgeHttp(node).toString(),
            "--admin-address",
            ports.edgeAdmin(node).toString(),
            "--drain-delay",
            "0s", // no balancer asks here whether traffic should come
            "--control",
            ports.edgeApi().url("https"),
            "--join-token-file",
            joinToken(part).toString(),
            "--resolver",
            ports.resolver().toString(),
            "--allow-origin",
            "127.0.80.1/32",
            "--origin-ca",
            originCa().toString()),
        Map.of(),
        List.of(
            Program.Listener.tcp(ports.edgeHttps(node), "HTTPS"),
            Program.Listener.udp(ports.edgeHttps(node), "HTTP/3"),
            Program.Listener.tcp(ports.edgeHttp(node), "HTTP"),
            Program.Listener.tcp(ports.edgeAdmin(node), "admin and metrics")),
        Readiness.answering(ports.edgeAdmin(node).url("http") + "/readyz"),
        goodbye(part),
        built(Build.EDGE).getFileName().toString());
  }

  /// The one-time token with which a node joined, or is about to.
  Path joinToken(Part edge) {
    return workspace.data().resolve(edge.label() + ".join-token");
  }

  private Path originCa() {
    return workspace.data().resolve("sandbox").resolve("origins-ca.pem");
  }

  private Path built(Build build) {
    Path folder = builds.get(build);
    if (folder == null) {
      throw new IllegalStateException("not built: " + build);
    }
    return folder;
  }

  /// A JVM on a folder of jars. What classes it loads is kept beside them, which halves the next
  /// start.
  private static List<String> java(Path jars, String name, int heapMegabytes, boolean shortLived) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx%dm".formatted(heapMegabytes),
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xlog:cds=off",
            "-Xlog:cds+dynamic=off",
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + jars.resolve(name + ".jsa"),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dfile.encoding=UTF-8",
            "-Duser.timezone=UTC"));
    if (shortLived) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-cp");
    command.add(jars + "/*");
    return command;
  }
}
