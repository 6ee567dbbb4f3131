package io.nameplate.ui.server;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// What holds for every request before anything else sees it: the health check, no requests that
/// another site's page started, and headers that keep browsers strict. The policy for scripts is
/// added by [DashboardServlet], which knows the page's nonce.
final class FrontDoor extends Handler.Wrapper {

  FrontDoor(Handler inside) {
    super(inside);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var headers = response.getHeaders();
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "same-origin");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    headers.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (request.isSecure()) {
      headers.put("Strict-Transport-Security", "max-age=31536000");
    }
    if (Request.getPathInContext(request).equals("/healthz")) {
      return answer(response, callback, HttpStatus.OK_200, "ok\n");
    }
    if (isFromAnotherSite(request.getHeaders())) {
      return answer(
          response, callback, HttpStatus.FORBIDDEN_403, "This page answers only its own site.\n");
    }
    return super.handle(request, response, callback);
  }

  /// Whether a page of another site sent it. Browsers name the site on every web socket and on
  /// every request that can change something.
  static boolean isFromAnotherSite(HttpFields headers) {
    var origin = headers.get(HttpHeader.ORIGIN);
    if (origin == null) {
      return false;
    }
    var host = headers.get(HttpHeader.HOST);
    try {
      var authority = URI.create(origin).getRawAuthority();
      return authority == null
          || host == null
          || !withoutDefaultPort(authority).equals(withoutDefaultPort(host));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static String withoutDefaultPort(String authority) {
    return authority.toLowerCase(Locale.ROOT).replaceFirst(":(80|443)$", "");
  }

  private static boolean answer(Response response, Callback callback, int status, String text) {
    response.setStatus(status);
    response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8"));
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }
}
