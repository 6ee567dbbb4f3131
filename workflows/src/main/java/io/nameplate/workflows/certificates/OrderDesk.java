package io.nameplate.workflows.certificates;

import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.CertificateAuthority.Wish;
import io.nameplate.certificates.CertificateStore;
import io.nameplate.certificates.CertificateStore.Watched;
import io.nameplate.certificates.Issuance;
import io.nameplate.certificates.IssuanceStore;
import io.nameplate.certificates.IssuanceStore.Resting;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Finds a try's order, or makes it: one order for each try, as far as the CA lets itself be asked.
final class OrderDesk {
  // One reply lost means one stranger in the list, and now and then a try that is being ordered for
  // at this moment.
  private static final int STRANGERS = 50;

  private final CertificateAuthority ca;
  private final IssuanceStore store;
  private final CertificateStore certificates;
  private final InstantSource clock;

  OrderDesk(
      CertificateAuthority ca,
      IssuanceStore store,
      CertificateStore certificates,
      InstantSource clock) {
    this.ca = ca;
    this.store = store;
    this.certificates = certificates;
    this.clock = clock;
  }

  /// How the try's order stands; orders when there is none. The URL is stored before anything else
  /// is asked.
  OrderReply orderFor(Issuance issuance) {
    if (!issuance.directory().equals(ca.directory())) {
      return new OrderReply.Unknown();
    }
    if (issuance.orderUrl().isPresent()) {
      return ca.order(issuance.orderUrl().get());
    }
    var lost = issuance.orderSentAt().isPresent() ? lostOrder(issuance) : Optional.<Order>empty();
    var reply = lost.isPresent() ? new OrderReply.Shown(lost.get()) : send(issuance);
    if (reply instanceof OrderReply.Shown(var order)) {
      var kept = store.ordered(issuance, order.url());
      return kept.equals(order.url()) ? reply : ca.order(kept);
    }
    return reply;
  }

  /// @throws CaFault if the CA asked to come back later
  private OrderReply send(Issuance issuance) {
    var now = clock.instant();
    var replaces =
        issuance
            .replaces()
            .flatMap(old -> certificates.find(issuance.domain(), old))
            .map(Watched::chain);
    store.resting(issuance.directory(), issuance.hostname()).stream()
        .filter(rest -> now.isBefore(rest.until()))
        .filter(rest -> replaces.isEmpty() || !rest.limit().sparesRenewals())
        .max(Comparator.comparing(Resting::until))
        .ifPresent(rest -> {
          throw new CaFault(rest.problem(), Optional.of(rest.until()), null);
        });
    store.orderSent(issuance, clock.instant());
    return ca.newOrder(new Wish(issuance.hostname(), issuance.profile(), replaces));
  }

  /// The order whose URL was lost with the reply: in the account's list, for exactly this name,
  /// open, and nobody else's. The newest stand last.
  private Optional<Order> lostOrder(Issuance issuance) {
    var listed = ca.orders(() -> {});
    if (listed.isEmpty()) {
      return Optional.empty();
    }
    var known = new HashSet<>(store.known(listed));
    return listed.reversed().stream()
        .filter(url -> !known.contains(url))
        .limit(STRANGERS)
        .map(ca::order)
        .filter(OrderReply.Shown.class::isInstance)
        .map(reply -> ((OrderReply.Shown) reply).order())
        .filter(order -> order.names().equals(List.of(issuance.hostname().ascii())))
        .filter(
            order -> order.status() == Order.Status.PENDING || order.status() == Order.Status.READY)
        .findFirst();
  }
}
