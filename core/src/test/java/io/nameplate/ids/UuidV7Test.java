package io.nameplate.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UuidV7Test {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void isAVersionSevenUuidThatBeginsWithItsMillisecond() {
    var id = UuidV7.at(NOW, new Random(1));
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void showsOlderIdsBeforeNewerOnes() {
    var form = new PrefixedId("dom");
    var older = form.show(UuidV7.at(NOW, new Random(1)));
    var newer = form.show(UuidV7.at(NOW.plusMillis(1), new Random(2)));
    assertThat(older).isLessThan(newer);
    assertThat(form.show(form.parse(older))).isEqualTo(older);
  }
}
