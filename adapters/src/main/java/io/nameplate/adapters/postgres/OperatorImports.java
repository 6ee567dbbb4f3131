package io.nameplate.adapters.postgres;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.addresses.AddressText;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.PresentCertificate;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Sealed;
import io.nameplate.domains.CertificateFindings;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.LookRule;
import io.nameplate.domains.NewDomain;
import io.nameplate.teams.TeamId;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Domains that the operator takes over from another provider, written hundreds at a time.
public final class OperatorImports {
  /// Entries of one commit at most: more would keep other changes of the cluster waiting.
  public static final int MOST = 500;

  private final Database database;

  public OperatorImports(Database database) {
    this.database = database;
  }

  /// A domain with the certificate it comes with.
  ///
  /// @param number by which the outcome is told
  /// @param present the same certificate, as decisions need it
  /// @param key the certificate's, sealed under the cluster's
  public record Brought(
      int number,
      TeamId team,
      NewDomain domain,
      PresentCertificate present,
      IssuedCertificate certificate,
      Sealed key) {}

  /// What came of one.
  public enum Outcome {
    /// It is served from this commit on.
    IMPORTED,
    /// The team has it already, with this origin. Nothing was written.
    THERE,
    /// The team has another domain of this name: not served, or with another origin.
    OTHER,
    /// Another team holds the hostname.
    HELD,
    /// The cluster is another team's own.
    CLUSTER
  }

  /// Writes [#MOST] domains at most in one transaction; those that cannot be written leave nothing
  /// behind. Doing it again writes nothing.
  ///
  /// @param lookWithin over how long the first looks at them are spread
  /// @return by number
  public Map<Integer, Outcome> write(
      ClusterId cluster, List<Brought> domains, Duration lookWithin) {
    var lines = new ArrayNode(JsonNodeFactory.instance);
    domains.forEach(domain -> put(lines, domain));
    return OperatorDesk.asOperator(
        database, connection -> write(connection, cluster, lines, lookWithin));
  }

  private static Map<Integer, Outcome> write(
      Connection connection, ClusterId cluster, ArrayNode lines, Duration lookWithin)
      throws SQLException {
    try (var call =
        connection.prepareStatement(
            "select * from import_domains(?, ?::jsonb, make_interval(secs => ?))")) {
      Columns.bind(call, cluster.uuid(), lines.toString(), (double) lookWithin.toSeconds());
      try (var row = call.executeQuery()) {
        var outcomes = new HashMap<Integer, Outcome>();
        while (row.next()) {
          outcomes.put(row.getInt("line"), Columns.word(Outcome.class, row, "outcome"));
        }
        return outcomes;
      }
    }
  }

  private static void put(ArrayNode lines, Brought brought) {
    var name = brought.domain().name();
    var certificate = brought.certificate();
    lines
        .addObject()
        .put("line", brought.number())
        .put("domain", brought.domain().id().uuid().toString())
        .put("team", brought.team().uuid().toString())
        .put("hostname", name.ascii().ascii())
        .put("reversed", NewDomains.reversed(name.ascii().ascii()))
        .put("unicode", name.unicode())
        .put("origin_url", brought.domain().origin().url())
        .put("host_header", brought.domain().origin().hostHeader().word())
        .put("cname_label", brought.domain().cnameLabel())
        .put("txt_token", brought.domain().txtToken())
        .put("certificate", brought.present().id().uuid().toString())
        .put("chain", certificate.chain())
        .put("issuer", certificate.issuer())
        .put("serial", certificate.serial())
        .put("sha256", certificate.sha256())
        .put("not_before", certificate.validity().notBefore().toString())
        .put("not_after", certificate.validity().notAfter().toString())
        .put("renew_from", brought.present().renewFrom().toString())
        .put("sealed", Base64.getEncoder().encodeToString(brought.key().bytes()))
        .put("vouched", LookRule.byOperator(List.of()).message())
        .put("valid", CertificateFindings.valid(brought.present()).message());
  }

  /// Zones in which nobody gets a hostname: the clusters' own.
  public Set<Hostname> zones() {
    return texts("select cname_zone from cluster").stream()
        .map(Hostname::new)
        .collect(Collectors.toSet());
  }

  /// Where clusters and nodes listen; no origin may be there.
  public List<InetAddress> ownAddresses() {
    return texts("select at from own_addresses() as at").stream()
        .flatMap(at -> AddressText.parse(at).stream())
        .toList();
  }

  private List<String> texts(String sql) {
    return database.inNoTeam(connection -> {
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        var found = new ArrayList<String>();
        while (row.next()) {
          found.add(row.getString(1));
        }
        return found;
      }
    });
  }
}
