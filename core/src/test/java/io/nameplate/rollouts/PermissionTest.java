package io.nameplate.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.clusters.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PermissionTest {
  private static final NodeId FIRST = new NodeId(new UUID(0, 1));
  private static final NodeId OTHER = new NodeId(new UUID(0, 2));

  @Test
  void letsTheFirstThatAsksBegin() {
    assertThat(Permission.of(FIRST, "1.0", "2.0", List.of())).isInstanceOf(Permission.Begin.class);
    assertThat(
            Permission.of(FIRST, "2.0", "3.0", List.of(build(1, "2.0", "1.0", Rollout.State.DONE))))
        .isInstanceOf(Permission.Begin.class);
  }

  @Test
  void letsTheOthersWaitWhileItIsWatched() {
    var watched = List.of(build(1, "2.0", "1.0", Rollout.State.WATCHING));
    assertThat(Permission.of(FIRST, "1.0", "2.0", watched)).isInstanceOf(Permission.Go.class);
    assertThat(Permission.of(OTHER, "1.0", "2.0", watched))
        .isEqualTo(new Permission.Wait("edge-1 runs 2.0 first. 3 of 500 tries."));
    assertThat(Permission.of(OTHER, "1.0", "3.0", watched))
        .isEqualTo(new Permission.Wait("Rollout 1 of the cluster is not over: 3 of 500 tries."));
  }

  @Test
  void watchesOneChangeAtATime() {
    var policy =
        new Rollout(
            7,
            new Change.Policy(EdgePolicy.NONE),
            Rollout.State.WATCHING,
            FIRST,
            "edge-1",
            "3 of 500 tries.",
            Instant.EPOCH,
            Optional.empty());
    assertThat(Permission.of(FIRST, "1.0", "2.0", List.of(policy)))
        .isInstanceOf(Permission.Wait.class);
  }

  @Test
  void letsAllHaveWhatStoodAndNobodyWhatDidNot() {
    assertThat(
            Permission.of(OTHER, "1.0", "2.0", List.of(build(1, "2.0", "1.0", Rollout.State.DONE))))
        .isEqualTo(new Permission.Go("2.0 stood at edge-1."));
    assertThat(
            Permission.of(
                OTHER, "1.0", "2.0", List.of(build(1, "2.0", "1.0", Rollout.State.STOPPED))))
        .isEqualTo(new Permission.Stop("2.0 did not stand at edge-1: 3 of 500 tries."));
  }

  @Test
  void takesTheNewestWordAboutABuild() {
    var stopped = build(1, "2.0", "1.0", Rollout.State.STOPPED);
    var stood = build(2, "2.0", "1.0", Rollout.State.DONE);
    assertThat(Permission.of(OTHER, "1.0", "2.0", List.of(stopped, stood)))
        .isInstanceOf(Permission.Go.class);
    assertThat(Permission.of(OTHER, "1.0", "2.0", List.of(stood, stopped)))
        .isInstanceOf(Permission.Go.class);
  }

  @Test
  void keepsTheWayBackOpenWhateverIsWatched() {
    for (var state : Rollout.State.values()) {
      assertThat(Permission.of(FIRST, "2.0", "1.0", List.of(build(1, "2.0", "1.0", state))))
          .isEqualTo(new Permission.Go("1.0 is what the cluster ran before."));
    }
    assertThat(
            Permission.of(
                OTHER, "1.0", "1.0", List.of(build(1, "2.0", "1.0", Rollout.State.WATCHING))))
        .isEqualTo(new Permission.Go("The node runs 1.0 already."));
  }

  private static Rollout build(long number, String version, String before, Rollout.State state) {
    return new Rollout(
        number,
        new Change.Build(version, before),
        state,
        FIRST,
        "edge-1",
        "3 of 500 tries.",
        Instant.EPOCH,
        Optional.empty());
  }
}
