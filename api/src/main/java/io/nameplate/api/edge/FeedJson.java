package io.nameplate.api.edge;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.domains.Origin;
import io.nameplate.edge.EdgeFeed.Answer;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Change;
import io.nameplate.edge.EdgeFeed.SealedCertificate;
import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A batch of changes as it is sent; written as it goes, for a snapshot's page has megabytes.
///
/// An entry whose origin cannot be read goes out without one: nodes refuse it alone and name it in
/// their acks, and every other name of the cluster goes on.
record FeedJson(JsonMapper json) {
  private static final Logger LOG = LoggerFactory.getLogger(FeedJson.class);

  void write(Batch.Changes changes, OutputStream out) throws IOException {
    try (var to = json.createGenerator(out)) {
      to.writeStartObject();
      to.writeNumberField("epoch", changes.reached().epoch());
      to.writeNumberField("revision", changes.reached().revision());
      to.writeBooleanField("more", changes.more());
      to.writeArrayFieldStart("entries");
      for (var entry : changes.entries()) {
        write(entry, to);
      }
      to.writeEndArray();
      to.writeArrayFieldStart("answers");
      for (var answer : changes.answers()) {
        write(answer, to);
      }
      to.writeEndArray();
      to.writeEndObject();
    }
  }

  private static void write(Change change, JsonGenerator to) throws IOException {
    var entry = change.entry();
    to.writeStartObject();
    to.writeStringField("hostname", entry.hostname().ascii());
    to.writeNumberField("revision", entry.position().revision());
    to.writeStringField("domain_id", entry.domain().toString());
    to.writeStringField("team_id", change.team());
    to.writeStringField("state", entry.state().word());
    if (entry.origin().filter(Origin::wellFormed).isPresent()) {
      write(entry.origin().get(), to);
    } else if (entry.origin().isPresent()) {
      LOG.atError()
          .addKeyValue("domain", entry.domain())
          .addKeyValue("cluster", entry.cluster())
          .log("An entry's origin cannot be read; nodes refuse the entry");
    }
    if (change.certificate().isPresent()) {
      write(change.certificate().get(), to);
    }
    to.writeArrayFieldStart("requires");
    for (var feature : change.requires()) {
      to.writeString(feature);
    }
    to.writeEndArray();
    to.writeEndObject();
  }

  private static void write(Origin origin, JsonGenerator to) throws IOException {
    to.writeObjectFieldStart("origin");
    to.writeStringField("scheme", origin.scheme());
    to.writeStringField("host", origin.host());
    to.writeNumberField("port", origin.port());
    to.writeStringField("path", origin.path());
    to.writeStringField("host_header", origin.hostHeader().word());
    to.writeStringField("server_name", origin.host());
    to.writeEndObject();
  }

  private static void write(SealedCertificate certificate, JsonGenerator to) throws IOException {
    to.writeObjectFieldStart("certificate");
    to.writeStringField("id", certificate.id());
    to.writeStringField("chain", certificate.chain());
    to.writeStringField("sealed_key", certificate.sealedKey());
    to.writeStringField("not_before", certificate.notBefore().toString());
    to.writeStringField("not_after", certificate.notAfter().toString());
    to.writeEndObject();
  }

  private static void write(Answer answer, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeStringField("hostname", answer.hostname());
    to.writeStringField("token", answer.token());
    to.writeStringField("value", answer.value());
    to.writeStringField("expires_at", answer.expiresAt().toString());
    to.writeNumberField("revision", answer.revision());
    to.writeBooleanField("removed", answer.removed());
    to.writeEndObject();
  }
}
