package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class LicencesTest {
  @Test
  void oneGoodLicenceOfSeveralIsEnough() throws JsonProcessingException {
    assertThat(
            complaints(
                """
                {"components":[{"group":"ch.qos.logback","name":"logback-classic","version":"1",
                  "licenses":[{"license":{"id":"EPL-1.0"}},{"license":{"name":"GNU Lesser GPL"}}]}]}
                """))
        .isEmpty();
  }

  @Test
  void whatHasNoGoodLicenceIsNamed() throws JsonProcessingException {
    assertThat(
            complaints(
                """
                {"components":[
                  {"group":"a","name":"b","version":"1","licenses":[{"license":{"id":"AGPL-3.0"}}]},
                  {"group":"c","name":"d","version":"2"}]}
                """))
        .containsExactly("a:b 1: AGPL-3.0", "c:d 2: none named");
  }

  @Test
  void aLicenceIsKnownByItsText() {
    assertThat(Licences.named("Apache License\n   Version 2.0")).contains("Apache-2.0");
    assertThat(Licences.named("Permission is hereby granted, free\nof charge, to")).contains("MIT");
    assertThat(Licences.named("GNU AFFERO GENERAL PUBLIC LICENSE")).contains("AGPL-3.0");
    assertThat(Licences.named("All rights reserved.")).isEmpty();
  }

  private static java.util.List<String> complaints(String json) throws JsonProcessingException {
    return Licences.complaints(new ObjectMapper().readTree(json));
  }
}
