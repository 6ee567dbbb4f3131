package io.nameplate.domains;

import java.time.Instant;
import java.util.Optional;

/// Why there is no new certificate now.
///
/// @param message in the CA's words, or ours where it was not asked
/// @param problemType the CA's (RFC 8555 §6.7), a URI; empty when it did not speak
/// @param retryAt when it is tried again
public record NotNow(Reason reason, String message, String problemType, Instant retryAt) {

  /// Who must act.
  Actor who() {
    return switch (reason) {
      case CA_VALIDATION_FAILED, CA_CAA_FORBIDS, CA_SAW_DNS_FAILURE -> Actor.CUSTOMER;
      case CA_REFUSED_IDENTIFIER, TRIES_USED_UP, CA_REFUSED_ORDER, ORDERS_PAUSED -> Actor.OPERATOR;
      default -> Actor.NOBODY;
    };
  }

  /// What to do about it; empty: to wait.
  Optional<Fix> fix(Hostname name) {
    return switch (reason) {
      case CA_CAA_FORBIDS ->
          Optional.of(
              new Fix(
                  Fix.Action.CHANGE_RECORD,
                  "Let the CAA records of %s, or of the nearest name above that has some, allow the certificate authority, or remove them."
                      .formatted(name),
                  "CAA",
                  name.ascii(),
                  null));
      case CA_SAW_DNS_FAILURE ->
          Optional.of(
              contact(
                  "Ask the DNS provider of %s why its servers do not answer everybody: the certificate authority asks them from several places of the world."
                      .formatted(name)));
      case CA_VALIDATION_FAILED -> Optional.of(contact(ofValidation(name)));
      case CA_REFUSED_IDENTIFIER ->
          Optional.of(
              contact(
                  "Ask the certificate authority whether its policy allows %s.".formatted(name)));
      case ORDERS_PAUSED ->
          Optional.of(
              contact(
                  "Ask the operator to start the nodes that are named, to drain them (nodes drain NODE), or to end the pause (clusters resume-orders CLUSTER)."));
      default -> Optional.empty();
    };
  }

  /// Nothing went wrong, and it goes on when somebody else is ready.
  boolean onlyWaits() {
    return reason == Reason.ORDERS_PAUSED;
  }

  private String ofValidation(Hostname name) {
    if (problemType.endsWith(":connection")) {
      return "Let everybody reach http://%s/ on port 80: no firewall and no country filter before it, and no address in DNS that does not answer."
          .formatted(name);
    }
    if (problemType.endsWith(":tls")) {
      return "Let http://%s/.well-known/acme-challenge/ not redirect to an HTTPS server that is broken."
          .formatted(name);
    }
    return "Let all addresses of %s lead here, and no proxy answer or redirect http://%s/.well-known/acme-challenge/ itself."
        .formatted(name, name);
  }

  private static Fix contact(String text) {
    return new Fix(Fix.Action.CONTACT, text, null, null, null);
  }
}
