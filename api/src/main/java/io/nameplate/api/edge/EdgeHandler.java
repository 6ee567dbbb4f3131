package io.nameplate.api.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.clusters.JoinToken;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.Admission;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Batch.Changes;
import io.nameplate.edge.EdgeFeed.Follow;
import io.nameplate.edge.EdgeFeed.Joining;
import io.nameplate.edge.EdgeFeed.KnownNode;
import io.nameplate.edge.EdgeFeed.Since;
import io.nameplate.edge.Position;
import io.nameplate.record.RecordUnavailableException;
import io.nameplate.rollouts.Permission;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final int MOST_HOSTNAMES = 2_000; // of one request for entries
  private static final String JOIN = "/edge/v1/join";
  private static final String CHANGES = "/edge/v1/changes";
  private static final String OUTLINE = "/edge/v1/outline";
  private static final String ENTRIES = "/edge/v1/entries";
  private static final String ACKS = "/edge/v1/acks";
  private static final String ANSWER = "/edge/v1/answer";
  private static final String UPGRADES = "/edge/v1/upgrades";
  private static final Map<String, String> METHODS =
      Map.of(
          JOIN, "POST", CHANGES, "GET", OUTLINE, "GET", ENTRIES, "POST", ACKS, "POST", ANSWER,
          "GET", UPGRADES, "POST");

  private final EdgeFeed feed;
  private final PositionWatch watch;
  private final NodeIdentities identities;
  private final Clock clock;
  private final SharedPages pages = new SharedPages();
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
      refuse(request, response, callback, problem);
    } catch (RecordUnavailableException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("The record cannot be asked");
      refuse(request, response, callback, new EdgeProblem(EdgeProblem.Kind.UNAVAILABLE));
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
      refuse(request, response, callback, new EdgeProblem(EdgeProblem.Kind.INTERNAL));
    }
    return true;
  }

  private void answer(Request request, Response response) throws IOException, InterruptedException {
    var path = Request.getPathInContext(request);
    var isAdmission = path.startsWith(JOIN + "/");
    var method = isAdmission ? "GET" : METHODS.get(path);
    if (method == null) {
      throw new EdgeProblem(EdgeProblem.Kind.NOT_FOUND);
    }
    if (!method.equals(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, method);
      throw new EdgeProblem(EdgeProblem.Kind.METHOD_NOT_ALLOWED);
    }
    switch (path) {
      case JOIN -> join(request, response);
      case CHANGES -> changes(request, response);
      case OUTLINE -> outline(request, response);
      case ENTRIES -> entries(request, response);
      case ACKS -> ack(request, response);
      case ANSWER -> challenge(request, response);
      case UPGRADES -> upgrade(request, response);
      default -> admission(request, response, path.substring(JOIN.length() + 1));
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
    var wait = wait(query);
    var since = new Since(after, query.getValue("snapshot") != null);
    if (wait.isZero() || since.everything()) {
      sendPage(request, response, changes(feed.changes(node.cluster(), since, BATCH)));
      return;
    }
    var woken = watch.await(node, after, wait);
    switch (woken.outcome()) {
      case MOVED -> {
        var _ = identities.of(request); // revoked while it was parked: it gets nothing any more
        var zipped = zips(request);
        var key = new SharedPages.Key(node.cluster(), after, woken.seen(), zipped);
        send(response, zipped, pages.get(key, () -> page(since, key)));
      }
      case NOTHING -> sendPage(request, response, new Changes(after, false, List.of(), List.of()));
      case REVOKED -> throw new EdgeProblem(EdgeProblem.Kind.NODE_REVOKED);
      case BLIND -> throw new EdgeProblem(EdgeProblem.Kind.UNAVAILABLE);
    }
  }

  private byte[] page(Since since, SharedPages.Key key) {
    var bytes = new ByteArrayOutputStream();
    try (var out = key.zipped() ? FeedJson.zipped(bytes) : bytes) {
      feedJson.write(changes(feed.changes(key.cluster(), since, BATCH)), out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static Changes changes(Batch batch) {
    return switch (batch) {
      case Changes changes -> changes;
      case Batch.TooOld() -> throw new EdgeProblem(EdgeProblem.Kind.POSITION_TOO_OLD);
      case Batch.OtherEpoch(var epoch) -> throw EdgeProblem.epochChanged(epoch);
    };
  }

  private void outline(Request request, Response response) throws IOException {
    var node = identities.of(request);
    var zipped = zips(request);
    var text = feedJson.new OutlineText(zipped);
    feed.outline(node.cluster(), text);
    send(response, zipped, text.bytes());
  }

  private void entries(Request request, Response response) throws IOException {
    var node = identities.of(request);
    var wanted = body(request).path("hostnames");
    var hostnames = new ArrayList<String>();
    wanted.forEach(each -> hostnames.add(each.asText()));
    if (!wanted.isArray() || hostnames.size() > MOST_HOSTNAMES) {
      throw new EdgeProblem(
          EdgeProblem.Kind.REQUEST_INVALID,
          "hostnames is a list of %d at most.".formatted(MOST_HOSTNAMES));
    }
    sendPage(request, response, feed.entries(node.cluster(), hostnames));
  }

  private static boolean zips(Request request) {
    return request.getHeaders().getValuesList(HttpHeader.ACCEPT_ENCODING).stream()
        .anyMatch(coding -> coding.startsWith("gzip"));
  }

  private void sendPage(Request request, Response response, Changes changes) throws IOException {
    var zipped = zips(request);
    describe(response, zipped);
    var sink = Content.Sink.asOutputStream(response);
    try (var out = zipped ? FeedJson.zipped(sink) : sink) {
      feedJson.write(changes, out);
    }
  }

  private static void send(Response response, boolean zipped, byte[] bytes) throws IOException {
    describe(response, zipped);
    write(response, bytes);
  }

  private static void describe(Response response, boolean zipped) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    if (zipped) {
      response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
    }
  }

  private void ack(Request request, Response response) throws IOException {
    KnownNode node = identities.of(request);
    var told = feed.acked(node, Reports.read(body(request)));
    var reply = json.createObjectNode();
    if (told.digestMatches().isPresent()) {
      reply.put("digest_matches", told.digestMatches().get());
      if (!told.digestMatches().get()) {
        LOG.atWarn().addKeyValue("node", node.id()).log("A node's digest differs");
      }
    } else {
      reply.putNull("digest_matches");
    }
    reply.put("confirm_removals", told.confirmRemovals()).set("policy", policy(told.policy()));
    send(response, 200, reply);
  }

  private JsonNode policy(Follow follow) {
    var policy = json.createObjectNode().put("revision", follow.revision());
    var limits = follow.policy();
    limits
        .maxConnectionsPerSource()
        .ifPresent(limit -> policy.put("max_connections_per_source", limit));
    limits.maxUnknownPerSecond().ifPresent(limit -> policy.put("max_unknown_per_second", limit));
    return policy;
  }

  private void upgrade(Request request, Response response) throws IOException {
    var node = identities.of(request);
    var told = feed.upgrade(node, JoinRequests.text(body(request), "build", 64));
    var answer =
        switch (told) {
          case Permission.Go _, Permission.Begin _ -> "go";
          case Permission.Wait _ -> "wait";
          case Permission.Stop _ -> "stop";
        };
    send(response, 200, json.createObjectNode().put("answer", answer).put("why", told.why()));
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

  private void refuse(Request request, Response response, Callback callback, EdgeProblem problem) {
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
    if (!request.consumeAvailable()) {
      // The rest of what was sent is not waited for; whoever is not told sends more and loses it.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
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
