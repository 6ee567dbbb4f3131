package io.nameplate.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalTest {
  private static final Instant ISSUED = Instant.parse("2027-01-01T00:00:00Z");
  // The last four bytes of the id say where in a window its moment lies: here at its begin and in
  // its middle.
  private static final CertificateId FIRST =
      new CertificateId(UUID.fromString("01940000-0000-7000-8000-000000000000"));
  private static final CertificateId MIDDLE =
      new CertificateId(UUID.fromString("01940000-0000-7000-8000-000080000000"));

  @ParameterizedTest
  @CsvSource({"P90D, P60D", "P45D, P30D", "P6D, P4D", "PT120S, PT80S"})
  void isDueWithAThirdOfTheLifeLeftWhenTheCaSuggestsNoWindow(Duration life, Duration after) {
    assertThat(Renewal.dueFrom(FIRST, lasting(life), Optional.empty()))
        .isEqualTo(ISSUED.plus(after));
  }

  @ParameterizedTest(name = "{0}: window from {1} to {2} is due after {3}")
  @CsvSource({
    // inside the window
    "P90D, P59D, P61D, P60D",
    "P45D, P29D, P31D, P30D",
    "PT160H, PT80H, PT100H, PT90H",
    // a window that opens at issue waits for half of life
    "PT120S, PT0S, PT120S, PT60S",
    "P6D, P0D, P1D, P1D",
    // one that ends before half of life is due when it ends
    "P90D, P1D, P3D, P3D",
    // one that lies in the last quarter comes too late
    "P90D, P80D, P90D, PT1620H"
  })
  void isDueInsideTheWindow(Duration life, Duration start, Duration end, Duration after) {
    var window = new RenewalWindow(ISSUED.plus(start), ISSUED.plus(end));
    assertThat(Renewal.dueFrom(MIDDLE, lasting(life), Optional.of(window)))
        .isEqualTo(ISSUED.plus(after));
  }

  @Test
  void isDueAtOnceWhenTheCaMovesTheWindowIntoThePast() {
    var window = new RenewalWindow(ISSUED.minusSeconds(7200), ISSUED.minusSeconds(3600));
    assertThat(Renewal.dueFrom(MIDDLE, lasting(Duration.ofDays(90)), Optional.of(window)))
        .isBeforeOrEqualTo(ISSUED);
  }

  @Test
  void hasAMomentOfItsOwnInTheWindow() {
    var window = new RenewalWindow(ISSUED.plusSeconds(1000), ISSUED.plusSeconds(2000));
    assertThat(window.momentFor(FIRST)).isEqualTo(ISSUED.plusSeconds(1000));
    assertThat(window.momentFor(MIDDLE)).isEqualTo(ISSUED.plusSeconds(1500));
  }

  @ParameterizedTest
  @CsvSource({"P90D, PT12H", "P45D, PT12H", "P6D, PT7H12M", "PT120S, PT6S", "PT10S, PT5S"})
  void asksTwiceADayOrTwentyTimesInALife(Duration life, Duration later) {
    assertThat(Renewal.nextLook(lasting(life), ISSUED, Optional.empty()))
        .isEqualTo(ISSUED.plus(later));
  }

  @ParameterizedTest
  @CsvSource({"PT6H, PT6H", "PT0S, PT5S", "P3D, P1D"})
  void asksWhenTheCaSaysSoWithinADay(Duration said, Duration later) {
    var life = lasting(Duration.ofDays(90));
    assertThat(Renewal.nextLook(life, ISSUED, Optional.of(ISSUED.plus(said))))
        .isEqualTo(ISSUED.plus(later));
  }

  @ParameterizedTest
  @CsvSource({"P90D, PT10M", "PT120S, PT6S"})
  void asksSoonAgainWithoutAnAnswer(Duration life, Duration later) {
    assertThat(Renewal.nextLookAfterFailure(lasting(life), ISSUED)).isEqualTo(ISSUED.plus(later));
  }

  private static Validity lasting(Duration life) {
    return new Validity(ISSUED, ISSUED.plus(life));
  }
}
