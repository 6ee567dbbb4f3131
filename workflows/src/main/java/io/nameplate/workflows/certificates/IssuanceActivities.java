package io.nameplate.workflows.certificates;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaLimit;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.CertificateKeys;
import io.nameplate.certificates.CertificateStore;
import io.nameplate.certificates.Issuance;
import io.nameplate.certificates.IssuanceFailure;
import io.nameplate.certificates.IssuanceId;
import io.nameplate.certificates.IssuanceStore;
import io.nameplate.certificates.IssuanceStore.NewIssuance;
import io.nameplate.certificates.IssuanceStore.Standing;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Reason;
import io.nameplate.ids.UuidV7;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The steps, on the ports of core.
public final class IssuanceActivities implements IssuanceSteps {
  // As long as an order lives at Let's Encrypt; it is taken back when the try ends, which is
  // sooner.
  private static final Duration ANSWER_LIFE = Duration.ofDays(7);

  // A node that starts is compared within seconds.
  private static final Duration PAUSED_AGAIN = Duration.ofMinutes(1);

  private final CertificateAuthority ca;
  private final IssuanceStore store;
  private final CertificateStore certificates;
  private final CertificateKeys keys;
  private final IssuanceSettings settings;
  private final InstantSource clock;
  private final Pulse pulse;
  private final OrderDesk desk;
  private final Finisher finisher;
  private final Patience patience;
  private final RandomGenerator random = new SecureRandom();

  public IssuanceActivities(
      CertificateAuthority ca,
      IssuanceStore store,
      CertificateStore certificates,
      CertificateKeys keys,
      IssuanceSettings settings,
      InstantSource clock,
      Pulse pulse) {
    this.ca = new BeatingAuthority(ca, pulse);
    this.store = store;
    this.certificates = certificates;
    this.keys = keys;
    this.settings = settings;
    this.clock = clock;
    this.pulse = pulse;
    this.desk = new OrderDesk(this.ca, store, certificates, clock);
    this.patience = new Patience(pulse, clock);
    this.finisher = new Finisher(this.ca, store, keys, clock, pulse);
  }

  @Override
  public Begun begin(Begin request) {
    var domain = DomainId.parse(request.domainId());
    while (true) {
      pulse.beat();
      Issuance issuance;
      switch (store.standing(domain, request.generation())) {
        case Standing.Superseded() -> {
          return new Begun.Superseded();
        }
        case Standing.Paused(var nodes) -> {
          return paused(nodes, clock.instant());
        }
        case Standing.Open(var open) -> issuance = open;
        case Standing.Free free -> {
          var now = clock.instant();
          if (free.tries().nextFrom(now).isAfter(now)) {
            return waiting(free, now);
          }
          var fresh = prepare(domain, request, free, now);
          if (fresh.isEmpty()) {
            return new Begun.Superseded();
          }
          issuance = fresh.get();
        }
      }
      var begun = order(issuance);
      if (begun.isPresent()) {
        return begun.get();
      }
    }
  }

  /// Empty: the CA has lost the order, the try is ended.
  private Optional<Begun> order(Issuance issuance) {
    var now = clock.instant();
    if (issuance.retryAfter().filter(now::isBefore).isPresent()) {
      var problem = issuance.problem().orElseThrow();
      var fault = new CaFault(problem, issuance.retryAfter(), null);
      return Optional.of(notNow(fault, issuance.retryAfter().get()));
    }
    try {
      return patience.with(() -> ordered(current(issuance)));
    } catch (CaFault fault) {
      noteRest(issuance, fault);
      var retryAt = Patience.retryAt(fault, issuance.createdAt(), clock.instant());
      store.postpone(issuance, fault.problem(), fault.sentence(), retryAt);
      return Optional.of(notNow(fault, retryAt));
    }
  }

  /// What the CA asks of more than the one name holds for every domain that it concerns.
  private void noteRest(Issuance issuance, CaFault fault) {
    var now = clock.instant();
    var limit = fault.limit(issuance.hostname());
    fault
        .retryAfter()
        .filter(now::isBefore)
        .filter(_ -> !(limit instanceof CaLimit.OfName))
        .ifPresent(until -> store.rest(issuance.directory(), limit, fault.problem(), until));
  }

  private Optional<Begun> ordered(Issuance issuance) {
    return switch (desk.orderFor(issuance)) {
      case OrderReply.Unknown() -> {
        var tries = store.fail(issuance, IssuanceFailure.lost(), clock.instant());
        var now = clock.instant();
        yield tries.nextFrom(now).isAfter(now)
            ? Optional.of(failed(IssuanceFailure.lost(), tries.nextFrom(now)))
            : Optional.empty();
      }
      case OrderReply.Refused(var problem) ->
          Optional.of(fail(issuance, IssuanceFailure.refused(problem)));
      case OrderReply.Shown(var order) ->
          Optional.of(
              order.status() == Order.Status.PENDING
                  ? answer(issuance, order)
                  : new Begun.Authorized(issuance.id().toString()));
    };
  }

