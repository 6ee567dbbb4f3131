package io.nameplate.adapters.dns;

import com.google.common.net.InternetDomainName;
import io.nameplate.dns.DnsExpectation;
import io.nameplate.dns.DnsObservation;
import io.nameplate.dns.DnsObserver;
import java.time.Instant;
import java.util.function.Predicate;
import org.xbill.DNS.Name;

/// Looks at DNS over the network. Thread-safe; a look runs on virtual threads of its own.
public final class DnsjavaDnsObserver implements DnsObserver {
  private final DnsSettings settings;
  private final KnownZones known = new KnownZones();

  public DnsjavaDnsObserver(DnsSettings settings) {
    this.settings = settings;
  }

  @Override
  public DnsObservation look(DnsExpectation expected, Instant now) {
    var limits = settings.limits();
    var exchange = new DnsExchange(new Budget(limits), limits);
    try (var atOnce = new AtOnce()) {
      var source =
          switch (settings.asking()) {
            case AUTHORITIES -> new ZoneWalk(settings, exchange, atOnce, known, shared(expected));
            case RESOLVERS -> new ResolverSource(settings.resolvers(), exchange, atOnce);
          };
      var resolvers = new ResolverCheck(settings.resolvers(), exchange, atOnce);
      return new Look(expected, source, resolvers, atOnce, limits.aliases()).run(now);
    }
  }

  /// Zones under which many people's names lie, and the cluster's own with all above it.
  private static Predicate<Name> shared(DnsExpectation expected) {
    var ours = DnsNames.absolute(expected.cnameZone());
    return zone -> ours.subdomain(zone) || isPublicSuffix(zone);
  }

  private static boolean isPublicSuffix(Name zone) {
    if (zone.labels() <= 2) {
      return true; // the root and top-level domains
    }
    var text = RecordText.of(zone);
    return InternetDomainName.isValid(text) && InternetDomainName.from(text).isPublicSuffix();
  }
}
