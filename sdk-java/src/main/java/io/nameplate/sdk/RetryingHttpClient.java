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
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// An HTTP client that bounds each try from its first byte to its last, and tries again when that
/// is safe. It sends the very same request, so that the idempotency key in it is the same for every
/// try.
final class RetryingHttpClient extends HttpClient {

  /// Enough for a server that is not far and not busy.
  private static final Duration LAST_TRY = Duration.ofMillis(250);

  private final HttpClient inner;
  private final Duration timeout;
  private final Retries retries;
  private final Consumer<Exchange> listener;
  private final Timekeeper time;

  /// When the calling thread has to be done, on [Timekeeper#nanoTime]'s scale; unset: never.
  private final ThreadLocal<Long> deadline = new ThreadLocal<>();

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

  /// Makes a call that has ended when `left` has passed: its tries are cut short, and none begins
  /// after that.
  <T> T within(Duration left, Supplier<T> call) {
    deadline.set(time.nanoTime() + left.toNanos());
    try {
      return call.get();
    } finally {
      deadline.remove();
    }
  }

  /// How long a try may take now.
  private Duration patience() {
    var until = deadline.get();
    if (until == null) {
      return timeout;
    }
    // A look that begins at the very end still gets the time that a near server needs.
    var left = Duration.ofNanos(Math.max(until - time.nanoTime(), LAST_TRY.toNanos()));
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  private boolean over(Duration pause) {
    var until = deadline.get();
    return until != null && time.nanoTime() + pause.toNanos() >= until;
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
        if (pause.isEmpty() || over(pause.get())) {
          return BufferedResponse.of(answer, handler, statusOf(request, answer, mayBeDone));
        }
        // A proxy that got no answer cannot know whether there was one, nor can a server that lost
        // its
        // database in the middle.
        mayBeDone |= answer.statusCode() >= 502 && answer.statusCode() <= 504;
      } catch (IOException e) {
        mayBeDone |= !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
        pause =
            retries.pauseAfter(attempt, Optional.empty(), ThreadLocalRandom.current().nextDouble());
        if (pause.isEmpty() || over(pause.get())) {
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
    var patience = patience();
    var future = inner.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      var answer = future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      tell(request, attempt, began, Optional.of(answer));
      return answer;
    } catch (ExecutionException e) {
      tell(request, attempt, began, Optional.empty());
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      tell(request, attempt, began, Optional.empty());
      throw new HttpTimeoutException("no complete answer within " + patience);
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
