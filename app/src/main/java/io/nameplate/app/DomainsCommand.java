package io.nameplate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nameplate.adapters.keys.ChainSignatures;
import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.adapters.keys.SealedCertificateKeys;
import io.nameplate.adapters.keys.WrappedClusterKeys;
import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorImports;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.certificates.PostgresWrappedKeys;
import io.nameplate.domains.DomainId;
import io.nameplate.teams.TeamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Domains, from the command line.
@Command(
    name = "domains",
    mixinStandardHelpOptions = true,
    description = "Takes domains over from another provider, and confirms transfers.")
final class DomainsCommand {

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Moves a hostname to a claimant with fresh proof although the holder's own proof stands.")
  int transfer(
      @Parameters(paramLabel = "DOMAIN", description = "The claimant's, dom_…") String id) {
    var claimant = parse(id);
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      var outcome = new OperatorDesk(database).confirmTransfer(claimant);
      System.out.println(
          switch (outcome) {
            case MOVED -> "moved";
            case HOLDER -> "holds it already";
            case FREE, REQUESTED -> throw new RefusedException("Nobody holds the hostname.");
            case PROOF_MISSING ->
                throw new RefusedException(
                    "The claimant's proof is missing or older than an hour.");
            case UNKNOWN -> throw new RefusedException("There is no domain " + id + ".");
          });
    }
    return 0;
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Takes domains over with their certificates; nodes serve them as each batch commits.",
        "FILE has one JSON object a line: hostname, origin, certificate (PEM, leaf first),",
        "private_key (PEM), and perhaps team and host_header. Your word proves the claims.",
        "Needs the master key, so run it where a worker runs. Run again, it does what is left."
      })
  int bring(
      @Parameters(paramLabel = "FILE", description = "JSON lines.") Path path,
      @Option(names = "--cluster", required = true, description = "Its name or its id.")
          String cluster,
      @Option(names = "--team", description = "The team of lines that name none.")
          @Nullable String team,
      @Option(
              names = "--look-within",
              description =
                  "Over how long the first looks at DNS and nodes are spread, such as 2h. Left out, a"
                      + " tenth of a second for each line.")
          @Nullable String lookWithin)
      throws IOException, InterruptedException {
    var environment = Environment.ofProcess();
    var databases = new Databases(environment);
    try (var lines = lines(path);
        var operator = databases.open(Schema.Login.OPERATOR, 1);
        var keeper = databases.open(Schema.Login.WORKER, 1)) {
      var spread = spread(path, Optional.ofNullable(lookWithin));
      var desk = new OperatorDesk(operator);
      var imports = new OperatorImports(operator);
      var wrapped = new PostgresWrappedKeys(keeper);
      var master = MasterKey.open(masterKey(environment), wrapped);
      var file =
          new ImportFile(
              ClustersCommand.named(desk, cluster),
              new KnownTeams(desk),
              Optional.ofNullable(team).map(name -> KeysCommand.team(desk, name)),
              Stream.concat(Boundaries.zones(environment).stream(), imports.zones().stream())
                  .collect(Collectors.toSet()),
              Boundaries.origins(environment).withOwn(imports.ownAddresses()),
              new SealedCertificateKeys(new WrappedClusterKeys(master, wrapped)),
              new ChainSignatures());
      var result =
          new DomainImport(file, imports, spread, Clock.systemUTC(), System.err::println)
              .run(lines, new Told());
      System.out.println(
          "imported %d, there already %d, refused %d"
              .formatted(result.imported(), result.there(), result.refused()));
      return result.refused() == 0 ? 0 : 1;
    }
  }

  /// A worker makes it; here it has to be there.
  private static Path masterKey(Environment environment) {
    var file = environment.path("NAMEPLATE_MASTER_KEY_FILE");
    if (!Files.isReadable(file)) {
      throw new RefusedException(
          "The master key %s cannot be read; run this where a worker runs.".formatted(file));
    }
    return file;
  }

  /// Teams by name, asked for once each.
  private record KnownTeams(OperatorDesk desk, Map<String, Optional<TeamId>> known)
      implements Function<String, Optional<TeamId>> {
    KnownTeams(OperatorDesk desk) {
      this(desk, new ConcurrentHashMap<>());
    }

    @Override
    public Optional<TeamId> apply(String name) {
      return known.computeIfAbsent(name, desk::team);
    }
  }

  /// Says how far it is, every ten thousand lines.
  private static final class Told implements Consumer<DomainImport.Result> {
    private static final int EVERY = 10_000;
    private int next = EVERY;

    @Override
    public void accept(DomainImport.Result sum) {
      var done = sum.imported() + sum.there() + sum.refused();
      if (done >= next) {
        next = done + EVERY;
        System.err.println("%d lines done".formatted(done));
      }
    }
  }

  private static BufferedReader lines(Path path) throws IOException {
    try {
      // What is not UTF-8 spoils its own line and no other.
      return new BufferedReader(new InputStreamReader(Files.newInputStream(path), UTF_8));
    } catch (NoSuchFileException _) {
      throw new RefusedException("There is no file %s.".formatted(path));
    }
  }

  /// A first look leads to a run that proves the domain on every node; two cores carry ten a
  /// second.
  private static Duration spread(Path path, Optional<String> told) throws IOException {
    if (told.isPresent()) {
      return new Environment(Map.of("--look-within", told.get()))
          .duration("--look-within", Duration.ZERO);
    }
    long count = 0;
    try (var lines = lines(path)) {
      while (lines.readLine() != null) {
        count++;
      }
    }
    return Duration.ofMillis(count * 100);
  }

  private static DomainId parse(String id) {
    try {
      return DomainId.parse(id);
    } catch (IllegalArgumentException _) {
      throw new RefusedException("There is no domain " + id + ".");
    }
  }
}
