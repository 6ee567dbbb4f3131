package io.nameplate.app.certificates;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A CA that something happens to before one of its exchanges, counted from 1.
final class Restarting implements CertificateAuthority {
  private final CertificateAuthority ca;
  private final int before;
  private final Runnable happening;
  private int exchanges;

  Restarting(CertificateAuthority ca, int before, Runnable happening) {
    this.ca = ca;
    this.before = before;
    this.happening = happening;
  }

  int exchanges() {
    return exchanges;
  }

  @Override
  public URI directory() {
    return ca.directory();
  }

  @Override
  public OrderReply newOrder(Wish wish) {
    return counted(() -> ca.newOrder(wish));
  }

  @Override
  public OrderReply order(URI url) {
    return counted(() -> ca.order(url));
  }

  @Override
  public Optional<Authorization> authorization(URI url) {
    return counted(() -> ca.authorization(url));
  }

  @Override
  public void tell(Authorization.Challenge challenge) {
    counted(() -> {
      ca.tell(challenge);
      return true;
    });
  }

  @Override
  public OrderReply finalizeOrder(Order order, byte[] csr) {
    return counted(() -> ca.finalizeOrder(order, csr));
  }

  @Override
  public Optional<String> download(URI certificate) {
    return counted(() -> ca.download(certificate));
  }

  @Override
  public List<URI> orders(Runnable eachPage) {
    return counted(() -> ca.orders(eachPage));
  }

  @Override
  public Optional<RenewalInfo> renewalInfo(String chainPem) {
    return ca.renewalInfo(chainPem);
  }

  private <T> T counted(Supplier<T> exchange) {
    if (++exchanges == before) {
      happening.run();
    }
    return exchange.get();
  }
}
