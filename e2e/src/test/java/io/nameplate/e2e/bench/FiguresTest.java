package io.nameplate.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class FiguresTest {
  private final Figures figures =
      new Figures("example").atMost("p50_s", 2).atLeast("domains_per_s", 10);

  @Test
  void areMetWhenEveryGoalIsReached() {
    figures.put("p50_s", 2).put("domains_per_s", 10).put("names", 3);
    assertThat(figures.met()).isTrue();
    assertThat(figures.unmet()).isEmpty();
  }

  @Test
  void areNotMetWhenOneGoalIsMissed() {
    figures.put("p50_s", 2.001).put("domains_per_s", 11);
    assertThat(figures.met()).isFalse();
    assertThat(figures.unmet()).containsExactly("p50_s is 2.001 (expected: <= 2.0)");
  }

  @Test
  void areNotMetByRounding() {
    figures.put("p50_s", 2.0001).put("domains_per_s", 10);
    assertThat(figures.met()).isFalse();
  }

  @Test
  void areNotMetByWhatCouldNotBeMeasured() throws IOException {
    figures.put("p50_s", Double.NaN).put("domains_per_s", 12);
    assertThat(figures.met()).isFalse();
    var json = new ObjectMapper().readTree(figures.json());
    assertThat(json.at("/figures/p50_s").isNull()).isTrue();
    assertThat(json.at("/met").booleanValue()).isFalse();
  }

  @Test
  void areNotMetWhenNothingWasMeasured() throws IOException {
    var json = new ObjectMapper().readTree(figures.json());
    assertThat(json.at("/figures/domains_per_s").isNull()).isTrue();
    assertThat(json.at("/met").booleanValue()).isFalse();
  }

  @Test
  void printOneLineThatProgramsRead() throws IOException {
    figures.put("p50_s", 1.23456).put("domains_per_s", 10.5);
    assertThat(figures.json()).doesNotContain("\n");
    var json = new ObjectMapper().readTree(figures.json());
    assertThat(json.at("/bench").textValue()).isEqualTo("example");
    assertThat(json.at("/figures/p50_s").doubleValue()).isEqualTo(1.235);
    assertThat(json.at("/goals/p50_s/0").textValue()).isEqualTo("<=");
    assertThat(json.at("/goals/domains_per_s/1").doubleValue()).isEqualTo(10);
    assertThat(json.at("/met").booleanValue()).isTrue();
    assertThat(json.at("/machine").textValue()).contains("cores");
  }
}
