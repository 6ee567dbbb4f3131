package io.nameplate.api.edge;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.domains.Origin;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.Answer;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Change;
import io.nameplate.edge.EdgeFeed.SealedCertificate;
import io.nameplate.edge.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A batch of changes as it is sent; written as it goes, for a snapshot's page has megabytes.
///
/// An entry whose origin cannot be read goes out without one: nodes refuse it alone and name it in
/// their acks, and every other name of the cluster goes on.
record FeedJson(JsonMapper json) {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final Logger LOG = LoggerFactory.getLogger(FeedJson.class);

  void write(Batch.Changes changes, OutputStream out) throws IOException {
    var chains = new LinkedHashMap<String, Integer>();
    try (var to = json.createGenerator(out)) {
      to.writeStartObject();
      to.writeNumberField("epoch", changes.reached().epoch());
      to.writeNumberField("revision", changes.reached().revision());
      to.writeBooleanField("more", changes.more());
      to.writeArrayFieldStart("entries");
      for (var entry : changes.entries()) {
        write(entry, chains, to);
      }
      to.writeEndArray();
      to.writeArrayFieldStart("answers");
      for (var answer : changes.answers()) {
        write(answer, to);
      }
      to.writeEndArray();
      to.writeArrayFieldStart("chains");
      for (var chain : chains.keySet()) {
        to.writeStartArray();
        for (var rest = chain; !rest.isBlank(); rest = after(rest)) {
          to.writeString(first(rest));
        }
        to.writeEndArray();
      }
      to.writeEndArray();
      to.writeEndObject();
    }
  }

  private static void write(Change change, Map<String, Integer> chains, JsonGenerator to)
      throws IOException {
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
      write(change.certificate().get(), chains, to);
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

  /// What stands above the leaf is the same for thousands, and sent once a page.
  private static void write(
      SealedCertificate certificate, Map<String, Integer> chains, JsonGenerator to)
      throws IOException {
    to.writeObjectFieldStart("certificate");
    to.writeStringField("id", certificate.id());
    to.writeStringField("leaf", first(certificate.chain()));
    var above = after(certificate.chain());
    if (!above.isBlank()) {
      to.writeNumberField("issuers", chains.computeIfAbsent(above, _ -> chains.size()));
    }
    to.writeStringField("sealed_key", certificate.sealedKey());
    to.writeStringField("not_before", certificate.notBefore().toString());
    to.writeStringField("not_after", certificate.notAfter().toString());
    to.writeEndObject();
  }

  /// DER in base64 of the first certificate of a PEM chain, empty if there is none.
  private static String first(String pem) {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      return "";
    }
    // Each replacement is a fast scan, and most find nothing.
    return pem.substring(begin + BEGIN.length(), end)
        .replace("\n", "")
        .replace("\r", "")
        .replace(" ", "");
  }

  /// What follows the first certificate, empty if nothing does.
  private static String after(String pem) {
    int end = pem.indexOf(END);
    return end < 0 ? "" : pem.substring(end + END.length()).strip();
  }

  /// A cluster's names as they are read, zipped or plain.
  final class OutlineText implements EdgeFeed.Outline {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator to;
    private boolean inAnswers;

    OutlineText(boolean zipped) {
      try {
        to = json.createGenerator(zipped ? zipped(bytes) : bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory", e);
      }
    }

    @Override
    public void begins(Position at, long epochFrom) {
      write(() -> {
        to.writeStartObject();
        to.writeNumberField("epoch", at.epoch());
        to.writeNumberField("revision", at.revision());
        to.writeNumberField("epoch_from", epochFrom);
        to.writeArrayFieldStart("names");
      });
    }

    @Override
    public void name(String hostname, long revision, boolean removed) {
      write(() -> to.writeString(hostname + ' ' + revision + (removed ? " removed" : "")));
    }

    @Override
    public void answer(Answer answer) {
      write(() -> {
        endNames();
        FeedJson.write(answer, to);
      });
    }

    private void endNames() throws IOException {
      if (!inAnswers) {
        inAnswers = true;
        to.writeEndArray();
        to.writeArrayFieldStart("answers");
      }
    }

    byte[] bytes() {
      write(() -> {
        endNames();
        to.close(); // ends array and object
      });
      return bytes.toByteArray();
    }

    private static void write(Writing writing) {
      try {
        writing.write();
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory", e);
      }
    }
  }

  @FunctionalInterface
  private interface Writing {
    void write() throws IOException;
  }

  /// Fast rather than small: nodes are near, and pages many.
  static OutputStream zipped(OutputStream to) throws IOException {
    return new GZIPOutputStream(to, 16 * 1024) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
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
