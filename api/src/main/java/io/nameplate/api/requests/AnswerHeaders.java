package io.nameplate.api.requests;

import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The first and the last to see a request: gives it its id, puts that and the security headers on
/// the answer, and logs it.
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE)
final class AnswerHeaders {
  private static final Logger LOG = LoggerFactory.getLogger("io.nameplate.api.access");
  private static final String BEGAN = "nameplate.began";

  @RequestFilter
  void begin(HttpRequest<?> request) {
    request.setAttribute(BEGAN, System.nanoTime());
    RequestId.of(request);
  }

  @ResponseFilter
  void end(HttpRequest<?> request, MutableHttpResponse<?> response) {
    response
        .header(RequestId.HEADER, RequestId.of(request))
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .header("Referrer-Policy", "no-referrer");
    var began = request.getAttribute(BEGAN, Long.class);
    LOG.atInfo()
        .addKeyValue("request_id", RequestId.of(request))
        .addKeyValue("method", request.getMethodName())
        .addKeyValue("path", request.getPath())
        .addKeyValue("status", response.code())
        .addKeyValue(
            "ms",
            began.map(nanos -> Duration.ofNanos(System.nanoTime() - nanos).toMillis()).orElse(0L))
        .log("Answered");
  }
}
