package io.nameplate.adapters.acme;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateAuthority.RenewalInfo;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.RenewalWindow;
import java.net.URI;
import java.security.PublicKey;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.toolbox.AcmeUtils;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JoseUtils;

/// RFC 8555's objects as ours. What does not read as one is the CA's fault.
final class AcmeJson {
  private static final String HTTP_01 = "http-01";

  private AcmeJson() {}

  static Order order(URI url, CaReply reply) {
    return reading(
        reply,
        json ->
            new Order(
                url,
                Order.Status.valueOf(text(json, "status").toUpperCase(Locale.ROOT)),
                json.get("identifiers").asArray().stream()
                    .map(identifier -> identifier.asObject().get("value").asString())
                    .toList(),
                uris(json, "authorizations"),
                uri(json, "finalize").orElseThrow(),
                uri(json, "certificate"),
                problem(json),
                reply.retryAfter()));
  }

  static Authorization authorization(CaReply reply, PublicKey account) {
    return reading(
        reply,
        json -> {
          var challenge =
              json.get("challenges").asArray().stream()
                  .map(JSON.Value::asObject)
                  .filter(one -> HTTP_01.equals(text(one, "type")))
                  .findFirst();
          return new Authorization(
              switch (text(json, "status")) {
                case "pending" -> Authorization.Status.PENDING;
                case "valid" -> Authorization.Status.VALID;
                default -> Authorization.Status.INVALID;
              },
              challenge.map(one -> challenge(one, account)),
              json.get("challenges").asArray().stream()
                  .map(one -> problem(one.asObject()))
                  .flatMap(Optional::stream)
                  .findFirst(),
              reply.retryAfter());
        });
  }

  static RenewalInfo renewalInfo(CaReply reply) {
    return reading(
        reply,
        json -> {
          var window = json.get("suggestedWindow").asObject();
          return new RenewalInfo(
              new RenewalWindow(window.get("start").asInstant(), window.get("end").asInstant()),
              reply.retryAfter());
        });
  }

  static Optional<URI> uri(JSON json, String field) {
    return json.get(field).optional().map(value -> CaLine.toUri(value.asURL()));
  }

  static List<URI> uris(JSON json, String field) {
    return json.get(field).asArray().stream().map(value -> CaLine.toUri(value.asURL())).toList();
  }

  private static Authorization.Challenge challenge(JSON json, PublicKey account) {
    var token = text(json, "token");
    // It becomes a path and a header-free body on our nodes: nothing but base64url may pass.
    if (!AcmeUtils.isValidBase64Url(token)) {
      throw new AcmeProtocolException("token: \"%s\" (expected: base64url)".formatted(token));
    }
    return new Authorization.Challenge(
        uri(json, "url").orElseThrow(),
        token,
        token + "." + AcmeUtils.base64UrlEncode(JoseUtils.thumbprint(account)),
        !"pending".equals(text(json, "status")));
  }

  /// The object's error with the parts of a compound one (RFC 8555 §6.7.1), of which the first says
  /// what kind it is.
  private static Optional<CaProblem> problem(JSON json) {
    return json.get("error").optional().map(JSON.Value::asObject).map(AcmeJson::whole);
  }

  static CaProblem whole(JSON error) {
    var all = one(error);
    var parts = error.get("subproblems").asArray().stream().map(JSON.Value::asObject).toList();
    if (parts.isEmpty()) {
      return all;
    }
    var told =
        parts.stream()
            .map(part ->
                part.get("identifier")
                        .optional()
                        .map(name -> name.asObject().get("value").asString() + ": ")
                        .orElse("")
                    + one(part))
            .collect(Collectors.joining("; ", " (", ")"));
    var type =
        all.is("compound") || all.type().isEmpty() ? one(parts.getFirst()).type() : all.type();
    return new CaProblem(type, all.detail() + told);
  }

  private static CaProblem one(JSON error) {
    return new CaProblem(
        error.get("type").optional().map(JSON.Value::asString).orElse(""),
        error.get("detail").optional().map(JSON.Value::asString).orElse("no detail was given"));
  }

  private static String text(JSON json, String field) {
    return json.get(field).asString();
  }

  private static <T> T reading(CaReply reply, Reader<T> reader) {
    try {
      return reader.read(reply.json());
    } catch (AcmeProtocolException | IllegalArgumentException | NoSuchElementException e) {
      throw new CaFault(
          new CaProblem("", "The certificate authority's reply cannot be read: " + e.getMessage()),
          reply.retryAfter(),
          e);
    }
  }

  private interface Reader<T> {
    T read(JSON json);
  }
}
