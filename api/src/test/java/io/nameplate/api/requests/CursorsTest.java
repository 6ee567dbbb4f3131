package io.nameplate.api.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.api.problems.ProblemException;
import io.nameplate.teams.TeamId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CursorsTest {
  private static final TeamId TEAM = new TeamId(new UUID(1, 1));
  private static final TeamId OTHER = new TeamId(new UUID(1, 2));
  private final Cursors cursors = new Cursors("secret");

  @Test
  void givesThePlaceBack() {
    assertThat(cursors.read(TEAM, "domains", cursors.write(TEAM, "domains", "a.bücher.de")))
        .isEqualTo("a.bücher.de");
  }

  @Test
  void worksInEveryProcessWithTheSameSecret() {
    assertThat(new Cursors("secret").read(TEAM, "l", cursors.write(TEAM, "l", "x"))).isEqualTo("x");
  }

  @Test
  void refusesAnotherTeamListSecretAndAnythingChanged() {
    var cursor = cursors.write(TEAM, "domains", "a.de");
    assertThatThrownBy(() -> cursors.read(OTHER, "domains", cursor))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> cursors.read(TEAM, "domains active", cursor))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> new Cursors("other").read(TEAM, "domains", cursor))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> cursors.read(TEAM, "domains", cursor + "AA"))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> cursors.read(TEAM, "domains", "~"))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> cursors.read(TEAM, "domains", ""))
        .isInstanceOf(ProblemException.class);
  }
}
