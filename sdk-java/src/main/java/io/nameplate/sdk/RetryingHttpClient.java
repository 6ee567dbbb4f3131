package io.nameplate.sdk;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// An HTTP client that bounds each try from its first byte to its last, and tries again when that
/// is safe. It sends the very same request, so that the idempotency key in it is the same for every
/// try.
final class RetryingHttpClient extends HttpClient {

  private final HttpClient inner;
  private final Duration timeout;
  private final Retries retries;
  private final Consumer<Exchange> listener;
  private final Timekeeper time;

  RetryingHttpClient(
      HttpClient inner,
      Duration timeout,
      Retries retries,
      Consumer<Exchange> listener,
      Timekeeper time) {
    this.inner = inner;
    this.timeout = timeout;
    this.retries = retries;
    this.listener = listener;
    this.time = time;
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    var mayBeDone = false;
    for (var attempt = 1; ; attempt++) {
      Optional<Duration> pause;
      try {
        var answer = once(request, attempt);
        var asked = RetryAfter.in(answer.headers());
        pause =
            Retries.isLater(answer.statusCode(), asked.isPresent())
                ? retries.pauseAfter(attempt, asked, ThreadLocalRandom.current().nextDouble())
                : Optional.empty();
        if (pause.isEmpty()) {
          return BufferedResponse.of(answer, handler, statusOf(request, answer, mayBeDone));
        }
        // A proxy that got no answer cannot know whether there was one.
        mayBeDone |= answer.statusCode() == 502 || answer.statusCode() == 504;
      } catch (IOException e) {
        mayBeDone |= !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
        pause =
            retries.pauseAfter(attempt, Optional.empty(), ThreadLocalRandom.current().nextDouble());
        if (pause.isEmpty()) {
          throw e;
        }
      }
      time.sleep(pause.get());
    }
  }

  /// A removal whose answer was lost and which then finds nothing has been carried out.
  private static int statusOf(HttpRequest request, HttpResponse<byte[]> answer, boolean mayBeDone) {
    var removed = mayBeDone && request.method().equals("DELETE") && answer.statusCode() == 404;
    return removed ? 202 : answer.statusCode();
  }

  private HttpResponse<byte[]> once(HttpRequest request, int attempt)
      throws IOException, InterruptedException {
    var began = time.nanoTime();
    var future = inner.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      var answer = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      tell(request, attempt, began, Optional.of(answer));
      return answer;
    } catch (ExecutionException e) {
      tell(request, attempt, began, Optional.empty());
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      tell(request, attempt, began, Optional.empty());
      throw new HttpTimeoutException("no complete answer within " + timeout);
    } finally {
      future.cancel(true);
    }
  }

  private void tell(
      HttpRequest request, int attempt, long began, Optional<HttpResponse<byte[]>> answer) {
    listener.accept(
        new Exchange(
            request.method(),
            request.uri(),
            attempt,
            answer.map(HttpResponse::statusCode).orElse(0),
            answer.map(response -> response.headers().map()).orElse(Map.of()),
            answer.map(response -> new String(response.body(), StandardCharsets.UTF_8)).orElse(""),
            Duration.ofNanos(time.nanoTime() - began)));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    throw new UnsupportedOperationException("only blocking calls are retried");
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    throw new UnsupportedOperationException("only blocking calls are retried");
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return inner.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return inner.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return inner.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return inner.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return inner.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return inner.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return inner.authenticator();
  }

  @Override
  public Version version() {
    return inner.version();
  }

  @Override
  public Optional<Executor> executor() {
    return inner.executor();
  }
}
