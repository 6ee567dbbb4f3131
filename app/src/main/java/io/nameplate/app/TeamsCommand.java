package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.ids.RandomText;
import io.nameplate.teams.ApiKey;
import java.security.SecureRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Teams, from the command line.
@Command(
    name = "teams",
    mixinStandardHelpOptions = true,
    description = "Adds teams, and says what proves names for them.")
final class TeamsCommand {

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds a team and prints its API key, which is shown this once.")
  int add(@Parameters(paramLabel = "NAME") String name) {
    if (name.isBlank() || name.length() > 100) {
      throw new RefusedException("A team's name has 1 to 100 characters.");
    }
    var key = new ApiKey("np_live_" + RandomText.SECRET.of(32, new SecureRandom()));
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      if (new OperatorDesk(database).addTeam(name.strip(), key).isEmpty()) {
        throw new RefusedException("There is a team named \"%s\" already.".formatted(name));
      }
    }
    System.out.println(key.secret());
    return 0;
  }

  @Command(
      name = "strict-proof",
      mixinStandardHelpOptions = true,
      description =
          "Says whether only TXT or CNAME records of a claim's own prove names for a team, and never"
              + " the address of a cluster.")
  int strictProof(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "on|off") String word) {
    var strictly =
        switch (word) {
          case "on" -> true;
          case "off" -> false;
          default -> throw new RefusedException("\"%s\" (expected: on or off)".formatted(word));
        };
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      if (!new OperatorDesk(database).proveStrictly(name.strip(), strictly)) {
        throw new RefusedException("There is no team named \"%s\".".formatted(name));
      }
    }
    System.out.println(
        strictly
            ? "Only TXT or CNAME records prove names for %s. Names that an address proved are looked at again as they are due."
                .formatted(name)
            : "Addresses of clusters that have only ever served %s prove names for it."
                .formatted(name));
    return 0;
  }
}
