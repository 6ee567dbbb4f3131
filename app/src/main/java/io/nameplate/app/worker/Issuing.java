package io.nameplate.app.worker;

import io.nameplate.adapters.acme.AcmeCertificateAuthority;
import io.nameplate.adapters.acme.AcmeSettings;
import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.adapters.keys.SealedCertificateKeys;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.certificates.PostgresCaAccounts;
import io.nameplate.adapters.postgres.certificates.PostgresCertificateStore;
import io.nameplate.adapters.postgres.certificates.PostgresIssuanceStore;
import io.nameplate.app.ConfigurationException;
import io.nameplate.app.Environment;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.dns.CaaIdentity;
import io.nameplate.workflows.certificates.IssuanceActivities;
import io.nameplate.workflows.certificates.IssuanceSettings;
import io.nameplate.workflows.certificates.Pulse;
import io.nameplate.workflows.certificates.RenewalActivities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/// The steps to certificates, from the worker's settings.
///
/// @param steps of runs
/// @param renewals of the monitor
/// @param identity how the CA is named in CAA records, and our account there once it is known
record Issuing(
    IssuanceActivities steps, RenewalActivities renewals, Supplier<CaaIdentity> identity) {

  static Issuing open(
      Environment environment,
      Database database,
      MasterKey master,
      ClusterKeys clusterKeys,
      Clock clock) {
    var acme =
        AcmeSettings.of(
            directory(environment), environment.text("NAMEPLATE_ACME_CA_FILE").map(Path::of));
    var ca = new AcmeCertificateAuthority(acme, new PostgresCaAccounts(database), master, clock);
    var caaDomain = environment.required("NAMEPLATE_ACME_CAA_IDENTITY");
    var issuances = new PostgresIssuanceStore(database, clock);
    var certificates = new PostgresCertificateStore(database);
    var settings =
        new IssuanceSettings(
            environment.text("NAMEPLATE_ACME_PROFILE"),
            environment
                .text("NAMEPLATE_ACME_RENEWAL_INFO_EVERY")
                .map(
                    _ -> environment.duration("NAMEPLATE_ACME_RENEWAL_INFO_EVERY", Duration.ZERO)));
    var pulse = Pulse.ofActivity(clock);
    return new Issuing(
        new IssuanceActivities(
            ca,
            issuances,
            certificates,
            new SealedCertificateKeys(clusterKeys),
            settings,
            clock,
            pulse),
        new RenewalActivities(ca, certificates, settings, clock, pulse),
        () -> new CaaIdentity(caaDomain, ca.account().map(URI::toString)));
  }

  private static URI directory(Environment environment) {
    var key = "NAMEPLATE_ACME_DIRECTORY_URL";
    try {
      return URI.create(environment.required(key));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }
}
