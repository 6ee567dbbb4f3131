package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.domains.DomainId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Domains, from the command line.
@Command(
    name = "domains",
    mixinStandardHelpOptions = true,
    description = "Confirms transfers of hostnames.")
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

  private static DomainId parse(String id) {
    try {
      return DomainId.parse(id);
    } catch (IllegalArgumentException _) {
      throw new RefusedException("There is no domain " + id + ".");
    }
  }
}
