package io.nameplate.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void needsOnlyTheApi() {
    var settings = Settings.from(Map.of("NAMEPLATE_API_URL", "http://127.0.0.1:14000/"));
    assertThat(settings.api()).isEqualTo(URI.create("http://127.0.0.1:14000"));
    assertThat(settings.address().getPort()).isEqualTo(14002);
    assertThat(settings.sandbox()).isEmpty();
    assertThat(settings.behindProxy()).isFalse();
    assertThat(settings.temporalNamespace()).isEqualTo("default");
  }

  @Test
  void takesAnEmptyValueForNone() {
    var settings =
        Settings.from(
            Map.of(
                "NAMEPLATE_API_URL",
                "http://api",
                "NAMEPLATE_TEMPORAL_UI_URL",
                "",
                "NAMEPLATE_TEMPORAL_NAMESPACE",
                "",
                "NAMEPLATE_DASHBOARD_ADDRESS",
                "",
                "NAMEPLATE_DASHBOARD_BEHIND_PROXY",
                ""));
    assertThat(settings.temporalUi()).isEmpty();
    assertThat(settings.temporalNamespace()).isEqualTo("default");
    assertThat(settings.address().getPort()).isEqualTo(14002);
    assertThat(settings.behindProxy()).isFalse();
  }

  @Test
  void namesTheVariableThatIsWrong() {
    assertThatThrownBy(() -> Settings.from(Map.of())).hasMessage("NAMEPLATE_API_URL is not set");
    assertThatThrownBy(() -> Settings.from(Map.of("NAMEPLATE_API_URL", "javascript:alert(1)")))
        .hasMessageContaining("NAMEPLATE_API_URL: \"javascript:alert(1)\"");
    assertThatThrownBy(() ->
            Settings.from(
                Map.of("NAMEPLATE_API_URL", "http://api", "NAMEPLATE_DASHBOARD_ADDRESS", "14002")))
        .hasMessageContaining("expected: host:port");
  }
}
