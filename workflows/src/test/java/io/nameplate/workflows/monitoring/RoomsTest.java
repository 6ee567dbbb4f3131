package io.nameplate.workflows.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DueDomains.Due;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private static final DomainRef DOMAIN =
      new DomainRef(new DomainId(new UUID(0, 1)), new TeamId(new UUID(0, 2)));
  private static final Due SERVED = new Due(DOMAIN, true);
  private static final Due NOT_SERVED = new Due(DOMAIN, false);

  private final Rooms rooms = new Rooms(12);

  @Test
  void halfAreForDomainsThatAreNotServed() {
    assertThat(rooms.free()).isEqualTo(12);
    assertThat(rooms.freeForOthers(false)).isEqualTo(6);
  }

  @Test
  void aSixthIsForThemWhileRunsWaitForEachOther() {
    assertThat(rooms.freeForOthers(true)).isEqualTo(2);
    rooms.enter(NOT_SERVED);
    assertThat(rooms.freeForOthers(true)).isEqualTo(1);
    assertThat(rooms.freeForOthers(false)).isEqualTo(5);
  }

  @Test
  void noneIsForThemAsLongAsMoreAreUnderWayThanARushAllows() {
    rooms.enter(NOT_SERVED);
    rooms.enter(NOT_SERVED);
    rooms.enter(NOT_SERVED);
    assertThat(rooms.freeForOthers(true)).isZero();
    rooms.leave(NOT_SERVED);
    rooms.leave(NOT_SERVED);
    assertThat(rooms.freeForOthers(true)).isEqualTo(1);
  }

  @Test
  void servedOnesTakeNoneOfTheirs() {
    rooms.enter(SERVED);
    assertThat(rooms.free()).isEqualTo(11);
    assertThat(rooms.freeForOthers(false)).isEqualTo(6);
  }

  @Test
  void evenTheSmallestWalkGoesOnLookingAtThemInARush() {
    assertThat(new Rooms(1).freeForOthers(true)).isEqualTo(1);
  }

  @Test
  void theyAreEmptyWhenAllHaveLeft() {
    rooms.enter(NOT_SERVED);
    assertThat(rooms.emptied(Duration.ofMillis(1))).isFalse();
    rooms.leave(NOT_SERVED);
    assertThat(rooms.emptied(Duration.ofMillis(1))).isTrue();
  }
}
