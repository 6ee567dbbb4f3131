package io.nameplate.app.certificates;

import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A CA that takes no new order, for a limit that it names in its own words.
///
/// @param until when it says to come back
record Limiting(CertificateAuthority ca, String words, Instant until)
    implements CertificateAuthority {

  @Override
  public URI directory() {
    return ca.directory();
  }

  @Override
  public OrderReply newOrder(Wish wish) {
    throw new CaFault(new CaProblem("rateLimited", words), Optional.of(until), null);
  }

  @Override
  public OrderReply order(URI url) {
    return ca.order(url);
  }

  @Override
  public Optional<Authorization> authorization(URI url) {
    return ca.authorization(url);
  }

  @Override
  public void tell(Authorization.Challenge challenge) {
    ca.tell(challenge);
  }

  @Override
  public OrderReply finalizeOrder(Order order, byte[] csr) {
    return ca.finalizeOrder(order, csr);
  }

  @Override
  public Optional<String> download(URI certificate) {
    return ca.download(certificate);
  }

  @Override
  public List<URI> orders(Runnable eachPage) {
    return ca.orders(eachPage);
  }

  @Override
  public Optional<RenewalInfo> renewalInfo(String chainPem) {
    return ca.renewalInfo(chainPem);
  }
}
