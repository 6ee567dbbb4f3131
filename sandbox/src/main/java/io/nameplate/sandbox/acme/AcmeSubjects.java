package io.nameplate.sandbox.acme;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/// Which order and names a URL of the CA is about, learned from the answers that came by. Safe for
/// concurrent use.
final class AcmeSubjects {
  private static final int MAX_KNOWN = 300_000;
  private static final int DNS_NAME = 2;
  static final Subject UNKNOWN = new Subject("", Set.of());

  /// @param order path of the order's URL
  record Subject(String order, Set<String> hostnames) {
    Subject {
      hostnames = Set.copyOf(hostnames);
    }
  }

  private final Map<String, Subject> byPath = new ForgettingMap<>();
  private final Map<String, X509Certificate> byHostname = new ForgettingMap<>();

  private static final class ForgettingMap<V> extends LinkedHashMap<String, V> {
    @java.io.Serial private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > MAX_KNOWN;
    }
  }

  synchronized Subject of(AcmeCall call) {
    if (call.operation() == AcmeOperation.NEW_ORDER) {
      return new Subject("", Set.copyOf(call.identifiers()));
    }
    return byPath.getOrDefault(call.path(), UNKNOWN);
  }

  /// The last certificate that was given out for the name.
  synchronized Optional<X509Certificate> lastCertificate(String hostname) {
    return Optional.ofNullable(byHostname.get(hostname));
  }

  /// Learns from what the CA answered; what it is about is more than before for a new order.
  synchronized Subject learn(AcmeCall call, String location, byte[] answer) {
    var subject = of(call);
    switch (call.operation()) {
      case NEW_ORDER -> {
        var made = new Subject(AcmeCall.pathOf(location), subject.hostnames());
        byPath.put(made.order(), made);
        learnOrder(AcmeCall.json(answer), made);
        return made;
      }
      case ORDER, FINALIZE -> learnOrder(AcmeCall.json(answer), subject);
      case AUTHORIZATION ->
          AcmeCall.json(answer).path("challenges").forEach(each -> learn(each, "url", subject));
      case CERTIFICATE -> learnCertificate(answer, subject);
      case DIRECTORY,
          NEW_NONCE,
          NEW_ACCOUNT,
          ACCOUNT,
          CHALLENGE,
          RENEWAL_INFO,
          REVOKE,
          KEY_CHANGE,
          OTHER -> {}
    }
    return subject;
  }

  private void learnOrder(JsonNode order, Subject subject) {
    order.path("authorizations").forEach(url -> byPath.put(AcmeCall.pathOf(url.asText()), subject));
    learn(order, "finalize", subject);
    learn(order, "certificate", subject);
  }

  private void learn(JsonNode object, String member, Subject subject) {
    var path = AcmeCall.pathOf(object.path(member).asText());
    if (!path.isEmpty()) {
      byPath.put(path, subject);
    }
  }

  private void learnCertificate(byte[] chain, Subject subject) {
    leaf(chain)
        .ifPresent(leaf -> {
          names(leaf).forEach(name -> byHostname.put(name, leaf));
          renewalInfoPath(leaf).ifPresent(path -> byPath.put(path, subject));
        });
  }

  /// The first certificate of a PEM chain, empty when there is none.
  static Optional<X509Certificate> leaf(byte[] chain) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(chain))
          .stream()
          .map(X509Certificate.class::cast)
          .findFirst();
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  static List<String> names(X509Certificate leaf) {
    try {
      var names = leaf.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(each -> each.get(0).equals(DNS_NAME))
              .map(each -> String.valueOf(each.get(1)))
              .collect(Collectors.toList());
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /// RFC 9773 §4.1: the authority's key identifier and the serial number.
  static Optional<String> renewalInfoPath(X509Certificate leaf) {
    var extension = leaf.getExtensionValue(Extension.authorityKeyIdentifier.getId());
    if (extension == null) {
      return Optional.empty();
    }
    var authority =
        AuthorityKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets());
    var identifier = authority.getKeyIdentifierOctets();
    if (identifier == null) {
      return Optional.empty();
    }
    var base64 = Base64.getUrlEncoder().withoutPadding();
    return Optional.of(
        AcmeOperation.RENEWAL_INFO.path()
            + base64.encodeToString(identifier)
            + "."
            + base64.encodeToString(leaf.getSerialNumber().toByteArray()));
  }
}
