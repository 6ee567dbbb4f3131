package io.nameplate.ui.server;

import com.vaadin.flow.server.communication.IndexHtmlRequestListener;
import com.vaadin.flow.server.communication.IndexHtmlResponse;
import java.security.SecureRandom;
import java.util.Base64;

/// The page's content security policy. Scripts run only from this server or with the page's nonce.
/// `unsafe-eval` is what Vaadin's client needs to run the server's calls, and inline styles are how
/// its components position themselves.
final class ScriptPolicy implements IndexHtmlRequestListener {

  private static final SecureRandom RANDOM = new SecureRandom();

  @Override
  public void modifyIndexHtmlResponse(IndexHtmlResponse page) {
    var bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    var nonce = Base64.getEncoder().encodeToString(bytes);
    page.getDocument().select("script").forEach(script -> script.attr("nonce", nonce));
    page.getVaadinResponse()
        .setHeader(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self' 'nonce-%s' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
                .formatted(nonce));
  }
}
