package io.nameplate.api.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.api.problems.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestSchemaTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final RequestSchema schema = new RequestSchema();

  @Test
  void acceptsABodyOfTheSchema() {
    assertThatCode(() ->
            check(
                """
                {"hostname":"a.de","origin":{"url":"https://o.net","host_header":"origin"}}\
                """))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5                                                | ''            | wrong-type
          {"origin":{"url":"https://o.net"}}               | /hostname     | missing
          {"hostname":"","origin":{"url":"https://o.net"}} | /hostname     | too-short
          {"hostname":"a.de","origin":{"url":5}}           | /origin/url   | wrong-type
          {"hostname":"a.de","origin":{"url":null}}        | /origin/url   | wrong-type
          {"hostname":"a.de","origin":{"url":"https://o.net","host_header":"x"}} | /origin/host_header | unexpected-value
          {"hostname":"a.de","origin":{"url":"https://o.net"},"~a/b":1} | /~0a~1b | unknown-field
          """)
  void pointsAtABadField(String body, String pointer, String reason) {
    var field = catchThrowableOfType(ProblemException.class, () -> check(body)).fields().getFirst();
    assertThat(field.pointer()).isEqualTo(pointer);
    assertThat(field.reason()).isEqualTo(reason);
  }

  @Test
  void countsCharactersAndNotCodeUnits() {
    var long1024 = "\uD83D\uDE00".repeat(1024);
    assertThatCode(() -> check(body(long1024))).doesNotThrowAnyException();
    assertThat(
            catchThrowableOfType(ProblemException.class, () -> check(body(long1024 + "x")))
                .fields()
                .getFirst()
                .reason())
        .isEqualTo("too-long");
  }

  private static String body(String hostname) {
    return "{\"hostname\":\"%s\",\"origin\":{\"url\":\"https://o.net\"}}".formatted(hostname);
  }

  private void check(String body) throws JsonProcessingException {
    schema.check("AddDomainRequest", JSON.readTree(body));
  }
}
