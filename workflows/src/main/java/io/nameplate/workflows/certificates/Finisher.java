package io.nameplate.workflows.certificates;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.CertificateKeys;
import io.nameplate.certificates.Issuance;
import io.nameplate.certificates.IssuanceFailure;
import io.nameplate.certificates.IssuanceState;
import io.nameplate.certificates.IssuanceStore;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.IssuedCertificate.Verdict;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import io.nameplate.certificates.Renewal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings an order to its certificate. Always looks at the order before it does anything to it, so
/// it may be begun anew at any point.
final class Finisher {
  private static final Logger LOG = LoggerFactory.getLogger(Finisher.class);

  // CAs answer within seconds; what takes longer rests in the table.
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration FIRST_POLL = Duration.ofMillis(25);
  private static final Duration SLOWEST_POLL = Duration.ofSeconds(2);
  private static final Duration BETWEEN_DOWNLOADS = Duration.ofSeconds(1);
  private static final int DOWNLOADS = 3;

  private final CertificateAuthority ca;
  private final IssuanceStore store;
  private final CertificateKeys keys;
  private final InstantSource clock;
  private final Pulse pulse;

  Finisher(
      CertificateAuthority ca,
      IssuanceStore store,
      CertificateKeys keys,
      InstantSource clock,
      Pulse pulse) {
    this.ca = ca;
    this.store = store;
    this.keys = keys;
    this.clock = clock;
    this.pulse = pulse;
  }

  Completed finish(Issuance issuance) {
    var until = clock.instant().plus(LONGEST);
    var poll = FIRST_POLL;
    var url = issuance.orderUrl().orElseThrow();
    var reply = ca.order(url);
    while (true) {
      var comeBack = retryAfter(reply);
      switch (reply) {
        case OrderReply.Unknown() -> {
          return lost(issuance);
        }
        case OrderReply.Refused(var problem) -> {
          return fail(issuance, IssuanceFailure.refused(problem));
        }
        case OrderReply.Shown(var order) -> {
          switch (order.status()) {
            case PENDING -> {
              switch (prove(issuance, order)) {
                case Proving.Ended(var why) -> {
                  return fail(issuance, why);
                }
                case Proving.GoesOn(var retryAfter) -> comeBack = later(comeBack, retryAfter);
              }
            }
            case READY -> {
              store.advance(issuance, IssuanceState.FINALIZING);
              poll = FIRST_POLL;
              reply = ca.finalizeOrder(order, issuance.csr().der());
              if (!isProcessing(reply)) {
                continue;
              }
            }
            case PROCESSING -> {}
            case VALID -> {
              return collect(issuance, order);
            }
            case INVALID -> {
              return fail(issuance, whyInvalid(order));
            }
          }
          rest(poll, comeBack, until);
          poll = longer(poll);
          reply = ca.order(url);
        }
      }
    }
  }

  /// How the proofs of an order stand.
  private sealed interface Proving {
    /// One failed.
    record Ended(IssuanceFailure why) implements Proving {}

    /// The CA is at work, and said when to come back, or not.
    record GoesOn(Optional<Instant> retryAfter) implements Proving {}
  }

  /// Tells the CA about answers it was not told of.
  private Proving prove(Issuance issuance, Order order) {
    var comeBack = Optional.<Instant>empty();
    for (var url : order.authorizations()) {
      var authorization = ca.authorization(url);
      if (authorization.isEmpty()) {
        continue; // the CA has lost it: so it has the order, as the next look shows
      }
      switch (authorization.get().status()) {
        case VALID -> {}
        case INVALID -> {
          return new Proving.Ended(why(authorization.get()));
        }
        case PENDING -> {
          var challenge = authorization.get().challenge();
          if (challenge.isEmpty()) {
            return new Proving.Ended(noChallenge());
          }
          if (!challenge.get().told()) {
            store.advance(issuance, IssuanceState.READY);
            ca.tell(challenge.get());
          } else {
            // Said to those who wait for its verdict.
            comeBack = later(comeBack, authorization.get().retryAfter());
          }
        }
      }
    }
    return new Proving.GoesOn(comeBack);
  }

