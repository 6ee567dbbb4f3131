package io.nameplate.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.Hostname;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CaLimitTest {
  private static final String DOCS = ": see https://letsencrypt.org/docs/rate-limits/#";

  static Stream<Arguments> sentences() {
    return Stream.of(
        Arguments.of(
            "too many certificates (50) already issued for \"acme.co.uk\" in the last 168h0m0s, retry after 2027-01-01 00:00:00 UTC"
                + DOCS
                + "new-certificates-per-registered-domain",
            new CaLimit.OfDomain(new Hostname("acme.co.uk"))),
        Arguments.of(
            "Error creating new order :: too many certificates already issued for: acme.co.uk",
            new CaLimit.OfDomain(new Hostname("acme.co.uk"))),
        Arguments.of(
            "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2027-01-01 00:00:00 UTC"
                + DOCS
                + "new-certificates-per-exact-set-of-identifiers",
            new CaLimit.OfName()),
        Arguments.of(
            "too many failed authorizations (5) for \"shop.acme.co.uk\" in the last 1h0m0s, retry after 2027-01-01 00:00:00 UTC"
                + DOCS
                + "authorization-failures-per-identifier-per-account",
            new CaLimit.OfName()),
        Arguments.of(
            "Your account is temporarily prevented from requesting certificates for shop.acme.co.uk and possibly others. Please visit: https://portal.letsencrypt.org/sfe/v1/unpause?jwt=x",
            new CaLimit.OfName()),
        Arguments.of(
            "too many new orders (300) from this account in the last 3h0m0s, retry after 2027-01-01 00:00:00 UTC"
                + DOCS
                + "new-orders-per-account",
            new CaLimit.OfAccount()),
        Arguments.of(
            "Please wait with names below acme.co.uk.",
            new CaLimit.OfDomain(new Hostname("acme.co.uk"))),
        Arguments.of(
            "too many certificates (50) already issued for \"other.com\"", new CaLimit.Unknown()),
        Arguments.of("no names of notacme.co.uk.example now", new CaLimit.Unknown()),
        Arguments.of("Come back later" + DOCS + "overview", new CaLimit.Unknown()),
        Arguments.of("", new CaLimit.Unknown()));
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void isToldByTheSentence(String detail, CaLimit limit) {
    var problem = new CaProblem("rateLimited", detail);
    assertThat(CaLimit.of(problem, new Hostname("shop.acme.co.uk"))).isEqualTo(limit);
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void sparesRenewalsOnlyWhereItIsKnown(String detail, CaLimit limit) {
    assertThat(limit.sparesRenewals()).as(detail).isEqualTo(!(limit instanceof CaLimit.Unknown));
  }
}
