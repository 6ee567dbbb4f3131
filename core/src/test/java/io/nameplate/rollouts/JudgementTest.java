package io.nameplate.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JudgementTest {
  private static final Instant BEGUN = Instant.parse("2027-01-01T00:00:00Z");

  /// Ten minutes, 500 tries, ten failures more in a thousand; three times as long when idle.
  private static final Terms TERMS = Terms.DEFAULT;

  private static final Tally IDLE = new Tally(0, 0);
  private static final Tally BUSY = new Tally(10_000, 50); // 0.5 %

  static Stream<Arguments> sights() {
    return Stream.of(
        at("too early, though nothing failed", 9, tally(5_000, 0), BUSY, IDLE, Verdict.Watch.class),
        at("as good as the others", 10, tally(5_000, 25), BUSY, IDLE, Verdict.GoOn.class),
        at("worse, within the margin", 10, tally(5_000, 75), BUSY, IDLE, Verdict.GoOn.class),
        at("worse by more than it", 10, tally(5_000, 76), BUSY, IDLE, Verdict.Stop.class),
        at("worse, long before the end", 1, tally(5_000, 76), BUSY, IDLE, Verdict.Stop.class),
        at("all failed, and few tried", 1, tally(7, 7), BUSY, IDLE, Verdict.Watch.class),
        at("more failed than may of 500", 1, tally(8, 8), BUSY, IDLE, Verdict.Stop.class),
        at("just enough tries", 10, tally(500, 5), IDLE, IDLE, Verdict.GoOn.class),
        at("one try too few", 10, tally(499, 0), IDLE, IDLE, Verdict.Watch.class),
        at("nobody came anywhere", 30, tally(0, 0), IDLE, IDLE, Verdict.GoOn.class),
        at("nobody came, not long yet", 29, tally(0, 0), IDLE, IDLE, Verdict.Watch.class),
        at("nobody came to the first", 600, tally(0, 0), BUSY, IDLE, Verdict.Watch.class),
        at("alone, as before", 10, tally(500, 20), IDLE, tally(900, 36), Verdict.GoOn.class),
        at(
            "alone, worse than before",
            10,
            tally(500, 26),
            IDLE,
            tally(900, 36),
            Verdict.Stop.class),
        at("others fail as often", 10, tally(900, 90), tally(900, 90), IDLE, Verdict.GoOn.class));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sights")
  void goesOnOnlyWhileFailuresAreNotMoreFrequentThanElsewhere(
      String what, Sight sight, Class<? extends Verdict> expected) {
    assertThat(Judgement.of(TERMS, sight)).isInstanceOf(expected);
  }

  @Test
  void saysWhatIsMissingAndWhatWasSeen() {
    assertThat(Judgement.of(TERMS, sight(4, tally(120, 1), BUSY, IDLE)))
        .isEqualTo(
            new Verdict.Watch(
                "4 min of 10 min have passed. At edge-1 1 of 120 tries (0.8 %) failed, at the others 50 of 10000 tries (0.5 %)."));
    assertThat(Judgement.of(TERMS, sight(10, tally(120, 1), IDLE, IDLE)).why())
        .startsWith("120 of 500 tries were made; if hardly anybody comes, 30 min are enough.");
    assertThat(Judgement.of(TERMS, sight(10, tally(3, 0), BUSY, IDLE)).why())
        .isEqualTo(
            "Visitors come to the other nodes (10000 tries) and hardly to edge-1 (3 of 500): is it in DNS or the balancer?");
    assertThat(Judgement.of(TERMS, sight(10, tally(900, 90), BUSY, IDLE)))
        .isEqualTo(
            new Verdict.Stop(
                "At edge-1 90 of 900 tries (10.0 %) failed, at the others 50 of 10000 tries (0.5 %)."));
  }

  @Test
  void stopsWhatIsNotTakenUp() {
    assertThat(Judgement.of(TERMS, notTakenUp(BEGUN.plusSeconds(599), BEGUN)))
        .isEqualTo(new Verdict.Watch("edge-1 has not taken it up yet."));
    assertThat(Judgement.of(TERMS, notTakenUp(BEGUN.plusSeconds(600), BEGUN)))
        .isEqualTo(new Verdict.Stop("edge-1 did not take it up within 10 min."));
  }

  @Test
  void takesTheControlPlanesOwnSilenceForNobodyElses() {
    var now = BEGUN.plusSeconds(4000);
    assertThat(Judgement.of(TERMS, notTakenUp(now, now.minusSeconds(60))))
        .isInstanceOf(Verdict.Watch.class);
    assertThat(Judgement.of(TERMS, silent(now, now.minusSeconds(119))))
        .isInstanceOf(Verdict.GoOn.class);
    assertThat(Judgement.of(TERMS, silent(now, now.minusSeconds(120))))
        .isEqualTo(new Verdict.Stop("edge-1 has not been heard of for 2 min."));
  }

  @Test
  void stopsWhenTheFirstNodeIsRevokedOrNotReadyInTheEnd() {
    var revoked = new Sight.First("edge-1", false, true, Optional.of(BEGUN), IDLE);
    assertThat(Judgement.of(TERMS, sight(5, revoked, BUSY, IDLE)))
        .isEqualTo(new Verdict.Stop("edge-1 was revoked."));
    var unready =
        new Sight.First(
            "edge-1", true, false, Optional.of(BEGUN.plusSeconds(540)), tally(5_000, 0));
    assertThat(Judgement.of(TERMS, sight(9, unready, BUSY, IDLE)))
        .isInstanceOf(Verdict.Watch.class);
    assertThat(Judgement.of(TERMS, sight(10, unready, BUSY, IDLE)))
        .isEqualTo(new Verdict.Stop("edge-1 is not ready after 10 min."));
  }

  private static Tally tally(long tries, long failures) {
    return new Tally(tries, failures);
  }

  private static Arguments at(
      String what,
      int minutes,
      Tally since,
      Tally others,
      Tally before,
      Class<? extends Verdict> expected) {
    return Arguments.of(what, sight(minutes, since, others, before), expected);
  }

  private static Sight sight(int minutes, Tally since, Tally others, Tally before) {
    var now = BEGUN.plus(Duration.ofMinutes(minutes));
    return sight(
        minutes, new Sight.First("edge-1", true, true, Optional.of(now), since), others, before);
  }

  private static Sight sight(int minutes, Sight.First first, Tally others, Tally before) {
    var now = BEGUN.plus(Duration.ofMinutes(minutes));
    return new Sight(now, BEGUN, BEGUN, Optional.of(BEGUN), first, others, before);
  }

  private static Sight notTakenUp(Instant now, Instant seenFrom) {
    var first = new Sight.First("edge-1", true, true, Optional.of(now), IDLE);
    return new Sight(now, BEGUN, seenFrom, Optional.empty(), first, BUSY, IDLE);
  }

  /// Last heard of when it began; then nobody was, until `seenFrom`.
  private static Sight silent(Instant now, Instant seenFrom) {
    var first = new Sight.First("edge-1", true, true, Optional.of(BEGUN), tally(5_000, 0));
    return new Sight(now, BEGUN, seenFrom, Optional.of(BEGUN), first, BUSY, IDLE);
  }
}
