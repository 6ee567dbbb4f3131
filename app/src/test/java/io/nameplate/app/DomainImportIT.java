package io.nameplate.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.adapters.keys.ChainSignatures;
import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.adapters.keys.SealedCertificateKeys;
import io.nameplate.adapters.keys.WrappedClusterKeys;
import io.nameplate.adapters.postgres.OperatorImports;
import io.nameplate.adapters.postgres.certificates.PostgresCertificateStore;
import io.nameplate.adapters.postgres.certificates.PostgresWrappedKeys;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.sandbox.tls.SmallAuthority;
import io.nameplate.sandbox.tls.SmallAuthority.Validity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Domains that an operator takes over with their certificates, on a real database.
class DomainImportIT {
  private final Instant now = Instant.now();

  @TempDir Path folder;
  private Installation installation;
  private Installation.Team team;
  private ClusterId cluster;
  private WrappedClusterKeys clusterKeys;
  private SmallAuthority elsewhere;
  private final KeyPair pairOfAll = SmallAuthority.newKey();
  private final List<String> bad = new ArrayList<>();

  @BeforeEach
  void begin() throws IOException {
    installation = Installation.begin();
    cluster = installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
    var wrapped = new PostgresWrappedKeys(installation.worker);
    clusterKeys =
        new WrappedClusterKeys(MasterKey.open(folder.resolve("master.key"), wrapped), wrapped);
    elsewhere = SmallAuthority.in(folder, "elsewhere");
  }

  @AfterEach
  void end() {
    installation.close();
  }

  @Test
  void servesWhatIsImportedFromTheSameCommitOn() throws Exception {
    var result = run(line("shop.customer.de"), line("www.kunde.de"));
    assertThat(result).isEqualTo(new DomainImport.Result(2, 0, 0));
    assertThat(
            one(
                "select string_agg(hostname || ' ' || state || ' ' || origin_url || ' ' || revision, ', ' order by revision) from entry"))
        .isEqualTo(
            "shop.customer.de serving https://origin.customer.de 1,"
                + " www.kunde.de serving https://origin.customer.de 2");
    assertThat(
            one(
                "select (revision = 2 and digest = entry_digest('shop.customer.de', 1) # entry_digest('www.kunde.de', 2))::text from cluster_position"))
        .isEqualTo("true");
    assertThat(
            one(
                "select string_agg(served::text, '') from unnest((select served_teams from cluster)) served"))
        .isEqualTo(team.id().uuid().toString());
  }

  @Test
  void tellsTheTeamThatTheOperatorsWordProvesIt() throws Exception {
    run(line("shop.customer.de"));
    var client = new Client(installation.server.uri(), team.key());
    var shown = client.get("/v1/domains").body().at("/domains/0");
    assertThat(shown.path("hostname").asText()).isEqualTo("shop.customer.de");
    assertThat(shown.path("status").asText()).isEqualTo("pending");
    assertThat(shown.path("conditions").findValuesAsText("reason"))
        .contains("proved-by-operator", "certificate-valid");
    assertThat(shown.at("/certificate/not_after").asText()).isNotEmpty();
    var events = client.get("/v1/domains/" + shown.path("id").asText() + "/events").body();
    assertThat(events.at("/events/0/type").asText()).isEqualTo("imported");
    assertThat(events.at("/events/0/data/operator").asText())
        .isEqualTo(System.getProperty("user.name"));
    assertThat(
            one(
                "select action || ' ' || (detail ->> 'imported') from operator_audit where action like 'import%'"))
        .isEqualTo("import domains 1");
  }

