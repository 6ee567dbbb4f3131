package io.nameplate.api.requests;

import io.micronaut.http.HttpRequest;
import io.nameplate.ids.RandomText;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/// What tells a request from others in answers, problems and logs: the caller's `X-Request-Id` when
/// it is one, else a new one.
public final class RequestId {
  static final String HEADER = "X-Request-Id";
  private static final String ATTRIBUTE = "nameplate.request-id";
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private RequestId() {}

  /// The id of a request; the same each time.
  public static String of(HttpRequest<?> request) {
    var known = request.getAttribute(ATTRIBUTE, String.class);
    if (known.isPresent()) {
      return known.get();
    }
    var given = request.getHeaders().get(HEADER);
    var id =
        given != null && FORM.matcher(given).matches() ? given : RandomText.LABEL.of(20, RANDOM);
    request.setAttribute(ATTRIBUTE, id);
    return id;
  }
}
