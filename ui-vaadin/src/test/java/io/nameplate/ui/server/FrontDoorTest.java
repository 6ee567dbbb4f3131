package io.nameplate.ui.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class FrontDoorTest {

  private static boolean refused(String host, String origin) {
    return FrontDoor.isFromAnotherSite(HttpFields.build().put("Host", host).put("Origin", origin));
  }

  @Test
  void letsItsOwnPagesIn() {
    assertThat(refused("127.0.0.1:14002", "http://127.0.0.1:14002")).isFalse();
    assertThat(refused("Names.Example", "https://names.example")).isFalse();
    assertThat(refused("names.example:443", "https://names.example")).isFalse();
  }

  @Test
  void refusesPagesOfOtherSites() {
    assertThat(refused("names.example", "https://evil.example")).isTrue();
    assertThat(refused("127.0.0.1:14002", "http://127.0.0.1:8080")).isTrue();
    assertThat(refused("names.example", "null")).isTrue();
    assertThat(refused("names.example", "https://evil example")).isTrue();
  }

  @Test
  void letsInWhatNoPageSent() {
    assertThat(FrontDoor.isFromAnotherSite(HttpFields.build().put("Host", "names.example")))
        .isFalse();
  }
}