  @Test
  void sealsTheKeyThatCameAsNodesOpenIt() throws Exception {
    var pair = SmallAuthority.newKey();
    run(line("shop.customer.de", "shop.customer.de", pair));
    var sealed =
        Base64.getDecoder()
            .decode(
                one("select translate(encode(sealed, 'base64'), E'\\n', '') from certificate_key"));
    var id = new CertificateId(UUID.fromString(one("select id::text from certificate")));
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        clusterKeys.derived(cluster, ClusterKeys.Use.CERTIFICATE_KEY),
        new GCMParameterSpec(128, sealed, 1, 12));
    cipher.updateAAD((id + "|shop.customer.de").getBytes(US_ASCII));
    assertThat(cipher.doFinal(sealed, 13, sealed.length - 13))
        .isEqualTo(pair.getPrivate().getEncoded());
  }

  @Test
  void importsNothingTwice() throws Exception {
    var lines = new String[] {line("shop.customer.de"), line("www.kunde.de")};
    assertThat(run(lines[0])).isEqualTo(new DomainImport.Result(1, 0, 0));
    assertThat(run(lines[0], lines[1], lines[1])).isEqualTo(new DomainImport.Result(1, 2, 0));
    assertThat(run(lines[1], lines[0])).isEqualTo(new DomainImport.Result(0, 2, 0));
    assertThat(one("select revision::text from cluster_position")).isEqualTo("2");
    assertThat(one("select count(*)::text from certificate")).isEqualTo("2");
    assertThat(one("select count(*)::text from event where type = 'imported'")).isEqualTo("2");
    assertThat(bad).isEmpty();
  }

  @Test
  void namesBadLinesByNumberAndLeavesNothingOfThem() throws Exception {
    var other = SmallAuthority.newKey();
    var good = line("good.customer.de");
    var result =
        run(
            good,
            "",
            "{",
            line("www.public-suffix"),
            line("shop.customer.de", "www.customer.de", SmallAuthority.newKey()),
            line("key.customer.de").replace(escaped(pem(pairOfAll)), escaped(pem(other))),
            line("old.customer.de", "old.customer.de", pairOfAll, now.minusSeconds(60)),
            line("private.customer.de").replace("https://origin.customer.de", "http://10.1.2.3"),
            line("nobodys.customer.de").replace("}", ",\"team\":\"nobody\"}"),
            line("late.customer.de"));
    assertThat(result).isEqualTo(new DomainImport.Result(2, 0, 7));
    assertThat(bad).hasSize(7);
    assertThat(bad.get(0)).isEqualTo("line 3: It is no JSON object.");
    assertThat(bad.get(1)).startsWith("line 4: hostname: ");
    assertThat(bad.get(2))
        .isEqualTo("line 5: certificate: It is for www.customer.de, not for shop.customer.de.");
    assertThat(bad.get(3)).isEqualTo("line 6: certificate: It is for another key.");
    assertThat(bad.get(4)).startsWith("line 7: certificate: It ended at ");
    assertThat(bad.get(5)).startsWith("line 8: origin: 10.1.2.3 ");
    assertThat(bad.get(6)).isEqualTo("line 9: team: there is none named \"nobody\".");
    assertThat(bad).noneMatch(told -> told.contains("PRIVATE"));
    assertThat(one("select string_agg(hostname, ' ' order by hostname) from domain"))
        .isEqualTo("good.customer.de late.customer.de");
    for (var table : List.of("certificate", "certificate_key", "entry", "event")) {
      assertThat(one("select count(*)::text from " + table)).as(table).isEqualTo("2");
    }
  }

  @Test
  void takesNoNameThatAnotherTeamHoldsAndNoDomainThatTheTeamMade() throws Exception {
    var rival = installation.team("rival");
    var theirs = new Client(installation.server.uri(), rival.key()).add("held.customer.de");
    new Claims(installation).proved(rival.id(), theirs);
    new Client(installation.server.uri(), team.key()).add("own.customer.de");
    new Client(installation.server.uri(), rival.key()).add("claimed.customer.de");
    assertThat(run(line("held.customer.de"), line("own.customer.de"), line("claimed.customer.de")))
        .isEqualTo(new DomainImport.Result(1, 0, 2));
    assertThat(bad)
        .containsExactly(
            "line 1: another team holds held.customer.de.",
            "line 2: the team has a domain own.customer.de already, which is not served or has"
                + " another origin; it stays as it is.");
    assertThat(one("select hostname from entry")).isEqualTo("claimed.customer.de");
  }

  @Test
  void importsIntoNoOtherTeamsOwnCluster() throws Exception {
    var rival = installation.team("rival");
    cluster = installation.cluster("theirs", Optional.of(rival.id()), "192.0.2.2");
    assertThat(run(line("shop.customer.de"))).isEqualTo(new DomainImport.Result(0, 0, 1));
    assertThat(bad.getFirst()).contains("another team's own");
  }

  @Test
  void takesMoreThanOneBatchInTheirOrder() throws Exception {
    var pair = SmallAuthority.newKey();
    var lines =
        IntStream.range(0, 1_201)
            .mapToObj(i -> line("c%04d.customer.de".formatted(i), "*.customer.de", pair))
            .toArray(String[]::new);
    assertThat(run(lines)).isEqualTo(new DomainImport.Result(1_201, 0, 0));
    assertThat(
            one(
                "select (p.revision = 1201 and p.digest = (select bit_xor(e.digest) from entry e))::text from cluster_position p"))
        .isEqualTo("true");
    assertThat(one("select count(distinct revision)::text from entry")).isEqualTo("1201");
    assertThat(one("select count(*)::text from domain where due_at > now() + interval '1 hour'"))
        .isEqualTo("0");
  }

  @Test
  void forgetsTheKeyOfARemovedDomain() throws Exception {
    run(line("shop.customer.de"));
    var client = new Client(installation.server.uri(), team.key());
    var id = client.get("/v1/domains").body().at("/domains/0/id").asText();
    assertThat(client.delete("/v1/domains/" + id).status()).isEqualTo(202);
    new PostgresCertificateStore(installation.worker).forget(DomainId.parse(id));
    assertThat(one("select count(*)::text from certificate_key")).isEqualTo("0");
  }

  private DomainImport.Result run(String... lines) throws IOException, InterruptedException {
    var file =
        new ImportFile(
            cluster,
            installation.desk::team,
            Optional.of(team.id()),
            Set.of(new Hostname("sandbox")),
            AddressPolicy.PUBLIC,
            new SealedCertificateKeys(clusterKeys),
            new ChainSignatures());
    return new DomainImport(
            file,
            new OperatorImports(installation.operator),
            Duration.ofMinutes(30),
            Clock.systemUTC(),
            bad::add)
        .run(new BufferedReader(new StringReader(String.join("\n", lines))), _ -> {});
  }

  private String line(String hostname) {
    return line(hostname, hostname, pairOfAll);
  }

  private String line(String hostname, String named, KeyPair pair) {
    return line(hostname, named, pair, now.plus(Duration.ofDays(60)));
  }

  private String line(String hostname, String named, KeyPair pair, Instant until) {
    var certificate =
        elsewhere.issue(
            List.of(named), pair.getPublic(), new Validity(now.minus(Duration.ofDays(1)), until));
    return EdgeNode.JSON
        .createObjectNode()
        .put("hostname", hostname)
        .put("origin", "https://origin.customer.de")
        .put("certificate", SmallAuthority.pem(certificate) + elsewhere.rootPem())
        .put("private_key", pem(pair))
        .toString();
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static String escaped(String text) {
    var quoted = EdgeNode.JSON.getNodeFactory().textNode(text).toString();
    return quoted.substring(1, quoted.length() - 1);
  }

  /// The one value that a query has.
  private String one(String sql) {
    return installation.admin.inNoTeam(connection -> {
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        row.next();
        return String.valueOf(row.getString(1));
      }
    });
  }
}
