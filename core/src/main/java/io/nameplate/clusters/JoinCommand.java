package io.nameplate.clusters;

/// What is pasted on the machine that joins: one line, in a checkout.
///
/// @param options of `./nameplate edge join`, such as `--control https://control.example.net:14001`
///   and whatever else nodes of this installation need, as a shell reads them
public record JoinCommand(String options) {
  public JoinCommand {
    if (!options.startsWith("--") || options.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "join options: \"%s\" (expected: one line, such as --control https://HOST:PORT)"
              .formatted(options));
    }
  }

  /// The whole line. `echo` is the shell's own, so that no program has the token among its
  /// arguments, which everybody on a machine can see.
  public String with(JoinToken token) {
    return "echo %s | ./nameplate edge join %s".formatted(token.shown(), options);
  }
}