  private Begun answer(Issuance issuance, Order order) {
    for (var url : order.authorizations()) {
      var authorization = ca.authorization(url).orElseThrow(IssuanceActivities::notShown);
      switch (authorization.status()) {
        case VALID -> {}
        case INVALID -> {
          return fail(issuance, Finisher.why(authorization));
        }
        case PENDING -> {
          return answer(issuance, authorization);
        }
      }
    }
    return new Begun.Authorized(issuance.id().toString());
  }

  private Begun answer(Issuance issuance, Authorization authorization) {
    var challenge = authorization.challenge();
    if (challenge.isEmpty()) {
      return fail(issuance, Finisher.noChallenge());
    }
    var until = clock.instant().plus(ANSWER_LIFE);
    var answered = store.answer(issuance, challenge.get().token(), challenge.get().value(), until);
    return answered.isEmpty()
        ? new Begun.Superseded()
        : new Begun.Answered(
            issuance.id().toString(),
            answered.get().cluster().toString(),
            answered.get().position().epoch(),
            answered.get().position().revision());
  }

  private static CaFault notShown() {
    return new CaFault(
        new CaProblem("", "It shows the order and does not show its authorization."),
        Optional.empty(),
        null);
  }

  @Override
  public Completed complete(Complete request) {
    var domain = DomainId.parse(request.domainId());
    var found = store.find(domain, IssuanceId.parse(request.issuanceId()));
    if (found.isEmpty()) {
      return new Completed.StartOver();
    }
    var issuance = found.get();
    var done = certificates.find(domain, issuance.certificate());
    if (done.isPresent()) {
      var validity = done.get().validity();
      return new Completed.Issued(
          issuance.certificate().toString(),
          validity.notBefore(),
          validity.notAfter(),
          done.get().renewFrom());
    }
    if (!issuance.open() || issuance.orderUrl().isEmpty()) {
      return new Completed.StartOver();
    }
    try {
      return patience.with(() -> finisher.finish(current(issuance)));
    } catch (CaFault fault) {
      noteRest(issuance, fault);
      var retryAt = Patience.retryAt(fault, issuance.createdAt(), clock.instant());
      store.postpone(issuance, fault.problem(), fault.sentence(), retryAt);
      return new Completed.NotNow(fault.reason(), fault.sentence(), fault.problem().uri(), retryAt);
    }
  }

  @Override
  public void retire(Retire request) {
    certificates.retireAllBut(
        DomainId.parse(request.domainId()), CertificateId.parse(request.keep()));
  }

  @Override
  public void forget(Forget request) {
    certificates.forget(DomainId.parse(request.domainId()));
  }

  /// The row as it is now: an exchange before may have moved it on.
  private Issuance current(Issuance issuance) {
    return store.find(issuance.domain(), issuance.id()).orElse(issuance);
  }

  private Optional<Issuance> prepare(
      DomainId domain, Begin request, Standing.Free free, Instant now) {
    var certificate = new CertificateId(UuidV7.at(now, random));
    var replaces =
        request.why() == Why.RENEWAL
            ? free.present()
                .filter(present -> present.directory().equals(ca.directory()))
                .map(IssuanceStore.Present::id)
            : Optional.<CertificateId>empty();
    return store.prepare(
        new NewIssuance(
            new IssuanceId(UuidV7.at(now, random)),
            domain,
            certificate,
            free.hostname(),
            ca.directory(),
            settings.profile(),
            replaces,
            keys.make(certificate, free.hostname(), free.clusters())),
        request.generation());
  }

  private Begun fail(Issuance issuance, IssuanceFailure failure) {
    var now = clock.instant();
    var next = store.fail(issuance, failure, now).nextFrom(now);
    Finisher.tell(issuance, failure);
    return failed(failure, next);
  }

  private static Begun failed(IssuanceFailure failure, Instant retryAt) {
    return new Begun.NotNow(failure.reason(), failure.message(), failure.problem().uri(), retryAt);
  }

  private static Begun notNow(CaFault fault, Instant retryAt) {
    return new Begun.NotNow(fault.reason(), fault.sentence(), fault.problem().uri(), retryAt);
  }

  private static Begun paused(List<String> nodes, Instant now) {
    return new Begun.NotNow(
        Reason.ORDERS_PAUSED,
        "A back-up was restored. Nothing is ordered until each node that receives traffic was compared with it; waits for %s."
            .formatted(String.join(", ", nodes)),
        "",
        now.plus(PAUSED_AGAIN));
  }

  private static Begun waiting(Standing.Free free, Instant now) {
    var retryAt = free.tries().nextFrom(now);
    var last = free.lastFailure();
    if (free.tries().usedUp(now) || last.isEmpty()) {
      return new Begun.NotNow(
          Reason.TRIES_USED_UP,
          "34 tries at this name failed within 30 days; the next is allowed at %s."
              .formatted(retryAt),
          "",
          retryAt);
    }
    return failed(last.get(), retryAt);
  }
}
