package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The container files are well formed, agree with each other, and speak of commands, flags and
/// settings that exist. They are not started here: that needs an engine.
final class ComposeTest {
  private static final Path ROOT = Path.of("..");

  private final Map<?, ?> file = parse();

  private static Map<?, ?> parse() {
    try {
      return (Map<?, ?>)
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(Files.readString(ROOT.resolve("docker-compose.yml")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Map<String, Map<?, ?>> services() {
    var services = new LinkedHashMap<String, Map<?, ?>>();
    map(file.get("services"))
        .forEach((name, service) -> services.put(String.valueOf(name), map(service)));
    return services;
  }

  private Map<?, ?> service(String name) {
    return map(services().get(name));
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<String> strings(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  private static String text(Map<?, ?> of, String key) {
    return String.valueOf(of.get(key));
  }

  private static List<String> built(Map<?, ?> service) {
    return service.get("build") == null
        ? List.of()
        : List.of(text(map(service.get("build")), "target"));
  }

  /// The volumes and files that a service mounts, each with the place where.
  private static Map<String, String> mounts(Map<?, ?> service) {
    var mounts = new LinkedHashMap<String, String>();
    strings(service.get("volumes"))
        .forEach(mount -> mounts.put(mount.split(":", 3)[0], mount.split(":", 3)[1]));
    return mounts;
  }

  @Test
  void holdsAWholeInstallation() {
    assertThat(services())
        .containsOnlyKeys(
            "postgres",
            "temporal",
            "temporal-ui",
            "migrate",
            "api",
            "worker",
            "dashboard",
            "edge",
            "operator");
    assertThat(services().values())
        .allSatisfy(it -> assertThat(it.get("image")).asString().contains(":"));
  }

  @Test
  void everyServiceWaitsForServicesThatCanBeWaitedFor() {
    services()
        .forEach((name, service) ->
            map(service.get("depends_on"))
                .forEach((other, how) -> {
                  var awaited = services().get(String.valueOf(other));
                  assertThat(awaited).as("%s waits for %s", name, other).isNotNull();
                  switch (text(map(how), "condition")) {
                    case "service_healthy" ->
                        assertThat(map(awaited).get("healthcheck"))
                            .as("health of %s", other)
                            .isNotNull();
                    case "service_completed_successfully" ->
                        assertThat(map(awaited).get("restart")).isEqualTo("on-failure");
                    default -> throw new AssertionError(name + " waits for " + other + ": " + how);
                  }
                }));
    assertThat(map(service("worker").get("depends_on")).keySet().stream().map(String::valueOf))
        .contains("migrate", "temporal");
    assertThat(map(service("api").get("depends_on")).keySet().stream().map(String::valueOf))
        .as("the API needs no Temporal")
        .containsExactly("migrate");
  }

  @Test
  void everyServiceThatStaysSaysHowItIs() {
    for (var name : List.of("postgres", "temporal", "api", "worker", "dashboard", "edge")) {
      assertThat(strings(map(service(name).get("healthcheck")).get("test")))
          .as(name)
          .hasSizeGreaterThan(1)
          .first()
          .isEqualTo("CMD");
    }
    assertThat(strings(map(service("postgres").get("healthcheck")).get("test")))
        .as("the server that only sets the database up answers on its socket")
        .containsSubsequence("pg_isready", "--host", "127.0.0.1");
  }

  @Test
  void healthIsAskedForAndPortsArePublishedWhereServicesListen() throws IOException {
    var dockerfile = Files.readString(ROOT.resolve("Dockerfile"));
    assertThat(dockerfile).contains("/usr/local/bin/ready");
    for (var name : List.of("api", "worker", "dashboard")) {
      var listening = new TreeSet<String>();
      var environment = map(service(name).get("environment"));
      environment.forEach((key, value) -> {
        if (String.valueOf(key).endsWith("_ADDRESS")) {
          listening.add(String.valueOf(value).replaceAll(".*:", ""));
        }
      });
      if (name.equals("dashboard")) {
        listening.addAll(
            found("(?<=NAMEPLATE_DASHBOARD_ADDRESS=0\\.0\\.0\\.0:)\\d+", "Dockerfile"));
      }
      var health = strings(map(service(name).get("healthcheck")).get("test"));
      assertThat(health.get(1)).isEqualTo("ready");
      assertThat(listening).contains(health.get(2));
      assertThat(strings(service(name).get("ports")))
          .allSatisfy(port -> assertThat(listening).contains(port.replaceAll(".*:", "")));
    }
  }

  @Test
  void everyVolumeIsDeclaredAndUsed() {
    var used = new TreeSet<String>();
    services()
        .values()
        .forEach(service ->
            mounts(service).keySet().stream().filter(it -> !it.startsWith(".")).forEach(used::add));
    assertThat(map(file.get("volumes")).keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrderElementsOf(used);
    var configs = new ArrayList<String>();
    services().values().stream()
        .filter(service -> service.get("configs") instanceof List<?>)
        .flatMap(service -> ((List<?>) service.get("configs")).stream())
        .forEach(config -> configs.add(text(map(config), "source")));
    assertThat(map(file.get("configs")).keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrderElementsOf(configs);
  }

  @Test
  void onlyTheWorkerSeesTheMasterKey() throws IOException {
    services()
        .forEach((name, service) -> {
          var file = map(service.get("environment")).get("NAMEPLATE_MASTER_KEY_FILE");
          assertThat(mounts(service).containsKey("keys")).as(name).isEqualTo(name.equals("worker"));
          assertThat(file != null).as(name).isEqualTo(name.equals("worker"));
        });
    assertThat(text(map(service("worker").get("environment")), "NAMEPLATE_MASTER_KEY_FILE"))
        .startsWith(mounts(service("worker")).get("keys") + "/");
    assertThat(Files.readString(ROOT.resolve("Dockerfile"))).doesNotContain("MASTER_KEY_FILE=");
  }

  @Test
  void passwordsReachOnlyThoseWhoNeedThem() {
    services()
        .forEach((name, service) -> {
          var environment = map(service.get("environment")).values().toString();
          assertThat(environment.contains("${POSTGRES_PASSWORD"))
              .as("%s has the administrator's password", name)
              .isEqualTo(Set.of("postgres", "migrate").contains(name));
          assertThat(environment.contains("${TEMPORAL_POSTGRES_PASSWORD"))
              .as("%s has Temporal's password", name)
              .isEqualTo(Set.of("postgres", "temporal").contains(name));
        });
    assertThat(text(map(service("temporal").get("environment")), "POSTGRES_USER"))
        .isEqualTo("temporal");
    assertThat(text(map(map(file.get("configs")).get("temporal-role")), "content"))
        .contains("create role temporal login", "create database temporal owner temporal");
  }

  @Test
  void everyTargetThatIsBuiltIsInTheDockerfile() throws IOException {
    var targets = new TreeSet<String>();
    services().values().forEach(service -> targets.addAll(built(service)));
    assertThat(targets).containsExactly("app", "dashboard", "edge");
    assertThat(found("(?<= AS )[a-z]+", "Dockerfile")).containsAll(targets);
  }

  @Test
  void everyCommandIsOneOfTheProgramsOwn() throws IOException {
    var commands = new ArrayList<List<String>>();
    services().values().stream()
        .filter(service -> built(service).equals(List.of("app")) && service.get("command") != null)
        .forEach(service -> commands.add(strings(service.get("command"))));
    assertThat(commands).contains(List.of("serve", "api", "edge-api"), List.of("worker"));
    // Those that its head tells people to give.
    for (var told : found("(?m)(?<=run --rm operator )[^#>\\n]+", "docker-compose.yml")) {
      commands.add(List.of(told.strip().split(" +", -1)));
    }
    assertThat(commands).hasSizeGreaterThanOrEqualTo(6);
    assertThat(commands)
        .allSatisfy(command ->
            assertThatCode(() -> Main.commandLine().parseArgs(command.toArray(String[]::new)))
                .doesNotThrowAnyException());
  }

  @Test
  void everyFlagOfTheEdgeIsOneOfItsOwn() throws IOException {
    var command = strings(service("edge").get("command"));
    assertThat(command.getFirst()).isEqualTo("run");
    assertThat(command.stream().skip(1))
        .allSatisfy(argument -> assertThat(argument).matches("--[a-z-]+=.+"))
        .extracting(argument -> argument.substring(2, argument.indexOf('=')))
        .isSubsetOf(found(EdgeFlags.DECLARED, EdgeFlags.SOURCE));
  }

  @Test
  void everySettingInThemIsDescribed() throws IOException {
    var described = Files.readString(ROOT.resolve("docs/configuration.md"));
    for (var name : List.of("docker-compose.yml", "Dockerfile")) {
      assertThat(found("NAMEPLATE_[A-Z_]+", name))
          .isNotEmpty()
          .allSatisfy(key -> assertThat(described).contains("`" + key + "`"));
    }
  }

  @Test
  void everyVariableIsInTheExample() throws IOException {
    assertThat(found("(?<=\\$\\{)[A-Z_]+", "docker-compose.yml"))
        .isEqualTo(found("(?m)^[A-Z_]+(?==)", ".env.example"));
  }

  /// Where the edge declares its flags, and how they are recognised there.
  static final class EdgeFlags {
    static final String SOURCE = "edge/cmd/nameplate-edge/main.go";
    static final String DECLARED =
        "(?<=flags\\.[A-Za-z]{3,16}\\()(?:&[A-Za-z.]+, )?\"[a-z-]+(?=\", )";

    private EdgeFlags() {}
  }

  static Set<String> found(String pattern, String file) throws IOException {
    return new TreeSet<>(
        Pattern.compile(pattern)
            .matcher(Files.readString(ROOT.resolve(file)))
            .results()
            .map(MatchResult::group)
            .map(it -> it.replaceAll(".*\"", ""))
            .toList());
  }
}
