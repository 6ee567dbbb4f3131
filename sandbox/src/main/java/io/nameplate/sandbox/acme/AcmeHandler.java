package io.nameplate.sandbox.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nameplate.sandbox.acme.AcmeFaults.Plan;
import io.nameplate.sandbox.acme.AcmeSubjects.Subject;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes requests on to the CA, spoils those that are to be spoiled, and writes all of them down.
/// Blocks: for threads that may.
final class AcmeHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeHandler.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROBLEM = "urn:ietf:params:acme:error:";

  private final Pebble pebble;
  private final AcmeFaults faults;
  private final AcmeLog log;
  private final AcmeSubjects subjects;
  private final SmallAuthority authority;

  AcmeHandler(
      Pebble pebble,
      AcmeFaults faults,
      AcmeLog log,
      AcmeSubjects subjects,
      SmallAuthority authority) {
    this.pebble = pebble;
    this.faults = faults;
    this.log = log;
    this.subjects = subjects;
    this.authority = authority;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var at = Instant.now();
    var body = bytes(Content.Source.asByteBuffer(request));
    var path = request.getHttpURI().getPath();
    var call = AcmeCall.of(request.getMethod(), path, body);
    var subject = subjects.of(call);
    var taken = faults.take(call.operation(), subject.hostnames());
    var fault = taken.map(AcmeFaults.Standing::plan);
    if (fault.isPresent() && isInPlaceOfTheCa(fault.get(), call)) {
      log.add(entry(at, call, subject, 0, fault.get().fault().status(), fault));
      refuse(fault.get(), request, response, callback);
      return true;
    }
    ContentResponse answer;
    try {
      answer = pebble.ask(request.getMethod(), uri(request), request.getHeaders(), body);
    } catch (IOException e) {
      LOG.warn("Pebble does not answer path={} error={}", path, e.toString());
      taken.ifPresent(faults::giveBack);
      log.add(entry(at, call, subject, 0, 502, Optional.empty()));
      Response.writeError(request, response, callback, 502, "Pebble does not answer");
      return true;
    }
    if (answer.getStatus() / 100 != 2) {
      // Nothing was carried out, a nonce was refused perhaps: the fault waits for the next try.
      taken.ifPresent(faults::giveBack);
      log.add(entry(at, call, subject, answer.getStatus(), answer.getStatus(), Optional.empty()));
      pass(answer, answer.getContent(), response, callback);
      return true;
    }
    var about =
        subjects.learn(
            call,
            Optional.ofNullable(answer.getHeaders().get(HttpHeader.LOCATION)).orElse(""),
            answer.getContent());
    boolean isLost = fault.filter(plan -> plan.fault() == AcmeFault.REPLY_LOST).isPresent();
    log.add(entry(at, call, about, answer.getStatus(), isLost ? 0 : answer.getStatus(), fault));
    if (fault.isPresent()) {
      Thread.sleep(fault.get().delay());
    }
    if (isLost) {
      close(request, callback);
      return true;
    }
    pass(answer, content(call, fault, answer.getContent()), response, callback);
    return true;
  }

  private static void pass(
      ContentResponse answer, byte[] content, Response response, Callback callback) {
    response.setStatus(answer.getStatus());
    answer.getHeaders().stream()
        .filter(field -> !Pebble.isHopByHop(field))
        .forEach(response.getHeaders()::add);
    response.write(true, ByteBuffer.wrap(content), callback);
  }

  /// Whether the CA is not asked at all.
  private static boolean isInPlaceOfTheCa(Plan plan, AcmeCall call) {
    return switch (plan.fault()) {
      case RATE_LIMITED, UNAVAILABLE, SERVER_INTERNAL, REQUEST_LOST -> true;
      case CAA, DNS, UNAUTHORIZED -> !showsValidation(call.operation());
      case SLOW, REPLY_LOST, WRONG_CERTIFICATE -> false;
    };
  }

  /// These resources carry a validation's problem inside.
  private static boolean showsValidation(AcmeOperation operation) {
    return operation == AcmeOperation.AUTHORIZATION
        || operation == AcmeOperation.CHALLENGE
        || operation == AcmeOperation.ORDER;
  }

  private static void refuse(Plan plan, Request request, Response response, Callback callback)
      throws JsonProcessingException {
    if (plan.fault() == AcmeFault.REQUEST_LOST) {
      close(request, callback);
      return;
    }
    response.setStatus(plan.fault().status());
    if (plan.retryAfter().isPositive()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, plan.retryAfter().toSeconds());
    }
    if (plan.fault().problem().isEmpty()) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
      Content.Sink.write(response, true, "<h1>Service Unavailable</h1>\n", callback);
      return;
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    var json = JSON.writeValueAsString(problem(plan.fault()));
    Content.Sink.write(response, true, json, callback);
  }

  private static ObjectNode problem(AcmeFault fault) {
    return JSON.createObjectNode()
        .put("type", PROBLEM + fault.problem())
        .put("detail", "The sandbox plays this fault: " + fault.word())
        .put("status", fault.status());
  }

  private byte[] content(AcmeCall call, Optional<Plan> fault, byte[] content)
      throws JsonProcessingException {
    if (call.operation() == AcmeOperation.DIRECTORY) {
      return named(content);
    }
    return fault.isPresent() ? spoiled(fault.get(), call, content) : content;
  }

  /// Pebble's directory with the identity that CAA records here allow.
  private static byte[] named(byte[] directory) throws JsonProcessingException {
    if (AcmeCall.json(directory) instanceof ObjectNode object
        && object.path("meta") instanceof ObjectNode meta) {
      meta.putArray("caaIdentities").add("pebble.sandbox");
      return JSON.writeValueAsBytes(object);
    }
    return directory;
  }

  private byte[] spoiled(Plan plan, AcmeCall call, byte[] content) throws JsonProcessingException {
    return switch (plan.fault()) {
      case WRONG_CERTIFICATE -> wrongCertificate(plan.certificate(), content);
      case CAA, DNS, UNAUTHORIZED -> failedValidation(plan.fault(), call.operation(), content);
      case RATE_LIMITED, UNAVAILABLE, SERVER_INTERNAL, SLOW, REPLY_LOST, REQUEST_LOST -> content;
    };
  }

  private byte[] wrongCertificate(WrongCertificate wrong, byte[] chain) {
    return AcmeSubjects.leaf(chain)
        .map(leaf -> wrong.chain(authority, leaf, AcmeSubjects.names(leaf), Instant.now()))
        .map(pem -> pem.getBytes(StandardCharsets.US_ASCII))
        .orElse(chain);
  }

  private static byte[] failedValidation(AcmeFault fault, AcmeOperation operation, byte[] content)
      throws JsonProcessingException {
    if (!(AcmeCall.json(content) instanceof ObjectNode object)) {
      return content;
    }
    object.put("status", "invalid");
    if (operation == AcmeOperation.AUTHORIZATION) {
      for (JsonNode each : object.path("challenges")) {
        if (each instanceof ObjectNode challenge && each.path("type").asText().equals("http-01")) {
          challenge.put("status", "invalid").set("error", problem(fault));
        }
      }
    } else {
      object.set("error", problem(fault));
    }
    return JSON.writeValueAsBytes(object);
  }

  private static void close(Request request, Callback callback) {
    request.getConnectionMetaData().getConnection().getEndPoint().close();
    callback.failed(new EofException("the connection is closed in place of an answer"));
  }

  /// How long an answer of the CA is still kept back.
  private static Duration wait(Optional<Plan> fault, int status) {
    return status == 0 ? Duration.ZERO : fault.map(Plan::delay).orElse(Duration.ZERO);
  }

  private static URI uri(Request request) {
    return request.getHttpURI().toURI();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static AcmeLog.Entry entry(
      Instant at, AcmeCall call, Subject subject, int status, int told, Optional<Plan> fault) {
    return new AcmeLog.Entry(
        0,
        at,
        call.operation(),
        call.method(),
        call.path(),
        call.account(),
        subject.order(),
        subject.hostnames(),
        call.replaces(),
        status,
        told,
        fault.map(Plan::fault),
        Duration.between(at, Instant.now()).plus(wait(fault, status)).toMillis());
  }
}
