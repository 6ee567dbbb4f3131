package io.nameplate.api.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Change;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FeedJsonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void writesAnOriginInItsParts() throws IOException {
    var entries = written(change("a.acme.com", 1, "https://[2606:4700::1111]:8443/app"));
    assertThat(entries.at("/0/origin").toString())
        .isEqualTo(
            """
            {"scheme":"https","host":"2606:4700::1111","port":8443,"path":"/app","host_header":"visitor",\
            "server_name":"2606:4700::1111"}\
            """);
  }

  @Test
  void sendsAnEntryWithABadOriginWithoutItAndAllOthersAsTheyAre() throws IOException {
    var entries =
        written(
            change("a.acme.com", 1, "http://origin.acme.com"),
            change("b.acme.com", 2, "https://foo_bar:0"),
            change("c.acme.com", 3, "http://origin.acme.com"));
    assertThat(entries.findValuesAsText("hostname"))
        .containsExactly("a.acme.com", "b.acme.com", "c.acme.com");
    assertThat(entries.at("/0/origin/port").asInt()).isEqualTo(80);
    assertThat(entries.path(1).has("origin")).isFalse();
    assertThat(entries.at("/1/revision").asLong()).isEqualTo(2);
    assertThat(entries.at("/2/origin/host").asText()).isEqualTo("origin.acme.com");
  }

  private static JsonNode written(Change... changes) throws IOException {
    var out = new ByteArrayOutputStream();
    new FeedJson(JSON)
        .write(
            new Batch.Changes(new Position(1, changes.length), false, List.of(changes), List.of()),
            out);
    return JSON.readTree(out.toByteArray()).path("entries");
  }

  private static Change change(String hostname, long revision, String origin) {
    return new Change(
        new Entry(
            new ClusterId(new UUID(1, 1)),
            new Hostname(hostname),
            new DomainId(new UUID(2, revision)),
            new Position(1, revision),
            EntryState.SERVING,
            Optional.of(new Origin(origin, HostHeader.VISITOR)),
            Optional.empty(),
            Instant.parse("2027-01-01T00:00:00Z")),
        "tea_1",
        Optional.empty(),
        List.of());
  }
}
