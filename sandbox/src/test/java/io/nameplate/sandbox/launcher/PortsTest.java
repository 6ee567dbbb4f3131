package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class PortsTest {
  @Test
  void theFirstCopyIsWhereTheDocumentationSays() {
    var ports = new Ports(0);
    assertThat(ports.api()).hasToString("127.0.0.1:14000");
    assertThat(ports.acme()).hasToString("127.0.0.1:14008");
    assertThat(ports.resolver()).hasToString("127.0.53.53:14010");
    assertThat(ports.edgeHttps(2)).hasToString("127.0.1.2:14011");
    assertThat(ports.edgeHttp(1)).hasToString("127.0.1.1:14012");
    assertThat(ports.origin(Origin.FAILING)).hasToString("127.0.80.1:14025");
  }

  @Test
  void anOffsetMovesPortsAndLeavesAddresses() {
    assertThat(new Ports(1000).edgeAdmin(2)).hasToString("127.0.1.2:15014");
  }

  @Test
  void anOriginIsNamedByItsHostAndPort() {
    assertThat(Origin.TLS.url(new Ports(100))).isEqualTo("https://tls.origins.sandbox:14121");
    assertThat(Origin.PLAIN.url(new Ports(0))).isEqualTo("http://plain.origins.sandbox:14020");
  }

  @Test
  void anOffsetWithoutPortsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ports(60_000))
        .withMessage("port offset: 60000 (expected: 0 to 40000)");
  }
}
