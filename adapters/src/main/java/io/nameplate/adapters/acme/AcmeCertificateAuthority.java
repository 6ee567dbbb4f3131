package io.nameplate.adapters.acme;

import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.certificates.Authorization;
import io.nameplate.certificates.CaAccounts;
import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.Order;
import io.nameplate.certificates.OrderReply;
import java.net.URI;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.toolbox.AcmeUtils;
import org.shredzone.acme4j.toolbox.JSONBuilder;

/// A CA through acme4j, whose sessions sign and keep nonces; the resources are read here, so that
/// every exchange is one that was asked for. Renewal information is asked for on a session of its
/// own and never waits behind orders.
public final class AcmeCertificateAuthority implements CertificateAuthority {
  // Of three orders each (Pebble's page), more than any sandbox has.
  private static final int PAGES = 2_000;

  private static final Pattern ABOUT_REPLACED =
      Pattern.compile("\\breplac|\\bari\\b|given certificate");

  private final AcmeSettings settings;
  private final AcmeAccounts accounts;
  private final CaLines lines;
  private final CaLines renewalLines;

  public AcmeCertificateAuthority(
      AcmeSettings settings, CaAccounts accounts, MasterKey master, InstantSource clock) {
    this.settings = settings;
    var client = CaTrust.client(settings);
    this.accounts = new AcmeAccounts(settings, accounts, master);
    this.lines = new CaLines(settings, client, this.accounts, settings.sessions(), clock);
    this.renewalLines = new CaLines(settings, client, this.accounts, 1, clock);
  }

  @Override
  public URI directory() {
    return settings.directory();
  }

  /// Where the CA keeps our account, which CAA records may name (RFC 8657); empty: not registered
  /// yet. A CA that forgets it gives it another URL.
  public Optional<URI> account() {
    return accounts.url();
  }

  @Override
  public OrderReply newOrder(Wish wish) {
    if (wish.replaces().isEmpty()) {
      return order(wish);
    }
    // `replaces` is a kindness to the CA; what it has against it (replaced already, a certificate
    // it
    // forgot) is no reason to go without a successor. Whatever else it refuses, it would refuse
    // again, and count twice.
    var plain = new Wish(wish.hostname(), wish.profile(), Optional.empty());
    try {
      return switch (order(wish)) {
        case OrderReply.Shown shown -> shown;
        case OrderReply.Refused refused ->
            aboutReplaced(refused.problem()) ? order(plain) : refused;
        // Nothing but the replaced certificate can be unknown to it here.
        case OrderReply.Unknown() -> order(plain);
      };
    } catch (CaFault e) {
      if (!aboutReplaced(e.problem())) {
        throw e;
      }
      return order(plain);
    }
  }

  /// Whether a refusal is about the certificate named in `replaces`. RFC 9773 has a type for one
  /// case; for the others CAs use general types with a sentence: Boulder `malformed` and
  /// `unauthorized`, Pebble `serverInternal`.
  private static boolean aboutReplaced(CaProblem problem) {
    var words = problem.detail().toLowerCase(Locale.ROOT);
    return problem.is("alreadyReplaced")
        || ((problem.is("malformed") || problem.is("unauthorized") || problem.is("serverInternal"))
            && ABOUT_REPLACED.matcher(words).find());
  }

  private OrderReply order(Wish wish) {
    return replyOf(() ->
        lines.ask((line, account) -> {
          var url = line.resource(Resource.NEW_ORDER).orElseThrow();
          var claims = new JSONBuilder();
          var identifier = new JSONBuilder();
          identifier.put("type", "dns").put("value", wish.hostname().ascii());
          claims.array("identifiers", List.of(identifier.toMap()));
          if (wish.profile().isPresent() && line.offersProfile(wish.profile().get())) {
            claims.put("profile", wish.profile().get());
          }
          if (wish.replaces().isPresent() && line.resource(Resource.RENEWAL_INFO).isPresent()) {
            claims.put("replaces", renewalId(wish.replaces().get()));
          }
          var reply = line.post(account, url, Optional.of(claims));
          return AcmeJson.order(reply.location().orElseThrow(), reply);
        }));
  }

