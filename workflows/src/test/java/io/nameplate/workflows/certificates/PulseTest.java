package io.nameplate.workflows.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.testing.TestActivityEnvironment;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PulseTest {
  @ActivityInterface
  public interface Step {
    @ActivityMethod
    void beatAfter(long milliseconds);
  }

  /// Beats as if so much time had passed since it began.
  static final class BeatingStep implements Step {
    @Override
    public void beatAfter(long milliseconds) {
      var began =
          Instant.ofEpochMilli(Activity.getExecutionContext().getInfo().getStartedTimestamp());
      Pulse.ofActivity(() -> began.plusMillis(milliseconds)).beat();
    }
  }

  @Test
  void aStepThatHasJustBegunBeatsInSilence() {
    assertThat(beatsSent(4_999)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {5_000, 60_000})
  void aStepThatTakesLongerSaysSo(long milliseconds) {
    assertThat(beatsSent(milliseconds)).isEqualTo(1);
  }

  @Test
  void aStepThatBeganLaterThanNowByAnotherClockSaysSoToo() {
    assertThat(beatsSent(-1_000)).isEqualTo(1);
  }

  private static int beatsSent(long milliseconds) {
    var sent = new AtomicInteger();
    var environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(new BeatingStep());
      environment.setActivityHeartbeatListener(Void.class, _ -> sent.incrementAndGet());
      environment.newActivityStub(Step.class).beatAfter(milliseconds);
    } finally {
      environment.close();
    }
    return sent.get();
  }
}