  private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
    return Stream.concat(one.stream(), other.stream()).max(Comparator.naturalOrder());
  }

  private Completed collect(Issuance issuance, Order order) {
    var url = order.certificate().orElseThrow(Finisher::noCertificate);
    for (int downloads = 1; ; downloads++) {
      var pem = ca.download(url);
      if (pem.isEmpty()) {
        return lost(issuance);
      }
      var key = keys.publicKey(issuance.csr());
      switch (IssuedCertificate.check(pem.get(), key, issuance.hostname(), clock.instant())) {
        case Verdict.Usable(var certificate) -> {
          return issued(issuance, certificate, url);
        }
        case Verdict.Unusable(var why) -> {
          // Downloading again costs nothing; ordering again costs a try.
          if (downloads == DOWNLOADS) {
            return fail(issuance, IssuanceFailure.wrongCertificate(why));
          }
          pulse.rest(BETWEEN_DOWNLOADS);
        }
      }
    }
  }

  private Completed issued(Issuance issuance, IssuedCertificate certificate, URI url) {
    var validity = certificate.validity();
    var renewFrom = Renewal.dueFrom(issuance.certificate(), validity, Optional.empty());
    store.issued(issuance, certificate, Optional.of(url), renewFrom);
    LOG.atInfo()
        .addKeyValue("domain", issuance.domain())
        .addKeyValue("certificate", issuance.certificate())
        .addKeyValue("not_after", validity.notAfter())
        .log("Certificate issued");
    return new Completed.Issued(
        issuance.certificate().toString(), validity.notBefore(), validity.notAfter(), renewFrom);
  }

  private Completed lost(Issuance issuance) {
    var now = clock.instant();
    var lost = IssuanceFailure.lost();
    var next = store.fail(issuance, lost, now).nextFrom(now);
    return next.isAfter(now)
        ? new Completed.NotNow(lost.reason(), lost.message(), "", next)
        : new Completed.StartOver();
  }

  private Completed fail(Issuance issuance, IssuanceFailure failure) {
    var now = clock.instant();
    var next = store.fail(issuance, failure, now).nextFrom(now);
    tell(issuance, failure);
    return new Completed.NotNow(failure.reason(), failure.message(), failure.problem().uri(), next);
  }

  /// For operators; the same stands in the domain's history.
  static void tell(Issuance issuance, IssuanceFailure failure) {
    LOG.atInfo()
        .addKeyValue("domain", issuance.domain())
        .addKeyValue("issuance", issuance.id())
        .addKeyValue("reason", failure.reason().code())
        .addKeyValue("problem", failure.problem())
        .log("A try at a certificate failed");
  }

  /// The authorization knows best; the order says it only for what happened at finalization.
  private IssuanceFailure whyInvalid(Order order) {
    for (var url : order.authorizations()) {
      var authorization = ca.authorization(url);
      if (authorization.isPresent()
          && authorization.get().status() == Authorization.Status.INVALID) {
        return why(authorization.get());
      }
    }
    return IssuanceFailure.of(
        order.error().orElse(new CaProblem("", "It closed the order and gave no reason.")));
  }

  static IssuanceFailure why(Authorization authorization) {
    return IssuanceFailure.of(
        authorization
            .error()
            .orElse(new CaProblem("", "It closed the authorization and gave no reason.")));
  }

  static IssuanceFailure noChallenge() {
    return IssuanceFailure.refused(
        new CaProblem("", "It offers no HTTP-01 challenge for this name."));
  }

  private static CaFault noCertificate() {
    return new CaFault(
        new CaProblem("", "The order is valid and names no certificate."), Optional.empty(), null);
  }

  private void rest(Duration poll, Optional<Instant> retryAfter, Instant until) {
    var now = clock.instant();
    var wait = retryAfter.map(at -> Duration.between(now, at)).filter(d -> d.compareTo(poll) > 0);
    if (now.plus(wait.orElse(poll)).isAfter(until)) {
      throw new CaFault(
          new CaProblem("", "The certificate authority is still working on the order."),
          retryAfter,
          null);
    }
    pulse.rest(wait.orElse(poll));
  }

  private static Optional<Instant> retryAfter(OrderReply reply) {
    return reply instanceof OrderReply.Shown(var order) ? order.retryAfter() : Optional.empty();
  }

  private static boolean isProcessing(OrderReply reply) {
    return reply instanceof OrderReply.Shown(var order)
        && order.status() == Order.Status.PROCESSING;
  }

  private static Duration longer(Duration poll) {
    var doubled = poll.multipliedBy(2);
    return doubled.compareTo(SLOWEST_POLL) < 0 ? doubled : SLOWEST_POLL;
  }
}
