package io.nameplate.e2e.kit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ContractTest {
  private static final String TEAM =
      "{\"id\":\"tea_1\",\"name\":\"demo\",\"scopes\":[\"domains:read\"]}";

  private final Contract contract = Contract.OF_THE_API;

  @Test
  void acceptsAnAnswerAsDescribed() {
    assertThat(contract.violation("GET", "/v1/team", 200, "application/json", TEAM)).isEmpty();
  }

  @Test
  void refusesAFieldThatIsNotDescribed() {
    var body = TEAM.replace("{", "{\"secret\":1,");
    assertThat(contract.violation("GET", "/v1/team", 200, "application/json", body))
        .hasValueSatisfying(what -> assertThat(what).contains("secret"));
  }

  @Test
  void refusesAMissingField() {
    assertThat(contract.violation("GET", "/v1/team", 200, "application/json", "{\"id\":\"tea_1\"}"))
        .hasValueSatisfying(what -> assertThat(what).contains("name"));
  }

  @Test
  void refusesAStatusAndAMediaTypeThatAreNotDescribed() {
    assertThat(contract.violation("GET", "/v1/team", 418, "application/json", TEAM))
        .contains("no such status");
    assertThat(contract.violation("GET", "/v1/team", 200, "text/html", TEAM))
        .contains("media type \"text/html\"");
  }

  @Test
  void readsPathsWithIds() {
    assertThat(contract.violation("DELETE", "/v1/domains/dom_1", 202, "", "")).isEmpty();
  }
}
