package io.nameplate.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.certificates.IssuanceFailure.Kind;
import io.nameplate.domains.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IssuanceFailureTest {
  @ParameterizedTest
  @CsvSource({
    "connection, CA_VALIDATION_FAILED",
    "incorrectResponse, CA_VALIDATION_FAILED",
    "tls, CA_VALIDATION_FAILED",
    "unauthorized, CA_VALIDATION_FAILED",
    "caa, CA_CAA_FORBIDS",
    "dns, CA_SAW_DNS_FAILURE",
    "rejectedIdentifier, CA_REFUSED_IDENTIFIER",
    "unsupportedIdentifier, CA_REFUSED_IDENTIFIER",
    "serverInternal, CA_UNAVAILABLE",
    "badCSR, CA_REFUSED_ORDER",
    "malformed, CA_REFUSED_ORDER",
    "userActionRequired, CA_REFUSED_ORDER",
    "somethingNew, CA_REFUSED_ORDER"
  })
  void readsTheCasProblemAsAReason(String type, Reason reason) {
    var problem = new CaProblem("urn:ietf:params:acme:error:" + type, "detail");
    assertThat(IssuanceFailure.of(problem).reason()).isEqualTo(reason);
    assertThat(problem.uri()).isEqualTo("urn:ietf:params:acme:error:" + type);
  }

  @Test
  void takesUnauthorizedAboutAnOrderAsARefusal() {
    assertThat(IssuanceFailure.refused(new CaProblem("unauthorized", "account deactivated")).kind())
        .isEqualTo(Kind.ORDER);
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatTheCaSaid(Kind kind) {
    var failure = new IssuanceFailure(kind, new CaProblem("caa", "said by the CA"));
    assertThat(failure.message()).contains("said by the CA");
  }

  @Test
  void countsEveryFailureButWhatTheCaLost() {
    assertThat(new IssuanceFailure(Kind.CAA, new CaProblem("caa", "")).counts(0)).isTrue();
    assertThat(IssuanceFailure.lost().counts(7)).isFalse();
    assertThat(IssuanceFailure.givenUp().counts(100)).isFalse();
  }

  @Test
  void countsALossWhenTheCaLosesEverything() {
    assertThat(IssuanceFailure.lost().counts(8)).isTrue();
  }
}
