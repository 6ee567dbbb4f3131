package io.nameplate.adapters.acme;

import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpClient;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.toolbox.AcmeUtils;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;

/// One session with a CA: serial, for one thread at a time. Every failure is either a [CaRefusal]
/// or a [CaFault].
final class CaLine {
  // acme4j repeats ten times by itself; a CA that rejects nine nonces of ten still fails a third of
  // those rounds.
  private static final int NONCE_ROUNDS = 20;
  private static final int RATE_LIMITED = 429;
  private static final int SERVER_ERRORS = 500;

  private final WatchedProvider provider;
  private final Session session;

  CaLine(AcmeSettings settings, HttpClient client, InstantSource clock) {
    provider = new WatchedProvider(client, clock);
    session = new Session(settings.directory(), provider);
    session.networkSettings().setTimeout(settings.timeout());
    // Problem texts go into the history: in one language.
    session.setLocale(Locale.ENGLISH);
  }

  /// Registers the key, or finds the account it is registered with: both are `newAccount`.
  URI register(KeyPair key, Optional<URI> contact) throws CaRefusal {
    return repeatingNonces(() -> {
      var builder = new AccountBuilder().agreeToTermsOfService().useKeyPair(key);
      contact.ifPresent(builder::addContact);
      return toUri(builder.createLogin(session).getAccount().getLocation());
    });
  }

  /// A signed POST; without `claims` a POST-as-GET.
  CaReply post(AcmeAccount account, URI url, Optional<JSONBuilder> claims) throws CaRefusal {
    return repeatingNonces(() -> {
      try (var connection = session.connect()) {
        if (claims.isPresent()) {
          connection.sendSignedRequest(toUrl(url), claims.get(), login(account));
        } else {
          connection.sendSignedPostAsGetRequest(toUrl(url), login(account));
        }
        return reply(connection);
      }
    });
  }

  /// The certificates behind an URL as PEM, in the CA's order.
  String certificates(AcmeAccount account, URI url) throws CaRefusal {
    return repeatingNonces(() -> {
      try (var connection = session.connect()) {
        connection.sendCertificateRequest(toUrl(url), login(account));
        var pem = new StringWriter();
        for (var certificate : connection.readCertificates()) {
          AcmeUtils.writeToPem(certificate.getEncoded(), AcmeUtils.PemLabel.CERTIFICATE, pem);
        }
        return pem.toString();
      } catch (IOException | CertificateEncodingException e) {
        throw new AcmeProtocolException("the chain cannot be read", e);
      }
    });
  }

  /// An unsigned GET.
  CaReply get(URI url) throws CaRefusal {
    return repeatingNonces(() -> {
      try (var connection = session.connect()) {
        connection.sendRequest(toUrl(url), session, null);
        return reply(connection);
      }
    });
  }

  /// Where the CA has one of its services; empty when it has none.
  Optional<URI> resource(Resource resource) throws CaRefusal {
    return repeatingNonces(() -> session.resourceUrlOptional(resource).map(CaLine::toUri));
  }

  /// Whether the CA offers a profile of this name.
  boolean offersProfile(String profile) throws CaRefusal {
    return repeatingNonces(() ->
        session.getMetadata().isProfileAllowed()
            && session.getMetadata().isProfileAllowed(profile));
  }

  private Login login(AcmeAccount account) {
    return session.login(toUrl(account.url()), account.key());
  }

  private CaReply reply(Connection connection) throws AcmeException {
    JSON json = connection.readJsonResponse();
    Optional<URI> location = Optional.empty();
    try {
      location = Optional.of(toUri(connection.getLocation()));
    } catch (AcmeProtocolException e) {
      // There is no such header; acme4j has no way to ask.
    }
    var next = connection.getLinks("next").stream().findFirst().map(CaLine::toUri);
    return new CaReply(json, location, next, provider.retryAfter());
  }

  private <T> T repeatingNonces(Exchange<T> exchange) throws CaRefusal {
    for (int round = 1; ; round++) {
      try {
        return exchange.run();
      } catch (AcmeServerException e) {
        var problem = problem(e);
        if (problem.is("badNonce") && round < NONCE_ROUNDS) {
          continue;
        }
        throw refusalOrFault(problem, e);
      } catch (AcmeLazyLoadingException | AcmeProtocolException e) {
        throw fault("The certificate authority's reply cannot be read: " + e.getMessage(), e);
      } catch (AcmeNetworkException e) {
        var cause = e.getCause() == null ? e : e.getCause();
        throw fault("The certificate authority cannot be reached: " + cause, e);
      } catch (AcmeException e) {
        throw withoutProblem(e);
      }
    }
  }

  private CaRefusal refusalOrFault(CaProblem problem, AcmeServerException e) {
    var status = provider.status();
    if (problem.is("rateLimited") || problem.is("serverInternal") || problem.is("badNonce")) {
      throw new CaFault(problem, provider.retryAfter(), e);
    }
    if (status == RATE_LIMITED || status >= SERVER_ERRORS) {
      throw new CaFault(problem, provider.retryAfter(), e);
    }
    return new CaRefusal(problem, status, e);
  }

  private CaRefusal withoutProblem(AcmeException e) {
    var status = provider.status();
    if (status == 0 || status == RATE_LIMITED || status >= SERVER_ERRORS || status < 400) {
      var type = status == RATE_LIMITED ? "rateLimited" : "";
      throw new CaFault(new CaProblem(type, words(e)), provider.retryAfter(), e);
    }
    return new CaRefusal(new CaProblem("", words(e)), status, e);
  }

  private CaFault fault(String detail, Exception cause) {
    return new CaFault(new CaProblem("", detail), provider.retryAfter(), cause);
  }

  private static CaProblem problem(AcmeServerException e) {
    var told = e.getProblem();
    return told.getSubProblems().isEmpty()
        ? new CaProblem(e.getType().toString(), told.getDetail().orElseGet(() -> words(e)))
        : AcmeJson.whole(told.asJSON());
  }

  private static String words(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  static URL toUrl(URI uri) {
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("url: \"%s\" (expected: https://…)".formatted(uri), e);
    }
  }

  static URI toUri(URL url) {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new AcmeProtocolException("not a URI: " + url, e);
    }
  }

  private interface Exchange<T> {
    T run() throws AcmeException;
  }
}
