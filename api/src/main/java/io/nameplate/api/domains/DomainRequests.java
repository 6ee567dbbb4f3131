package io.nameplate.api.domains;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.api.contract.model.AddDomainRequest;
import io.nameplate.api.contract.model.OriginChange;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemException.BadField;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.HostnameCheck;
import io.nameplate.domains.HostnameRules;
import io.nameplate.domains.NewDomain;
import io.nameplate.domains.Origin;
import io.nameplate.domains.OriginCheck;
import io.nameplate.domains.OriginRules;
import io.nameplate.ids.RandomText;
import io.nameplate.ids.UuidV7;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What requests about domains say, judged by core's rules; everything that is wrong is reported at
/// once.
final class DomainRequests {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LABEL_LENGTH = 26; // 134 bits
  private static final int TOKEN_LENGTH = 32; // 165 bits

  private final AddressPolicy origins;

  /// @param origins where origins may be
  DomainRequests(AddressPolicy origins) {
    this.origins = origins;
  }

  /// A claim as it was asked for.
  ///
  /// @throws ProblemException 422, with every bad field
  NewDomain newDomain(AddDomainRequest request, Set<Hostname> ownZones, Instant now) {
    var bad = new ArrayList<BadField>();
    var name = name(request.getHostname(), ownZones, bad);
    var url = url(request.getOrigin().getUrl(), bad);
    var cluster = cluster(request.getClusterId(), bad);
    if (name.isEmpty() || url.isEmpty() || !bad.isEmpty()) {
      throw ProblemException.invalid(bad);
    }
    return new NewDomain(
        new DomainId(UuidV7.at(now, RANDOM)),
        name.get(),
        new Origin(url.get(), hostHeader(request.getOrigin().getHostHeader())),
        cluster,
        RandomText.LABEL.of(LABEL_LENGTH, RANDOM),
        RandomText.LABEL.of(TOKEN_LENGTH, RANDOM));
  }

  /// What a merge patch makes of an origin.
  ///
  /// @param change null: nothing
  /// @throws ProblemException 422, if the URL is bad
  UnaryOperator<Origin> change(@Nullable OriginChange change) {
    if (change == null) {
      return origin -> origin;
    }
    var bad = new ArrayList<BadField>();
    var url = change.getUrl() == null ? Optional.<String>empty() : url(change.getUrl(), bad);
    if (!bad.isEmpty()) {
      throw ProblemException.invalid(bad);
    }
    return origin ->
        new Origin(
            url.orElse(origin.url()),
            change.getHostHeader() == null
                ? origin.hostHeader()
                : hostHeader(change.getHostHeader()));
  }

  private static Optional<HostnameCheck.Accepted> name(
      String typed, Set<Hostname> ownZones, List<BadField> bad) {
    return switch (HostnameRules.check(typed, ownZones)) {
      case HostnameCheck.Accepted accepted -> Optional.of(accepted);
      case HostnameCheck.Refused(var code, var message) -> {
        bad.add(new BadField("/hostname", code, message));
        yield Optional.empty();
      }
    };
  }

  private Optional<String> url(String typed, List<BadField> bad) {
    return switch (OriginRules.check(typed, origins)) {
      case OriginCheck.Accepted(var url) -> Optional.of(url);
      case OriginCheck.Refused(var code, var message) -> {
        bad.add(new BadField("/origin/url", code, message));
        yield Optional.empty();
      }
    };
  }

  private static Optional<ClusterId> cluster(@Nullable String id, List<BadField> bad) {
    if (id == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClusterId.parse(id));
    } catch (IllegalArgumentException _) {
      bad.add(new BadField("/cluster_id", "no-such-cluster", "There is no cluster with this id."));
      return Optional.empty();
    }
  }

  private static HostHeader hostHeader(
      io.nameplate.api.contract.model.@Nullable HostHeader header) {
    return switch (header) {
      case null -> HostHeader.VISITOR;
      case VISITOR -> HostHeader.VISITOR;
      case ORIGIN -> HostHeader.ORIGIN;
    };
  }
}
