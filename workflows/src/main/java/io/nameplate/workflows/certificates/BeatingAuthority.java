package io.nameplate.workflows.certificates;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// A CA whose every exchange shows that the step lives.
record BeatingAuthority(CertificateAuthority ca, Pulse pulse) implements CertificateAuthority {

  @Override
  public URI directory() {
    return ca.directory();
  }

  @Override
  public OrderReply newOrder(Wish wish) {
    pulse.beat();
    return ca.newOrder(wish);
  }

  @Override
  public OrderReply order(URI url) {
    pulse.beat();
    return ca.order(url);
  }

  @Override
  public Optional<Authorization> authorization(URI url) {
    pulse.beat();
    return ca.authorization(url);
  }

  @Override
  public void tell(Authorization.Challenge challenge) {
    pulse.beat();
    ca.tell(challenge);
  }

  @Override
  public OrderReply finalizeOrder(Order order, byte[] csr) {
    pulse.beat();
    return ca.finalizeOrder(order, csr);
  }

  @Override
  public Optional<String> download(URI certificate) {
    pulse.beat();
    return ca.download(certificate);
  }

  @Override
  public List<URI> orders(Runnable eachPage) {
    pulse.beat();
    return ca.orders(() -> {
      pulse.beat();
      eachPage.run();
    });
  }

  @Override
  public Optional<RenewalInfo> renewalInfo(String chainPem) {
    pulse.beat();
    return ca.renewalInfo(chainPem);
  }
}
