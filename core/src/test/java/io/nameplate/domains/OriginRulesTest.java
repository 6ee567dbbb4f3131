package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.domains.OriginCheck.Accepted;
import io.nameplate.domains.OriginCheck.Refused;
import java.net.URI;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginRulesTest {
  private static final AddressPolicy OWN_EDGES =
      new AddressPolicy(List.of(), List.of(Cidr.parse("198.41.0.0/24"), Cidr.parse("2a00::/32")));

  @ParameterizedTest
  @CsvSource({
    "https://origin.example.net,           https://origin.example.net",
    "HTTPS://Origin.Example.NET/,          https://origin.example.net",
    "https://origin.example.net.,          https://origin.example.net",
    "https://origin.example.net:443,       https://origin.example.net",
    "http://origin.example.net:80/app,     http://origin.example.net/app",
    "http://origin.example.net:8080,       http://origin.example.net:8080",
    "https://origin.example.net/a/b%20c/,  https://origin.example.net/a/b%20c/",
    "https://bücher.de,                    https://xn--bcher-kva.de",
    "https://1.1.1.1:8443,                 https://1.1.1.1:8443",
    "https://[2606:4700:0:0::1111]/,       https://[2606:4700::1111]",
    "https://plain.origins.sandbox:14020,  https://plain.origins.sandbox:14020",
  })
  void takesUrls(String typed, String url) {
    assertThat(OriginRules.check(typed, AddressPolicy.PUBLIC)).isEqualTo(new Accepted(url));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``,                                     origin-not-a-url",
        "`origin.example.net`,                   origin-not-a-url",
        "`/path`,                                origin-not-a-url",
        "`https:origin.example.net`,             origin-not-a-url",
        "`https:\\\\origin.example.net`,         origin-not-a-url",
        "`ftp://origin.example.net`,             origin-scheme",
        "`file:///etc/passwd`,                   origin-scheme",
        "`gopher://origin.example.net`,          origin-scheme",
        "`https://`,                             origin-host",
        "`https://:443`,                         origin-host",
        "`https://user@origin.example.net`,      origin-userinfo",
        "`https://u:p@origin.example.net`,       origin-userinfo",
        "`https://origin.example.net@evil.com`,  origin-userinfo",
        "`https://origin.example.net?x=1`,       origin-query",
        "`https://origin.example.net/#top`,      origin-query",
        "`https://origin.example.net:0`,         origin-port",
        "`https://origin.example.net:65536`,     origin-port",
        "`https://origin.example.net:999999`,    origin-port",
        "`https://origin.example.net/../admin`,  origin-path",
        "`https://origin.example.net/%2e%2e/`,   origin-path",
        "`https://origin.example.net/%zz`,       origin-path",
        "`https://origin.example.net/a b`,       origin-path",
        "`https://origin .example.net`,          origin-host",
        "`https://my_origin.example.net`,        origin-host",
        "`https://origin..example.net`,          origin-host",
        "`https://[::1`,                         origin-host",
        "`https://[v1.x]`,                       origin-host",
        "`https://backend`,                      origin-host",
        "`https://1.2.3.4.5`,                    origin-host",
        "`https://foo.1abc`,                     origin-host",
        "`https://foo.1abc.`,                    origin-host",
        "`https://foo.0x`,                       origin-host",
        "`https://foo.0xg`,                      origin-host",
        "`https://a.b.09`,                       origin-host",
        "`https://origin.example.9com`,          origin-host",
      })
  void refusesEachForItsReason(String typed, String code) {
    assertThat(((Refused) OriginRules.check(typed, AddressPolicy.PUBLIC)).code()).isEqualTo(code);
  }

  /// Every way we know to write an address that is not an origin's.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0",
        "0.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "0X7F.0.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0177.1",
        "127.0.0.0x1",
        "１２７.0.0.1",
        "127。0。0。1",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "10.0.0.1",
        "10.255.255.255",
        "0xa.0.0.1",
        "167772161",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "3232235521",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2001:0:7f00:1::]",
        "[100::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[4000::1]",
        "[::ffff:8.8.8.8]",
        "198.41.0.4",
        "[2a00::1]",
      })
  void refusesAddressesThatAreNotPublic(String host) {
    var check = OriginRules.check("http://" + host + "/", OWN_EDGES);
    assertThat(check).isInstanceOf(Refused.class);
    assertThat(((Refused) check).code()).startsWith("origin-address");
  }

  @Test
  void takesWhatAnAdministratorAllowedAndNothingBeside() {
    var sandbox = new AddressPolicy(List.of(Cidr.parse("127.0.80.1/32")), List.of());
    assertThat(OriginRules.check("http://127.0.80.1:14020", sandbox)).isInstanceOf(Accepted.class);
    assertThat(OriginRules.check("http://127.0.80.2:14020", sandbox)).isInstanceOf(Refused.class);
    assertThat(OriginRules.check("http://localhost", sandbox)).isInstanceOf(Refused.class);
    assertThat(OriginRules.check("http://0x7f005001", sandbox)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://origin.example.net,                https, origin.example.net,  443,  /",
    "http://origin.example.net,                 http,  origin.example.net,  80,   /",
    "http://1.1.1.1:8080/a/b%20c/,              http,  1.1.1.1,             8080, /a/b%20c/",
    "https://[2606:4700::1111]/x,               https, 2606:4700::1111,     443,  /x",
    "https://[2606:4700::1111]:65535,           https, 2606:4700::1111,     65535, /",
    "https://1a.3com,                           '',    '',                  0,    ''",
    "https://3com.1and1.de,                     https, 3com.1and1.de,       443,  /",
  })
  void takesAUrlApart(String typed, String scheme, String host, int port, String path) {
    var check = OriginRules.check(typed, AddressPolicy.PUBLIC);
    if (scheme.isEmpty()) {
      assertThat(check).isInstanceOf(Refused.class);
      return;
    }
    var origin = new Origin(((Accepted) check).url(), HostHeader.VISITOR);
    assertThat(origin.scheme()).isEqualTo(scheme);
    assertThat(origin.host()).isEqualTo(host);
    assertThat(origin.port()).isEqualTo(port);
    assertThat(origin.path()).isEqualTo(path);
  }

  @Test
  void saysWhenAStoredUrlIsNoOrigin() {
    var broken = new Origin("https://foo_bar:99999", HostHeader.VISITOR);
    assertThat(broken.wellFormed()).isFalse();
    assertThatThrownBy(broken::host).isInstanceOf(IllegalStateException.class);
  }

  /// Nodes get the parts of every origin: one that has none would stop a whole cluster's feed.
  @Property(tries = 20_000)
  void everyAcceptedUrlHasAllItsParts(@ForAll("urls") String typed) {
    var sandbox = new AddressPolicy(List.of(Cidr.parse("127.0.80.1/32")), List.of());
    if (OriginRules.check(typed, sandbox) instanceof Accepted(var url)) {
      var origin = new Origin(url, HostHeader.VISITOR);
      assertThat(origin.wellFormed()).as(url).isTrue();
      assertThat(origin.scheme()).isIn("http", "https");
      assertThat(origin.host()).isNotEmpty();
      assertThat(origin.port()).isBetween(1, 65535);
      assertThat(origin.path()).startsWith("/");
      assertThat(OriginRules.check(url, sandbox)).isEqualTo(new Accepted(url));
      // What other programs read with RFC 3986 at hand has the same host.
      assertThat(URI.create(url).getHost()).isIn(origin.host(), "[" + origin.host() + "]");
    }
  }

  @Provide
  Arbitrary<String> urls() {
    var pieces =
        Arbitraries.of(
            "origin",
            "example",
            "net",
            ".",
            "-",
            "xn--",
            "ü",
            "ß",
            "。",
            "_",
            "1",
            "0x",
            "09",
            "1abc",
            "9",
            "A",
            ":",
            "8080",
            "0",
            "/",
            "%20",
            "%",
            "..",
            "[",
            "]",
            "2606:4700::1",
            "127.0.80.1",
            "@",
            "例え",
            "de",
            "\u200c",
            "a");
    var host = pieces.list().ofMaxSize(8).map(list -> String.join("", list));
    return Combinators.combine(Arbitraries.of("http://", "https://", "HTTPS://"), host)
        .as((scheme, rest) -> scheme + rest);
  }

  @Test
  void neverRepeatsAPassword() {
    var refused = (Refused) OriginRules.check("https://me:secret@acme.com", AddressPolicy.PUBLIC);
    assertThat(refused.message()).doesNotContain("secret");
  }
}