  @Override
  public OrderReply order(URI url) {
    var reply =
        replyOf(() ->
            lines.ask(
                (line, account) -> AcmeJson.order(url, line.post(account, url, Optional.empty()))));
    // An order of an account that was lost with the CA's memory is nobody's: it is as good as gone.
    return reply instanceof OrderReply.Refused refused && refused.problem().is("unauthorized")
        ? new OrderReply.Unknown()
        : reply;
  }

  @Override
  public Optional<Authorization> authorization(URI url) {
    try {
      return Optional.of(
          lines.ask((line, account) ->
              AcmeJson.authorization(
                  line.post(account, url, Optional.empty()), account.key().getPublic())));
    } catch (CaRefusal e) {
      return Optional.empty();
    }
  }

  @Override
  public void tell(Authorization.Challenge challenge) {
    try {
      lines.ask(
          (line, account) -> line.post(account, challenge.url(), Optional.of(new JSONBuilder())));
    } catch (CaRefusal e) {
      // It is no longer pending, or no longer there: the next look at the order tells which.
    }
  }

  @Override
  public OrderReply finalizeOrder(Order order, byte[] csr) {
    try {
      return new OrderReply.Shown(
          lines.ask((line, account) -> {
            var claims = new JSONBuilder().putBase64("csr", csr);
            var reply = line.post(account, order.finalizeUrl(), Optional.of(claims));
            return AcmeJson.order(order.url(), reply);
          }));
    } catch (CaRefusal e) {
      if (e.problem().is("orderNotReady")) {
        return order(order.url());
      }
      return e.notFound() ? new OrderReply.Unknown() : new OrderReply.Refused(e.problem());
    }
  }

  @Override
  public Optional<String> download(URI certificate) {
    try {
      return Optional.of(lines.ask((line, account) -> line.certificates(account, certificate)));
    } catch (CaRefusal e) {
      return Optional.empty();
    }
  }

  @Override
  public List<URI> orders(Runnable eachPage) {
    try {
      return lines.ask((line, account) -> listOrders(line, account, eachPage));
    } catch (CaRefusal e) {
      return List.of();
    }
  }

  private static List<URI> listOrders(CaLine line, AcmeAccount account, Runnable eachPage)
      throws CaRefusal {
    var page = AcmeJson.uri(line.post(account, account.url(), Optional.empty()).json(), "orders");
    var found = new ArrayList<URI>();
    for (int pages = 0; page.isPresent() && pages < PAGES; pages++) {
      var reply = line.post(account, page.get(), Optional.empty());
      found.addAll(AcmeJson.uris(reply.json(), "orders"));
      page = reply.next();
      eachPage.run();
    }
    return found;
  }

  @Override
  public Optional<RenewalInfo> renewalInfo(String chainPem) {
    try {
      return renewalLines.ask((line, account) -> {
        var base = line.resource(Resource.RENEWAL_INFO);
        if (base.isEmpty()) {
          return Optional.empty();
        }
        var url = base.get().toString();
        var slash = url.endsWith("/") ? "" : "/";
        return Optional.of(
            AcmeJson.renewalInfo(line.get(URI.create(url + slash + renewalId(chainPem)))));
      });
    } catch (CaRefusal e) {
      return Optional.empty();
    }
  }

  private static String renewalId(String chainPem) {
    try {
      X509Certificate leaf = IssuedCertificate.parse(chainPem).getFirst();
      return AcmeUtils.getRenewalUniqueIdentifier(leaf);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("chain: not readable (expected: a stored one)", e);
    }
  }

  private static OrderReply replyOf(Asking asking) {
    try {
      return new OrderReply.Shown(asking.order());
    } catch (CaRefusal e) {
      return e.notFound() ? new OrderReply.Unknown() : new OrderReply.Refused(e.problem());
    }
  }

  private interface Asking {
    Order order() throws CaRefusal;
  }
}
