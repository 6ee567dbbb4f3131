package io.nameplate.api.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.clusters.JoinToken;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.Admission;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Joining;
import io.nameplate.edge.EdgeFeed.KnownNode;
import io.nameplate.edge.Position;
import io.nameplate.record.RecordUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/edge/v1`, one method a path. Runs on a virtual thread for each request and may block.
final class EdgeHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeHandler.class);
  private static final int BATCH = 2_000;
  private static final int LONGEST_WAIT_SECONDS = 55;
  private static final int MOST_BODY_BYTES = 1024 * 1024; // an ack names every refused entry
  private static final String JOIN = "/edge/v1/join";

  private final EdgeFeed feed;
  private final PositionWatch watch;
  private final NodeIdentities identities;
  private final Clock clock;
  private final JsonMapper json = JsonMapper.builder().build();
  private final FeedJson feedJson = new FeedJson(json);

  EdgeHandler(EdgeFeed feed, PositionWatch watch, Clock clock) {
    super(InvocationType.BLOCKING);
    this.feed = feed;
    this.watch = watch;
    this.clock = clock;
    identities = new NodeIdentities(feed);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      answer(request, response);
      callback.succeeded();
    } catch (EdgeProblem problem) {
      refuse(response, callback, problem);
    } catch (RecordUnavailableException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("The record cannot be asked");
      refuse(response, callback, new EdgeProblem(EdgeProblem.Kind.UNAVAILABLE));
    } catch (IOException e) {
      callback.failed(e); // the node went away
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } catch (RuntimeException e) { // the edge of the process
      LOG.atError()
          .addKeyValue("path", Request.getPathInContext(request))
          .setCause(e)
          .log("A node's request failed");
      refuse(response, callback, new EdgeProblem(EdgeProblem.Kind.INTERNAL));
    }
    return true;
  }

  private void answer(Request request, Response response) throws IOException, InterruptedException {
    var path = Request.getPathInContext(request);
    var call = request.getMethod() + " " + path;
    switch (call) {
      case "POST " + JOIN -> join(request, response);
      case "GET /edge/v1/changes" -> changes(request, response);
      case "POST /edge/v1/acks" -> ack(request, response);
      case "GET /edge/v1/answer" -> challenge(request, response);
      default -> {
        if (!call.startsWith("GET " + JOIN + "/")) {
          throw new EdgeProblem(EdgeProblem.Kind.NOT_FOUND);
        }
        admission(request, response, path.substring(JOIN.length() + 1));
      }
    }
  }

  private void join(Request request, Response response) throws IOException {
    var body = body(request);
    var token = token(body.path("token").asText());
    var outcome = feed.join(token.hash(), JoinRequests.read(body, clock.instant()));
    switch (outcome) {
      case Joining.Accepted(var node, var cluster) ->
          send(
              response,
              202,
              json.createObjectNode()
                  .put("node_id", node.toString())
                  .put("cluster_id", cluster.toString()));
      case Joining.TokenInvalid() -> throw new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_INVALID);
      case Joining.TokenSpent() -> throw new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_SPENT);
    }
  }

  private void admission(Request request, Response response, String node) throws IOException {
    var authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      throw new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_INVALID);
    }
    var token = token(authorization.substring("Bearer ".length()).strip());
    var admission =
        feed.admission(token.hash(), node(node))
            .orElseThrow(() -> new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_INVALID));
    var reply =
        switch (admission) {
          case Admission.Pending() -> json.createObjectNode().put("state", "pending");
          case Admission.Revoked() -> throw new EdgeProblem(EdgeProblem.Kind.NODE_REVOKED);
          case Admission.Ready(var certificate, var sealed, var cluster, var httpPort) ->
              json.createObjectNode()
                  .put("state", "ready")
                  .put("certificate", certificate)
                  .put("sealed_cluster_key", sealed)
                  .put("cluster_id", cluster.toString())
                  .put("http_port", httpPort);
        };
    send(response, 200, reply);
  }

  private void changes(Request request, Response response)
      throws IOException, InterruptedException {
    var node = identities.of(request);
    var query = Request.extractQueryParameters(request);
    var after = position(query);
    var batch = feed.changes(node.cluster(), after, BATCH);
    var wait = wait(query);
    if (!wait.isZero() && isEmpty(batch, after)) {
      watch.awaitBeyond(node.cluster(), after, wait);
      // Revoked while it was parked: it gets nothing any more.
      node = identities.of(request);
      batch = feed.changes(node.cluster(), after, BATCH);
    }
    switch (batch) {
      case Batch.Changes changes -> sendChanges(request, response, changes);
      case Batch.TooOld() -> throw new EdgeProblem(EdgeProblem.Kind.POSITION_TOO_OLD);
      case Batch.OtherEpoch(var epoch) -> throw EdgeProblem.epochChanged(epoch);
    }
  }

  private static boolean isEmpty(Batch batch, Position after) {
    return batch instanceof Batch.Changes changes
        && changes.entries().isEmpty()
        && changes.answers().isEmpty()
        && changes.reached().equals(after);
  }

  private void sendChanges(Request request, Response response, Batch.Changes changes)
      throws IOException {
    var zipped =
        request.getHeaders().getValuesList(HttpHeader.ACCEPT_ENCODING).stream()
            .anyMatch(coding -> coding.startsWith("gzip"));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    if (zipped) {
      response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
    }
    OutputStream sink = Content.Sink.asOutputStream(response);
    try (var out = zipped ? new GZIPOutputStream(sink, 16 * 1024) : sink) {
      feedJson.write(changes, out);
    }
  }

  private void ack(Request request, Response response) throws IOException {
    KnownNode node = identities.of(request);
    var report = Reports.read(body(request));
    var matches = feed.acked(node.id(), report);
    var reply = json.createObjectNode();
    if (matches.isPresent()) {
      reply.put("digest_matches", matches.get());
      if (!matches.get()) {
        LOG.atWarn().addKeyValue("node", node.id()).log("A node's digest differs");
      }
    } else {
      reply.putNull("digest_matches");
    }
    send(response, 200, reply.put("confirm_removals", false));
  }

  private void challenge(Request request, Response response) throws IOException {
    var node = identities.of(request);
    var query = Request.extractQueryParameters(request);
    var hostname = query.getValue("hostname");
    var token = query.getValue("token");
    if (hostname == null || token == null || hostname.length() > 253 || token.length() > 1024) {
      throw new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, "hostname and token are needed.");
    }
    var answer =
        feed.answer(node.cluster(), hostname, token)
            .orElseThrow(() -> new EdgeProblem(EdgeProblem.Kind.NOT_FOUND));
    send(
        response,
        200,
        json.createObjectNode()
            .put("value", answer.value())
            .put("expires_at", answer.expiresAt().toString()));
  }

  private static Position position(Fields query) {
    var text = query.getValue("after");
    var dot = text == null ? -1 : text.indexOf('.');
    try {
      if (text != null && dot > 0) {
        return new Position(
            Long.parseLong(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1)));
      }
    } catch (IllegalArgumentException _) {
      throw invalidPosition();
    }
    throw invalidPosition();
  }

  private static EdgeProblem invalidPosition() {
    return new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, "after has the form EPOCH.REVISION.");
  }

  private static Duration wait(Fields query) {
    var text = query.getValue("wait");
    try {
      var seconds = text == null ? 0 : Integer.parseInt(text);
      return Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_WAIT_SECONDS));
    } catch (NumberFormatException _) {
      throw new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, "wait is a number of seconds.");
    }
  }

  private static JoinToken token(String shown) {
    try {
      return JoinToken.parse(shown);
    } catch (IllegalArgumentException _) {
      throw new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_INVALID);
    }
  }

  private static NodeId node(String shown) {
    try {
      return NodeId.parse(shown);
    } catch (IllegalArgumentException _) {
      throw new EdgeProblem(EdgeProblem.Kind.JOIN_TOKEN_INVALID);
    }
  }

  private JsonNode body(Request request) throws IOException {
    try (var in = Content.Source.asInputStream(request)) {
      var bytes = in.readNBytes(MOST_BODY_BYTES + 1);
      if (bytes.length > MOST_BODY_BYTES) {
        throw new EdgeProblem(EdgeProblem.Kind.BODY_TOO_LARGE);
      }
      return json.readTree(bytes);
    } catch (JsonProcessingException _) {
      throw new EdgeProblem(EdgeProblem.Kind.MALFORMED, "The body is not JSON.");
    }
  }

  private void send(Response response, int status, JsonNode body) throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    write(response, json.writeValueAsBytes(body));
  }

  private void refuse(Response response, Callback callback, EdgeProblem problem) {
    var kind = problem.kind();
    var document =
        json.createObjectNode()
            .put("type", "urn:nameplate:problem:" + kind.code())
            .put("title", kind.title)
            .put("status", kind.status)
            .put("detail", String.valueOf(problem.getMessage()));
    if (problem.epoch() > 0) {
      document.put("epoch", problem.epoch());
    }
    response.setStatus(kind.status);
    response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "application/problem+json"));
    try {
      write(response, document.toString().getBytes(StandardCharsets.UTF_8));
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    }
  }

  private static void write(Response response, byte[] bytes) throws IOException {
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    try (var out = Content.Sink.asOutputStream(response)) {
      out.write(bytes);
    }
  }
}
