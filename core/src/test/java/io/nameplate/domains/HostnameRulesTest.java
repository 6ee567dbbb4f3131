package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.HostnameCheck.Accepted;
import io.nameplate.domains.HostnameCheck.Refused;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostnameRulesTest {
  private static final Set<Hostname> OWN = Set.of(new Hostname("nameplate.sandbox"));

  @ParameterizedTest
  @CsvSource({
    "shop.acme.com,            shop.acme.com,            acme.com",
    "SHOP.Acme.COM,            shop.acme.com,            acme.com",
    "shop.acme.com.,           shop.acme.com,            acme.com",
    "acme.com,                 acme.com,                 acme.com",
    "a.b.c.acme.co.uk,         a.b.c.acme.co.uk,         acme.co.uk",
    "acme.co.uk,               acme.co.uk,               acme.co.uk",
    "shop.acme.github.io,      shop.acme.github.io,      acme.github.io",
    "bücher.de,                xn--bcher-kva.de,         xn--bcher-kva.de",
    "BÜCHER.de,                xn--bcher-kva.de,         xn--bcher-kva.de",
    "xn--bcher-kva.de,         xn--bcher-kva.de,         xn--bcher-kva.de",
    "straße.de,                xn--strae-oqa.de,         xn--strae-oqa.de",
    "faß.de,                   xn--fa-hia.de,            xn--fa-hia.de",
    "shop。acme。com,            shop.acme.com,            acme.com",
    "ｓｈｏｐ.acme.com,            shop.acme.com,            acme.com",
    "παράδειγμα.gr,            xn--hxajbheg2az3al.gr,    xn--hxajbheg2az3al.gr",
    "例え.jp,                   xn--r8jz45g.jp,           xn--r8jz45g.jp",
    "shop.公司.cn,              shop.xn--55qx5d.cn,       shop.xn--55qx5d.cn",
    "acme.рф,                  acme.xn--p1ai,            acme.xn--p1ai",
    "1.acme.com,               1.acme.com,               acme.com",
    "a-b.acme.com,             a-b.acme.com,             acme.com",
    "www.ck,                   www.ck,                   www.ck",
    "shop.acme.dev,            shop.acme.dev,            acme.dev",
  })
  void takesNames(String typed, String ascii, String registrable) {
    var accepted = (Accepted) HostnameRules.check(typed, OWN);
    assertThat(accepted.ascii()).isEqualTo(new Hostname(ascii));
    assertThat(accepted.registrable()).isEqualTo(new Hostname(registrable));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``,                              hostname-empty",
        "` `,                             hostname-empty",
        "`.`,                             hostname-empty",
        "`https://shop.acme.com/cart`,    hostname-is-url",
        "`//shop.acme.com`,               hostname-is-url",
        "`shop.acme.com/`,                hostname-is-url",
        "`shop.acme.com?x=1`,             hostname-is-url",
        "`http://192.0.2.1/`,             hostname-is-url",
        "`https:shop.acme.com`,           hostname-is-url",
        "`https:/shop.acme.com`,          hostname-is-url",
        "`https:\\\\shop.acme.com`,        hostname-is-url",
        "`shop.acme.com\\cart`,           hostname-is-url",
        "`http://127.0.0.1/`,             hostname-is-url",
        "`me@acme.com`,                   hostname-is-email",
        "`mailto:me@acme.com`,            hostname-is-email",
        "`*.acme.com`,                    hostname-wildcard",
        "`*`,                             hostname-wildcard",
        "`shop.acme.com:8443`,            hostname-has-port",
        "`localhost:3000`,                hostname-has-port",
        "`shop.acme.com:`,                hostname-has-port",
        "`shop.acme.com:abc`,             hostname-has-port",
        "`shop.acme.com:123456`,          hostname-has-port",
        "`192.0.2.1:`,                    hostname-is-address",
        "`192.0.2.1`,                     hostname-is-address",
        "`192.0.2.1.`,                    hostname-is-address",
        "`192.0.2.1:80`,                  hostname-is-address",
        "`0300.0.2.1`,                    hostname-is-address",
        "`0x7f.1`,                        hostname-is-address",
        "`0xC0000201`,                    hostname-is-address",
        "`2130706433`,                    hostname-is-address",
        "`127.1`,                         hostname-is-address",
        "`1.2.3.4.5`,                     hostname-is-address",
        "`256.1.1.1`,                     hostname-is-address",
        "`acme.123`,                      hostname-is-address",
        "`１９２.0.2.1`,                    hostname-is-address",
        "`::1`,                           hostname-is-address",
        "`[::1]`,                         hostname-is-address",
        "`[2001:db8::1]:443`,             hostname-is-address",
        "`2001:db8::1`,                   hostname-is-address",
        "`::ffff:192.0.2.1`,              hostname-is-address",
        "`fe80::1%eth0`,                  hostname-is-address",
        "`localhost`,                     hostname-reserved",
        "`shop.localhost`,                hostname-reserved",
        "`printer.local`,                 hostname-reserved",
        "`abc.onion`,                     hostname-reserved",
        "`db.internal`,                   hostname-reserved",
        "`shop.test`,                     hostname-reserved",
        "`shop.invalid`,                  hostname-reserved",
        "`shop.example`,                  hostname-reserved",
        "`shop.example.com`,              hostname-reserved",
        "`EXAMPLE.org`,                   hostname-reserved",
        "`router.home.arpa`,              hostname-reserved",
        "`1.2.0.192.in-addr.arpa`,        hostname-reserved",
        "`x.alt`,                         hostname-reserved",
        "`nameplate.sandbox`,             hostname-own-zone",
        "`k3v9.edge.Nameplate.SANDBOX.`,  hostname-own-zone",
        "`acme`,                          hostname-single-label",
        "`com`,                           hostname-single-label",
        "`intranet.corp`,                 hostname-unknown-tld",
        "`shop.acme.sandbox`,             hostname-unknown-tld",
        "`acme.comm`,                     hostname-unknown-tld",
        "`co.uk`,                         hostname-public-suffix",
        "`CO.UK.`,                        hostname-public-suffix",
        "`github.io`,                     hostname-public-suffix",
        "`公司.cn`,                        hostname-public-suffix",
        "`foo.ck`,                        hostname-public-suffix",
        "`_dmarc.acme.com`,               hostname-underscore",
        "`my_shop.acme.com`,              hostname-underscore",
        "`shop..acme.com`,                hostname-empty-label",
        "`.acme.com`,                     hostname-empty-label",
        "`acme.com..`,                    hostname-empty-label",
        "`-shop.acme.com`,                hostname-hyphen",
        "`shop-.acme.com`,                hostname-hyphen",
        "`ab--cd.acme.com`,               hostname-hyphen",
        "`xn--a.acme.com`,                hostname-punycode",
        "`xn--999999999.com`,             hostname-punycode",
        "`shop acme.com`,                 hostname-character",
        "`shop\tacme.com`,                hostname-character",
        "`shop!.acme.com`,                hostname-character",
        "`shop%2eacme.com`,               hostname-character",
        "`shop\u200d.acme.com`,           hostname-character",
        "`<script>.acme.com`,             hostname-character",
        "`shop.acme.com;ls`,              hostname-character",
        "`\u0301shop.acme.com`,           hostname-character",
      })
  void refusesEachForItsReason(String typed, String code) {
    assertThat(((Refused) HostnameRules.check(typed, OWN)).code()).isEqualTo(code);
  }

  @Test
  void refusesPartsAndNamesThatAreTooLong() {
    assertThat(codeOf("a".repeat(64) + ".acme.com")).isEqualTo("hostname-label-too-long");
    assertThat(codeOf("ü".repeat(63) + ".acme.com")).isEqualTo("hostname-label-too-long");
    assertThat(HostnameRules.check("a".repeat(63) + ".acme.com", OWN)).isInstanceOf(Accepted.class);
    assertThat(codeOf("a1.".repeat(82) + "acme.com")).isEqualTo("hostname-too-long"); // 254
    assertThat(HostnameRules.check("a.".repeat(122) + "acme.com", OWN))
        .isInstanceOf(Accepted.class);
    assertThat(codeOf("a".repeat(5000))).isEqualTo("hostname-too-long");
  }

  @Test
  void saysWhatWasProbablyMeant() {
    assertThat(messageOf("https://shop.acme.com:8443/cart?x#y"))
        .endsWith("Did you mean shop.acme.com?");
    assertThat(messageOf("shop.acme.com/cart")).endsWith("Did you mean shop.acme.com?");
    assertThat(messageOf("https://user:pw@shop.acme.com/")).endsWith("Did you mean shop.acme.com?");
    assertThat(messageOf("me@acme.com")).endsWith("Did you mean acme.com?");
    for (var typed :
        List.of(
            "shop.acme.com:8443",
            "shop.acme.com:",
            "shop.acme.com:abc",
            "https:shop.acme.com",
            "https:/shop.acme.com/cart",
            "https:\\\\shop.acme.com\\cart")) {
      assertThat(messageOf(typed)).endsWith("Did you mean shop.acme.com?");
    }
  }

  @Test
  void neverSuggestsAnAddress() {
    for (var typed : List.of("http://127.0.0.1/", "https://0x7f.1", "192.0.2.1/", "me@192.0.2.1")) {
      assertThat(messageOf(typed)).doesNotContain("Did you mean");
    }
  }

  @Test
  void quotesWhatWasTypedWithoutItsTricks() {
    assertThat(messageOf("evil\u202emoc.emca\n.com")).doesNotContain("\u202e").doesNotContain("\n");
  }

  @Test
  void showsBothForms() {
    var accepted = (Accepted) HostnameRules.check("Straße.DE", OWN);
    assertThat(accepted.ascii().ascii()).isEqualTo("xn--strae-oqa.de");
    assertThat(accepted.unicode()).isEqualTo("straße.de");
  }

  @Test
  void knowsAnApex() {
    assertThat(((Accepted) HostnameRules.check("acme.co.uk", OWN)).apex()).isTrue();
    assertThat(((Accepted) HostnameRules.check("shop.acme.co.uk", OWN)).apex()).isFalse();
  }

  @Property(tries = 20_000)
  void anyTextIsAnsweredAndBothFormsOfANameAreThatName(@ForAll("texts") String typed) {
    switch (HostnameRules.check(typed, OWN)) {
      case Accepted accepted -> {
        assertThat(HostnameRules.check(accepted.ascii().ascii(), OWN)).isEqualTo(accepted);
        assertThat(HostnameRules.check(accepted.unicode(), OWN)).isEqualTo(accepted);
        assertThat(HostnameRules.check(accepted.ascii() + ".", OWN)).isEqualTo(accepted);
      }
      case Refused refused -> {
        assertThat(refused.code()).startsWith("hostname-");
        assertThat(refused.message()).isNotBlank();
      }
    }
  }

  @Property(tries = 1_000)
  void caseAndTrailingDotDoNotMatter(@ForAll("names") String name, @ForAll long seed) {
    var random = new java.util.Random(seed);
    var mixed = new StringBuilder();
    name.chars()
        .forEach(c -> mixed.append((char) (random.nextBoolean() ? Character.toUpperCase(c) : c)));
    var dotted = mixed + (random.nextBoolean() ? "." : "");
    assertThat(HostnameRules.check(dotted, OWN)).isEqualTo(HostnameRules.check(name, OWN));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .ofMinLength(1)
        .ofMaxLength(20)
        .map(label -> label + ".acme.com");
  }

  @Provide
  Arbitrary<String> texts() {
    var pieces =
        Arbitraries.of(
            "shop", "acme", "com", "co.uk", ".", "-", "xn--", "ü", "ß", "例え", "。", "_", "*", "1",
            "0x", "\u200c", "ا", "A", " ", ":", "de");
    var built = pieces.list().ofMaxSize(8).map(list -> String.join("", list));
    return Arbitraries.oneOf(
        built, built.map(text -> text + ".com"), Arbitraries.strings().all().ofMaxLength(30));
  }

  private static String codeOf(String typed) {
    return ((Refused) HostnameRules.check(typed, OWN)).code();
  }

  private static String messageOf(String typed) {
    return ((Refused) HostnameRules.check(typed, OWN)).message();
  }
}
