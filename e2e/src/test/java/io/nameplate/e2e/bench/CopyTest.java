package io.nameplate.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class CopyTest {
  @Command
  private static final class Bench {
    @Mixin private Copy copy = new Copy();
  }

  private static int offset(String... arguments) {
    var bench = new Bench();
    new CommandLine(bench).parseArgs(arguments);
    return bench.copy.offset();
  }

  @Test
  void isAFreshOneBesideEverythingElse() {
    assertThat(offset()).isEqualTo(900);
  }

  @Test
  void isTheUsualOneWhenTheRunningOneIsMeant() {
    assertThat(offset("--running")).isZero();
  }

  @Test
  void isTheOneWhosePortsAreNamed() {
    assertThat(offset("--port-offset", "700")).isEqualTo(700);
    assertThat(offset("--running", "--port-offset", "700")).isEqualTo(700);
  }
}
