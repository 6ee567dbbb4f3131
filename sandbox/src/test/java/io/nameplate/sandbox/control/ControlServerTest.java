package io.nameplate.sandbox.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.sandbox.RunningSandbox;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The control API over HTTP, as `docs/sandbox.md` describes it.
class ControlServerTest {
  @TempDir private static Path data;
  private static RunningSandbox sandbox;

  @BeforeAll
  static void start() throws Exception {
    sandbox = new RunningSandbox(data, RunningSandbox.Ports.free());
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @Test
  void saysThatItIsWell() throws Exception {
    var answer = sandbox.get("/health");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void showsWhatWasSetAndItsFaults() throws Exception {
    sandbox.send(
        "POST",
        "/dns/set",
        """
        {"name":"shop.shown.com.","type":"txt","values":["one","two"],"ttl":60}
        """);
    sandbox.send("POST", "/dns/fault", "{\"name\":\"shown.com\",\"fault\":\"lame\"}");

    assertThat(sandbox.get("/dns/records?name=shown.com").body())
        .isEqualTo(
            "{\"records\":[{\"name\":\"shop.shown.com\",\"type\":\"TXT\",\"ttl\":60,"
                + "\"values\":[\"one\",\"two\"]}],"
                + "\"faults\":[{\"name\":\"shown.com\",\"fault\":\"lame\"}]}");
  }

  @Test
  void doesManyChangesInOneRequest() throws Exception {
    var answer =
        sandbox.send(
            "POST",
            "/dns/bulk",
            """
            {"changes":[
              {"op":"set","name":"a.bulk.com","type":"A","values":["192.0.2.1"]},
              {"op":"set","name":"b.bulk.com","type":"A","values":["192.0.2.2"]},
              {"op":"unset","name":"a.bulk.com"},
              {"op":"fault","name":"bulk.com","fault":"flap"}]}
            """);

    assertThat(answer.body()).isEqualTo("{\"changes\":4}");
    assertThat(sandbox.get("/dns/records?name=bulk.com").body())
        .contains("b.bulk.com", "flap")
        .doesNotContain("a.bulk.com");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/dns/set | {} | /values",
        "/dns/set | {\"name\":\"a.com\",\"type\":\"A\",\"values\":[\"x\"]} | /values/0",
        "/dns/set | {\"name\":\"a.com\",\"type\":\"A\",\"values\":\"x\"} | /values",
        "/dns/set | {\"name\":\"a.com\",\"type\":\"A\",\"values\":[\"192.0.2.1\"],\"ttl\":-1} | /ttl",
        "/dns/set | {\"nmae\":\"a.com\"} | /nmae",
        "/dns/fault | {\"name\":\"a.com\",\"fault\":\"odd\"} | /fault",
        "/dns/unset | {\"type\":\"A\"} | /name",
        "/dns/bulk | {\"changes\":[{\"op\":\"do\"}]} | /changes/0/op",
        "/acme/faults | {\"fault\":\"odd\"} | /fault",
        "/acme/faults | {\"fault\":\"slow\",\"operation\":\"odd\"} | /operation",
        "/acme/faults | {\"fault\":\"slow\",\"count\":0} | /count",
        "/acme/renewal-info | {\"hostname\":\"nobody.com\"} | /hostname",
      })
  void namesTheWrongFieldInAProblemDocument(String path, String body, String pointer)
      throws Exception {
    var answer = sandbox.send("POST", path, body);

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"pointer\":\"" + pointer + "\"");
  }

  @Test
  void saysWhatIsNotThere() throws Exception {
    assertThat(sandbox.get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(sandbox.get("/dns/set").statusCode()).isEqualTo(405);
    assertThat(sandbox.send("POST", "/dns/set", "{").statusCode()).isEqualTo(422);
  }

  @Test
  void keepsFaultsOfTheCaUntilTheyAreRemoved() throws Exception {
    var added =
        sandbox.send(
            "POST",
            "/acme/faults",
            "{\"fault\":\"reply-lost\",\"operation\":\"newOrder\",\"hostname\":\"a.com\"}");
    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(sandbox.get("/acme/faults").body())
        .contains("\"fault\":\"reply-lost\",\"operation\":\"newOrder\",\"hostname\":\"a.com\"");

    assertThat(sandbox.send("DELETE", "/acme/faults", "").statusCode()).isEqualTo(204);
    assertThat(sandbox.get("/acme/faults").body()).isEqualTo("{\"faults\":[]}");
  }
}
