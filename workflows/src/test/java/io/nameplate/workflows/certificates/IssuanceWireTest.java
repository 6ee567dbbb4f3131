package io.nameplate.workflows.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.Reason;
import io.nameplate.workflows.certificates.IssuanceSteps.Begin;
import io.nameplate.workflows.certificates.IssuanceSteps.Why;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What stands in histories: a wire format, to which components are only added.
class IssuanceWireTest {
  private static final Instant AT = Instant.parse("2027-01-01T00:00:00Z");

  static Stream<Object> messages() {
    return Stream.of(
        new Begin("dom_1", 7, Why.RENEWAL),
        new IssuanceSteps.Complete("dom_1", "iss_1"),
        new IssuanceSteps.Retire("dom_1", "cer_1"),
        new IssuanceSteps.Forget("dom_1"),
        new RenewalSteps.Refresh(100, 60),
        new RenewalSteps.Refreshed(3, 2, 1));
  }

  static Stream<Begun> begun() {
    return Stream.of(
        new Begun.Answered("iss_1", "clu_1", 1, 4711),
        new Begun.Authorized("iss_1"),
        new Begun.NotNow(Reason.CA_RATE_LIMITED, "later", "rateLimited", AT),
        new Begun.Superseded());
  }

  static Stream<Completed> completed() {
    return Stream.of(
        new Completed.Issued("cer_1", AT, AT, AT),
        new Completed.NotNow(Reason.CA_CAA_FORBIDS, "no", "caa", AT),
        new Completed.StartOver());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageComesBackAsItWent(Object message) {
    assertThat(afterTheWire(message, message.getClass())).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("begun")
  void anOutcomeOfBeginningComesBackAsItWent(Begun outcome) {
    assertThat(afterTheWire(outcome, Begun.class)).isEqualTo(outcome);
  }

  @ParameterizedTest
  @MethodSource("completed")
  void anOutcomeOfCompletingComesBackAsItWent(Completed outcome) {
    assertThat(afterTheWire(outcome, Completed.class)).isEqualTo(outcome);
  }

  @Test
  void readsWhatHistoriesHold() {
    assertThat(json(new Begun.Answered("iss_1", "clu_1", 1, 4711)))
        .isEqualTo(
            """
            {"kind":"answered","issuanceId":"iss_1","clusterId":"clu_1","epoch":1,"revision":4711}\
            """);
    assertThat(json(new Completed.StartOver())).isEqualTo("{\"kind\":\"start-over\"}");
  }

  private static <T> Object afterTheWire(T value, Class<? extends T> type) {
    var converter = DefaultDataConverter.newDefaultInstance();
    return converter.fromPayload(converter.toPayload(value).orElseThrow(), type, type);
  }

  private static String json(Object value) {
    return DefaultDataConverter.newDefaultInstance()
        .toPayload(value)
        .orElseThrow()
        .getData()
        .toStringUtf8();
  }
}
