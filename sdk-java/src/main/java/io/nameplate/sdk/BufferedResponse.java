package io.nameplate.sdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;

/// An answer that has been read to its end, handed on as if it came from the network.
record BufferedResponse<T>(
    int statusCode,
    HttpRequest request,
    HttpHeaders headers,
    T body,
    Optional<SSLSession> sslSession,
    URI uri,
    HttpClient.Version version)
    implements HttpResponse<T> {

  static <T> HttpResponse<T> of(
      HttpResponse<byte[]> answer, HttpResponse.BodyHandler<T> handler, int status) {
    var subscriber = handler.apply(new Info(status, answer.headers(), answer.version()));
    subscriber.onSubscribe(new NothingMore());
    subscriber.onNext(List.of(ByteBuffer.wrap(asciiJson(answer.body()))));
    subscriber.onComplete();
    return new BufferedResponse<>(
        status,
        answer.request(),
        answer.headers(),
        subscriber.getBody().toCompletableFuture().join(),
        answer.sslSession(),
        answer.uri(),
        answer.version());
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  /// The generated code reads bodies in the platform's charset, which before Java 18 need not be
  /// UTF-8. JSON has non-ASCII characters only inside strings, where an escape means the same.
  private static byte[] asciiJson(byte[] utf8) {
    var text = new String(utf8, StandardCharsets.UTF_8);
    var ascii = new StringBuilder(text.length());
    text.chars()
        .forEach(unit -> {
          if (unit < 128) {
            ascii.append((char) unit);
          } else {
            ascii.append("\\u%04x".formatted(unit));
          }
        });
    return ascii.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private record Info(int statusCode, HttpHeaders headers, HttpClient.Version version)
      implements HttpResponse.ResponseInfo {}

  private static final class NothingMore implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }
}
