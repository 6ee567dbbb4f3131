package io.nameplate.workflows.certificates;

import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.CertificateStore;
import io.nameplate.certificates.CertificateStore.Watched;
import io.nameplate.certificates.Renewal;
import io.nameplate.certificates.RenewalWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The renewal steps, on the ports of core.
public final class RenewalActivities implements RenewalSteps {
  private static final Logger LOG = LoggerFactory.getLogger(RenewalActivities.class);
  // A batch of a hundred at the CA's slowest still ends within it; then another worker may take
  // them.
  private static final Duration LEASE = Duration.ofMinutes(5);

  // What somebody asked about is looked at within a second.
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private final CertificateAuthority ca;
  private final CertificateStore store;
  private final IssuanceSettings settings;
  private final InstantSource clock;
  private final Pulse pulse;

  public RenewalActivities(
      CertificateAuthority ca,
      CertificateStore store,
      IssuanceSettings settings,
      InstantSource clock,
      Pulse pulse) {
    this.ca = ca;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.pulse = pulse;
  }

  @Override
  public Refreshed refresh(Refresh request) {
    var until = clock.instant().plusSeconds(request.seconds());
    var all = new Refreshed(0, 0, 0);
    while (true) {
      pulse.beat();
      var stale =
          store.claimStaleWindows(ca.directory(), request.limit(), clock.instant().plus(LEASE));
      all = all.and(look(stale));
      if (stale.size() < request.limit()) {
        if (!clock.instant().isBefore(until)) {
          return all;
        }
        pulse.rest(GLANCE);
      } else if (request.seconds() > 0 && clock.instant().isAfter(until)) {
        return all;
      }
    }
  }

  private Refreshed look(List<Watched> certificates) {
    int failed = 0;
    int due = 0;
    for (var certificate : certificates) {
      pulse.beat();
      Instant renewFrom;
      try {
        renewFrom = look(certificate);
      } catch (CaFault fault) {
        failed++;
        renewFrom = postpone(certificate, fault);
      }
      if (!renewFrom.isAfter(clock.instant())) {
        due++;
      }
    }
    return new Refreshed(certificates.size(), failed, due);
  }

  private Instant look(Watched certificate) {
    var info = ca.renewalInfo(certificate.chain());
    var window = info.map(CertificateAuthority.RenewalInfo::window);
    var retryAfter = info.flatMap(CertificateAuthority.RenewalInfo::retryAfter);
    var now = clock.instant();
    var next =
        settings
            .renewalInfoEvery()
            .map(now::plus)
            .orElseGet(() -> Renewal.nextLook(certificate.validity(), now, retryAfter));
    return store(certificate, window, now, next);
  }

  /// What was known stays known.
  private Instant postpone(Watched certificate, CaFault fault) {
    LOG.info(
        "no renewal information certificate={} domain={} why={}",
        certificate.id(),
        certificate.domain(),
        fault.getMessage());
    var now = clock.instant();
    var soon = Renewal.nextLookAfterFailure(certificate.validity(), now);
    var next = fault.retryAfter().filter(soon::isBefore).orElse(soon);
    return store(certificate, certificate.window(), now, next);
  }

  private Instant store(
      Watched certificate, Optional<RenewalWindow> window, Instant now, Instant next) {
    var renewFrom = Renewal.dueFrom(certificate.id(), certificate.validity(), window);
    store.looked(certificate, window, renewFrom, now, next);
    return renewFrom;
  }
}
