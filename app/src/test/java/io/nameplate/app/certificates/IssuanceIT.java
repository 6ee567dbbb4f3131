package io.nameplate.app.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nameplate.adapters.acme.AcmeCertificateAuthority;
import io.nameplate.adapters.acme.AcmeSettings;
import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.adapters.keys.SealedCertificateKeys;
import io.nameplate.adapters.keys.WrappedClusterKeys;
import io.nameplate.adapters.postgres.certificates.PostgresCaAccounts;
import io.nameplate.adapters.postgres.certificates.PostgresCertificateStore;
import io.nameplate.adapters.postgres.certificates.PostgresIssuanceStore;
import io.nameplate.adapters.postgres.certificates.PostgresWrappedKeys;
import io.nameplate.adapters.postgres.lifecycle.PostgresDomainLedger;
import io.nameplate.certificates.CertificateAuthority;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.clusters.ClusterKeys.Use;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import io.nameplate.sandbox.acme.AcmeFault;
import io.nameplate.sandbox.acme.AcmeFaults.Plan;
import io.nameplate.sandbox.acme.AcmeOperation;
import io.nameplate.sandbox.acme.WrongCertificate;
import io.nameplate.workflows.certificates.Begun;
import io.nameplate.workflows.certificates.Completed;
import io.nameplate.workflows.certificates.IssuanceActivities;
import io.nameplate.workflows.certificates.IssuanceSettings;
import io.nameplate.workflows.certificates.IssuanceSteps;
import io.nameplate.workflows.certificates.IssuanceSteps.Begin;
import io.nameplate.workflows.certificates.IssuanceSteps.Complete;
import io.nameplate.workflows.certificates.IssuanceSteps.Why;
import io.nameplate.workflows.certificates.RenewalActivities;
import io.nameplate.workflows.certificates.RenewalSteps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Certificates on real parts: PostgreSQL, Pebble behind the sandbox's faults, HTTP-01 asked over
/// HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuanceIT {
  private static final Duration TOLERANCE = Duration.ofSeconds(5);

  @TempDir static Path folder;
  private TestRecord record;
  private AnsweringNode node;
  private TestCa testCa;
  private MasterKey master;
  private WrappedClusterKeys clusterKeys;
  private CertificateAuthority ca;
  private Duration clockAhead = Duration.ZERO;

  @BeforeAll
  void start() throws IOException {
    record = new TestRecord(folder);
    node = new AnsweringNode(record);
    testCa = new TestCa(folder, node.port());
    var wrapped = new PostgresWrappedKeys(record.worker());
    master = MasterKey.open(folder.resolve("master.key"), wrapped);
    clusterKeys = new WrappedClusterKeys(master, wrapped);
    ca =
        new AcmeCertificateAuthority(
            AcmeSettings.of(testCa.directory(), Optional.of(testCa.trustFile())),
            new PostgresCaAccounts(record.worker()),
            master,
            this::now);
  }

  @AfterAll
  void stop() throws IOException {
    testCa.close();
    node.close();
    record.close();
  }

  @BeforeEach
  void calm() {
    testCa.proxy().faults().clear();
    testCa.proxy().log().clear();
    node.answerAgain();
    clockAhead = Duration.ZERO;
    record.execute("delete from acme_rest");
  }

  @Test
  void anIssuedCertificateIsTheDomainsWantedOneAndTheStoryIsWritten() throws Exception {
    var domain = addDomain();

    var issued = (Completed.Issued) issue(domain);

    assertThat(
            record.texts(
                "select certificate_id::text from domain where id = '%s'".formatted(domain.uuid())))
        .containsExactly(CertificateId.parse(issued.certificateId()).uuid().toString());
    var chain = IssuedCertificate.parse(chain(domain));
    assertThat(chain.getFirst().getNotAfter().toInstant()).isEqualTo(issued.notAfter());
    assertThat(Duration.between(issued.notBefore(), issued.notAfter()))
        .isCloseTo(Duration.ofDays(90), TOLERANCE);
    assertThat(chain.getFirst().getSubjectAlternativeNames())
        .containsExactly(List.of(2, hostname(domain)));
    assertThat(
            record.texts(
                "select type from event where domain_id = '%s' order by xid, seq"
                    .formatted(domain.uuid())))
        .containsExactly("certificate-ordered", "certificate-issued");
    assertThat(
            record.texts(
                "select token from answer where domain_id = '%s' and not removed"
                    .formatted(domain.uuid())))
        .isEmpty();
    assertThat(orders(domain)).isEqualTo(1);
  }

  @Test
  void theKeyIsSealedForTheClustersNodesAndStandsNowhereElse() throws Exception {
    var domain = addDomain();
    var issued = (Completed.Issued) issue(domain);

    var key = openKey(domain, issued.certificateId());

    assertFits(key, IssuedCertificate.parse(chain(domain)).getFirst());
    var secret = HexFormat.of().formatHex(withoutSign(key.getS().toByteArray()));
    var dump = dump();
    assertThat(dump).doesNotContain(secret).doesNotContain("PRIVATE KEY");
    var clusterKey =
        HexFormat.of()
            .formatHex(clusterKeys.derived(record.cluster, Use.CERTIFICATE_KEY).getEncoded());
    assertThat(dump).doesNotContain(clusterKey);
  }

  @Test
  void aKeyMovedToAnotherRowDoesNotOpen() {
    var one = addDomain();
    var other = addDomain();
    var first = (Completed.Issued) issue(one);
    var second = (Completed.Issued) issue(other);
    record.execute(
        """
        update certificate_key set sealed = (select sealed from certificate_key where certificate_id = '%s') where certificate_id = '%s'\
        """
            .formatted(uuid(first.certificateId()), uuid(second.certificateId())));

    assertThatThrownBy(() -> openKey(other, second.certificateId()))
        .isInstanceOf(AEADBadTagException.class);
  }

  @Test
  void beginningTwiceOrdersOnceAndMovesNoPosition() {
    var domain = addDomain();
    var steps = steps(ca, "default");

    var first = steps.begin(begin(domain, Why.FIRST));
    var second = steps.begin(begin(domain, Why.FIRST));

    assertThat(second).isEqualTo(first);
    assertThat(orders(domain)).isEqualTo(1);
  }

  @Test
  void twoThatBeginAtOnceEndWithOneOrder() throws Exception {
    var domain = addDomain();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Begun> beginning = () -> steps(ca, "default").begin(begin(domain, Why.FIRST));
      var both = threads.invokeAll(List.of(beginning, beginning));

      assertThat(issuanceId(both.get(0).get())).isEqualTo(issuanceId(both.get(1).get()));
    }
    assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);
    assertThat(finalized(domain)).isEqualTo(1);
  }

  @Test
  void completingTwiceGivesTheSameCertificate() {
    var domain = addDomain();
    var steps = steps(ca, "default");
    var complete =
        new Complete(domain.toString(), issuanceId(steps.begin(begin(domain, Why.FIRST))));

    var first = steps.complete(complete);

    assertThat(steps.complete(complete)).isEqualTo(first);
    assertThat(finalized(domain)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = AcmeOperation.class,
      names = {
        "NEW_ORDER",
        "ORDER",
        "AUTHORIZATION",
        "CHALLENGE",
        "FINALIZE",
        "CERTIFICATE",
        "NEW_NONCE"
      })
  void aReplyThatIsLostCostsNoSecondOrder(AcmeOperation operation) {
    var domain = addDomain();
    fault(AcmeFault.REPLY_LOST, Optional.of(operation), 1, Duration.ZERO);

    assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);

    assertThat(orders(domain)).isEqualTo(1);
    assertThat(finalized(domain)).isEqualTo(1);
    assertThat(
            record.texts(
                "select state from issuance where domain_id = '%s'".formatted(domain.uuid())))
        .containsExactly("issued");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aCaThatForgetsEverythingBetweenTwoExchangesIsOrderedFromAgain(int exchange) {
    var domain = addDomain();
    var restarting = new Restarting(ca, exchange, testCa::restart);

    assertThat(issue(domain, steps(restarting, "default"), Why.FIRST))
        .isInstanceOf(Completed.Issued.class);

    assertThat(
            record.texts(
                "select count(*)::text from issuance where domain_id = '%s' and counted"
                    .formatted(domain.uuid())))
        .containsExactly("0");
  }

  @Test
  void nineRejectedNoncesOfTenAreOvercome() {
    testCa.restartRejectingNonces(90);
    try {
      assertThat(issue(addDomain())).isInstanceOf(Completed.Issued.class);
    } finally {
      testCa.restartRejectingNonces(5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CAA, FINALIZE, CA_CAA_FORBIDS, caa",
    "CAA, NEW_ORDER, CA_CAA_FORBIDS, caa",
    "DNS, AUTHORIZATION, CA_SAW_DNS_FAILURE, dns",
    "UNAUTHORIZED, AUTHORIZATION, CA_VALIDATION_FAILED, unauthorized",
    "UNAUTHORIZED, NEW_ORDER, CA_REFUSED_ORDER, unauthorized"
  })
  void aRefusalHasItsReasonTheCasWordsAndAMinuteToWait(
      AcmeFault fault, AcmeOperation operation, Reason reason, String type) {
    var domain = addDomain();
    fault(fault, Optional.of(operation), 1, Duration.ZERO);

    var before = Instant.now();
    var outcome = issue(domain);

    assertThat(outcome).isInstanceOf(Completed.NotNow.class);
    var later = (Completed.NotNow) outcome;
    assertThat(later.reason()).isEqualTo(reason);
    assertThat(later.problemType()).isEqualTo("urn:ietf:params:acme:error:" + type);
    assertRests(before, Duration.ofMinutes(1), later.retryAt());
    assertThat(
            record.texts(
                "select data->>'problem_type' from event where domain_id = '%s' and type = 'certificate-failed'"
                    .formatted(domain.uuid())))
        .containsExactly("urn:ietf:params:acme:error:" + type);
    assertThat(
            record.texts(
                "select count(*)::text from certificate_key k join issuance i using (certificate_id) where i.domain_id = '%s'"
                    .formatted(domain.uuid())))
        .containsExactly("0");
  }

  @Test
  void aNodeThatDoesNotAnswerFailsTheValidationAndTheNextTryAMinuteLaterSucceeds() {
    var domain = addDomain();
    node.stopAnswering();
    var failed = (Completed.NotNow) issue(domain);
    assertThat(failed.reason()).isEqualTo(Reason.CA_VALIDATION_FAILED);
    node.answerAgain();

    assertThat(issue(domain)).isInstanceOf(Completed.NotNow.class);
    clockAhead = Duration.ofSeconds(61);

    assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);
  }

  @Test
  void aNameOnTheCasBlocklistIsRefused() {
    var domain = record.addDomain(new Hostname("blocked-domain.example"));

    assertThat(((Completed.NotNow) issue(domain)).reason()).isEqualTo(Reason.CA_REFUSED_IDENTIFIER);
  }

  @Test
  void aRateLimitIsObeyedWithoutAskingTheCaAgain() {
    var domain = addDomain();
    fault(AcmeFault.RATE_LIMITED, Optional.of(AcmeOperation.NEW_ORDER), 1, Duration.ofMinutes(20));

    var before = Instant.now();
    var first = (Completed.NotNow) issue(domain);
    var asked = testCa.proxy().log().all().size();
    var second = (Completed.NotNow) issue(domain);

    assertThat(first.reason()).isEqualTo(Reason.CA_RATE_LIMITED);
    assertRests(before, Duration.ofMinutes(20), first.retryAt());
    assertThat(second.retryAt()).isCloseTo(first.retryAt(), within(1, ChronoUnit.SECONDS));
    assertThat(testCa.proxy().log().all()).hasSize(asked);
    clockAhead = Duration.ofMinutes(21);
    assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);
    assertThat(orders(domain)).isEqualTo(1);
  }

  @Test
  void whatTheCaAsksOfTheAccountHoldsForEveryDomain() {
    fault(AcmeFault.RATE_LIMITED, Optional.of(AcmeOperation.NEW_ORDER), 1, Duration.ofMinutes(20));
    var first = (Completed.NotNow) issue(addDomain());
    var asked = testCa.proxy().log().all().size();

    var other = addDomain();
    var second = (Completed.NotNow) issue(other);

    assertThat(second.reason()).isEqualTo(Reason.CA_RATE_LIMITED);
    assertThat(second.retryAt()).isCloseTo(first.retryAt(), within(1, ChronoUnit.SECONDS));
    assertThat(testCa.proxy().log().all()).as("nobody asked").hasSize(asked);
    clockAhead = Duration.ofMinutes(21);
    assertThat(issue(other)).isInstanceOf(Completed.Issued.class);
  }

  @Test
  void aLimitOfARegisteredDomainHoldsForItsNamesAlone() {
    var base = "acme-%s.com".formatted(UUID.randomUUID().toString().substring(0, 8));
    var limited =
        steps(
            new Limiting(
                ca,
                "too many certificates (50) already issued for \"%s\" in the last 168h0m0s, retry after 2027-01-01 00:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-registered-domain"
                    .formatted(base),
                now().plus(Duration.ofMinutes(20))),
            "default");
    var first = (Completed.NotNow) issue(named("a." + base), limited, Why.FIRST);
    var asked = testCa.proxy().log().all().size();

    var second = (Completed.NotNow) issue(named("b.c." + base));

    assertThat(first.reason()).isEqualTo(Reason.CA_RATE_LIMITED);
    assertThat(second.reason()).isEqualTo(Reason.CA_RATE_LIMITED);
    assertThat(testCa.proxy().log().all()).as("nobody asked").hasSize(asked);
    assertThat(issue(named("a.not-" + base))).isInstanceOf(Completed.Issued.class);
    clockAhead = Duration.ofMinutes(21);
    assertThat(issue(named("d." + base))).isInstanceOf(Completed.Issued.class);
  }

  @Test
  void aLimitOfOneNameHoldsNobodyElseUp() {
    var limited =
        steps(
            new Limiting(
                ca,
                "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2027-01-01 00:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers",
                now().plus(Duration.ofMinutes(20))),
            "default");
    var domain = addDomain();
    assertThat(issue(domain, limited, Why.FIRST)).isInstanceOf(Completed.NotNow.class);

    assertThat(issue(addDomain())).isInstanceOf(Completed.Issued.class);
    assertThat(((Completed.NotNow) issue(domain)).reason()).isEqualTo(Reason.CA_RATE_LIMITED);
  }

  @Test
  void aLimitOfTheAccountsNewOrdersLeavesRenewalsAlone() {
    var served = addDomain();
    issue(served);
    var limited =
        steps(
            new Limiting(
                ca,
                "too many new orders (300) from this account in the last 3h0m0s, retry after 2027-01-01 00:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/#new-orders-per-account",
                now().plus(Duration.ofMinutes(20))),
            "default");
    assertThat(issue(addDomain(), limited, Why.FIRST)).isInstanceOf(Completed.NotNow.class);

    assertThat(issue(addDomain())).isInstanceOf(Completed.NotNow.class);
    assertThat(issue(served, steps(ca, "default"), Why.RENEWAL))
        .isInstanceOf(Completed.Issued.class);
  }

  @Test
  void ordersNothingAfterARestoreUntilEveryNodeWasCompared() {
    joined("edge-a");
    joined("edge-b");
    record.execute("select after_restore()");
    try {
      compared("edge-a");
      var domain = addDomain();
      var asked = testCa.proxy().log().all().size();
      var before = Instant.now();

      var paused = (Completed.NotNow) issue(domain);

      assertThat(paused.reason()).isEqualTo(Reason.ORDERS_PAUSED);
      assertThat(paused.message()).endsWith("waits for edge-b.");
      assertRests(before, Duration.ofMinutes(1), paused.retryAt());
      assertThat(testCa.proxy().log().all()).as("nobody asked").hasSize(asked);
      compared("edge-b");
      assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);
      joined("edge-c");
      assertThat(issue(addDomain())).as("it ended for good").isInstanceOf(Completed.Issued.class);
    } finally {
      record.execute("delete from node");
      record.execute("update cluster_position set restored_at = null");
    }
  }

  private void joined(String node) {
    record.execute(
        """
        insert into node (id, cluster_id, name, state, https_address, http_address, version, csr, sealing_key, epoch, revision)
          values (gen_random_uuid(), '%s', '%s', 'joined', '127.0.0.1:443', '127.0.0.1:80', '0.1.0', '', '', 1, 0)\
        """
            .formatted(record.cluster.uuid(), node));
  }

  /// It acked in the epoch that began with the restore.
  private void compared(String node) {
    record.execute(
        "update node set epoch = (select epoch from cluster_position) where name = '%s'"
            .formatted(node));
  }

  private DomainId named(String hostname) {
    return record.addDomain(new Hostname(hostname));
  }

  @Test
  void aRefusalThatIsNotAboutTheReplacedCertificateIsNotOrderedAround() {
    var domain = addDomain();
    issue(domain);
    fault(AcmeFault.CAA, Optional.of(AcmeOperation.NEW_ORDER), 1, Duration.ZERO);

    assertThat(((Completed.NotNow) issue(domain, steps(ca, "default"), Why.RENEWAL)).reason())
        .isEqualTo(Reason.CA_CAA_FORBIDS);

    assertThat(orders(domain)).isEqualTo(1);
  }

  @Test
  void aCaThatIsAwayIsNoFailedTry() {
    var domain = addDomain();
    fault(AcmeFault.UNAVAILABLE, Optional.empty(), 100, Duration.ofSeconds(30));

    var away = (Completed.NotNow) issue(domain);
    testCa.proxy().faults().clear();
    clockAhead = Duration.ofSeconds(31);

    assertThat(away.reason()).isEqualTo(Reason.CA_UNAVAILABLE);
    assertThat(issue(domain)).isInstanceOf(Completed.Issued.class);
    assertThat(
            record.texts(
                "select count(*)::text from issuance where domain_id = '%s'"
                    .formatted(domain.uuid())))
        .containsExactly("1");
  }

  @ParameterizedTest
  @EnumSource
  void aWrongCertificateIsNeverStored(WrongCertificate wrong) {
    var domain = addDomain();
    testCa
        .proxy()
        .faults()
        .add(
            new Plan(
                AcmeFault.WRONG_CERTIFICATE,
                Optional.of(AcmeOperation.CERTIFICATE),
                Optional.empty(),
                Optional.of(100),
                Duration.ZERO,
                Duration.ZERO,
                wrong));

    assertThat(((Completed.NotNow) issue(domain)).reason())
        .isEqualTo(Reason.CA_SENT_WRONG_CERTIFICATE);

    assertThat(
            record.texts(
                "select id::text from certificate where domain_id = '%s'".formatted(domain.uuid())))
        .isEmpty();
  }

  @Test
  void renewalNamesTheCertificateItReplacesAndTheOldKeyIsForgottenOnlyWhenRetired() {
    var domain = addDomain();
    var old = (Completed.Issued) issue(domain, steps(ca, "twominutes"), Why.FIRST);
    assertThat(Duration.between(old.notBefore(), old.notAfter()))
        .isCloseTo(Duration.ofMinutes(2), TOLERANCE);
    assertThat(Duration.between(old.notBefore(), old.renewFrom()))
        .isCloseTo(Duration.ofSeconds(80), TOLERANCE);

    var steps = steps(ca, "twominutes");
    var renewed = (Completed.Issued) issue(domain, steps, Why.RENEWAL);

    assertThat(replaces(domain)).containsExactly(true);
    assertThat(keys(domain)).isEqualTo(2);
    steps.retire(new IssuanceSteps.Retire(domain.toString(), renewed.certificateId()));
    assertThat(keys(domain)).isEqualTo(1);
    assertThat(
            record.texts(
                "select certificate_id::text from certificate_key k join certificate c on c.id = k.certificate_id where c.domain_id = '%s'"
                    .formatted(domain.uuid())))
        .containsExactly(uuid(renewed.certificateId()).toString());
  }

  @Test
  void whatIsReplacedAlreadyIsRenewedWithoutSayingSo() {
    var domain = addDomain();
    issue(domain, steps(ca, "default"), Why.FIRST);
    var first =
        record
            .texts(
                "select certificate_id::text from domain where id = '%s'".formatted(domain.uuid()))
            .getFirst();
    issue(domain, steps(ca, "default"), Why.RENEWAL);
    record.execute(
        "update domain set certificate_id = '%s' where id = '%s'".formatted(first, domain.uuid()));

    assertThat(issue(domain, steps(ca, "default"), Why.RENEWAL))
        .isInstanceOf(Completed.Issued.class);

    // Not the whole list: where the CA's answer to the renewal before was lost, that too has two.
    assertThat(replaces(domain)).endsWith(true, false);
  }

  @Test
  void aCaThatForgotTheOldCertificateIsOrderedFromWithoutReplaces() {
    var domain = addDomain();
    issue(domain, steps(ca, "default"), Why.FIRST);
    testCa.restart();

    assertThat(issue(domain, steps(ca, "default"), Why.RENEWAL))
        .isInstanceOf(Completed.Issued.class);
  }

  @Test
  void aRenewalWindowMovedIntoThePastMakesRenewalDueNow() throws Exception {
    var domain = addDomain();
    issue(domain);
    var renewals =
        new RenewalActivities(
            ca,
            new PostgresCertificateStore(record.worker()),
            new IssuanceSettings(Optional.empty(), Optional.of(Duration.ofSeconds(1))),
            this::now,
            new QuietPulse());
    renewals.refresh(new RenewalSteps.Refresh(1_000, 0));
    assertThat(renewFrom(domain)).isAfter(Instant.now().plus(Duration.ofDays(40)));

    var leaf = IssuedCertificate.parse(chain(domain)).getFirst();
    var past = Instant.now().minus(Duration.ofDays(1));
    assertThat(testCa.proxy().suggestRenewal(leaf, past.minusSeconds(3600), past)).isEqualTo(200);
    new PostgresDomainLedger(record.worker()).wantWindow(new DomainRef(domain, record.team));
    var refreshed = renewals.refresh(new RenewalSteps.Refresh(1_000, 0));

    assertThat(refreshed.due()).isPositive();
    assertThat(renewFrom(domain)).isBeforeOrEqualTo(Instant.now());
    assertThat(
            record.texts(
                "select priority::text from outbox where domain_id = '%s'"
                    .formatted(domain.uuid())))
        .containsExactly("2");
  }

  @Test
  void aWindowThatSomebodyAskedAboutIsLookedAtThoughItsTimeHasNotCome() throws Exception {
    var domain = addDomain();
    issue(domain);
    var renewals =
        new RenewalActivities(
            ca,
            new PostgresCertificateStore(record.worker()),
            new IssuanceSettings(Optional.empty(), Optional.empty()),
            this::now,
            new QuietPulse());
    renewals.refresh(new RenewalSteps.Refresh(1_000, 0));
    var leaf = IssuedCertificate.parse(chain(domain)).getFirst();
    var past = Instant.now().minus(Duration.ofDays(1));
    testCa.proxy().suggestRenewal(leaf, past.minusSeconds(3600), past);
    renewals.refresh(new RenewalSteps.Refresh(1_000, 0));
    assertThat(renewFrom(domain)).as("its time has not come").isAfter(Instant.now());

    new PostgresDomainLedger(record.worker()).wantWindow(new DomainRef(domain, record.team));
    renewals.refresh(new RenewalSteps.Refresh(1_000, 0));

    assertThat(renewFrom(domain)).isBeforeOrEqualTo(Instant.now());
  }

  @Test
  void anOlderGenerationOrdersNothing() {
    var domain = addDomain();
    record.execute("update domain set generation = 2 where id = '%s'".formatted(domain.uuid()));

    assertThat(steps(ca, "default").begin(begin(domain, Why.FIRST)))
        .isEqualTo(new Begun.Superseded());

    assertThat(
            record.texts(
                "select id::text from issuance where domain_id = '%s'".formatted(domain.uuid())))
        .isEmpty();
    assertThat(orders(domain)).isZero();
  }

  @Test
  void aLateCertificateOfARemovedDomainChangesNothing() {
    var domain = addDomain();
    var steps = steps(ca, "default");
    var begun = steps.begin(begin(domain, Why.FIRST));
    record.execute(
        "update domain set wanted = 'removed', holder = false, removed_at = now(), generation = 2 where id = '%s'"
            .formatted(domain.uuid()));
    steps.forget(new IssuanceSteps.Forget(domain.toString()));

    assertThat(steps.complete(new Complete(domain.toString(), issuanceId(begun))))
        .isEqualTo(new Completed.StartOver());

    assertThat(keys(domain)).isZero();
    assertThat(
            record.texts(
                "select coalesce(certificate_id::text, 'none') from domain where id = '%s'"
                    .formatted(domain.uuid())))
        .containsExactly("none");
    assertThat(
            record.texts(
                "select token from answer where domain_id = '%s' and not removed"
                    .formatted(domain.uuid())))
        .isEmpty();
  }

  @Test
  void thirtyFourFailuresAtANameAreTheLimitWhoeverMadeThem() {
    var before = Instant.now();
    var domain = addDomain();
    record.execute(
        """
        insert into issuance (id, team_id, domain_id, certificate_id, hostname, directory_url, state, csr, failure, counted, problem_type,
            problem_detail, updated_at)
          select gen_random_uuid(), '%s', '%s', gen_random_uuid(), '%s', 'x', 'failed', '', 'validation', true, '', '', now() - n * interval '10 hours'
          from generate_series(1, 34) n\
        """
            .formatted(record.team.uuid(), addDomain().uuid(), hostname(domain)));

    var refused = (Completed.NotNow) issue(domain);

    assertThat(refused.reason()).isEqualTo(Reason.TRIES_USED_UP);
    assertRests(before, Duration.ofDays(30).minusHours(340), refused.retryAt());
    assertThat(orders(domain)).isZero();
  }

  /// Until so long after a moment between `before` and now, to the second: a busy machine may have
  /// taken its time between the two.
  private static void assertRests(Instant before, Duration pause, Instant until) {
    assertThat(until)
        .isBetween(before.plus(pause).minusSeconds(1), Instant.now().plus(pause).plusSeconds(1));
  }

  private DomainId addDomain() {
    return record.addDomain(new Hostname("shop-%s.example.com".formatted(UUID.randomUUID())));
  }

  private IssuanceSteps steps(CertificateAuthority of, String profile) {
    return new IssuanceActivities(
        of,
        new PostgresIssuanceStore(record.worker(), this::now),
        new PostgresCertificateStore(record.worker()),
        new SealedCertificateKeys(clusterKeys),
        new IssuanceSettings(Optional.of(profile), Optional.empty()),
        this::now,
        new QuietPulse());
  }

  private Instant now() {
    return Instant.now().plus(clockAhead);
  }

  private Completed issue(DomainId domain) {
    return issue(domain, steps(ca, "default"), Why.FIRST);
  }

  /// What a run does: begins and completes until there is a certificate or a moment to wait for.
  private static Completed issue(DomainId domain, IssuanceSteps steps, Why why) {
    for (int turns = 0; turns < 10; turns++) {
      var begun = steps.begin(begin(domain, why));
      if (begun instanceof Begun.NotNow later) {
        return new Completed.NotNow(
            later.reason(), later.message(), later.problemType(), later.retryAt());
      }
      var completed = steps.complete(new Complete(domain.toString(), issuanceId(begun)));
      if (!(completed instanceof Completed.StartOver)) {
        return completed;
      }
    }
    throw new AssertionError("started over ten times");
  }

  private static Begin begin(DomainId domain, Why why) {
    return new Begin(domain.toString(), 1, why);
  }

  private static String issuanceId(Begun begun) {
    return switch (begun) {
      case Begun.Answered answered -> answered.issuanceId();
      case Begun.Authorized authorized -> authorized.issuanceId();
      case Begun.NotNow later -> throw new AssertionError(later.toString());
      case Begun.Superseded superseded -> throw new AssertionError(superseded.toString());
    };
  }

  private void fault(
      AcmeFault fault, Optional<AcmeOperation> operation, int count, Duration retryAfter) {
    testCa
        .proxy()
        .faults()
        .add(
            new Plan(
                fault,
                operation,
                Optional.empty(),
                Optional.of(count),
                retryAfter,
                Duration.ZERO,
                WrongCertificate.KEY));
  }

  private String hostname(DomainId domain) {
    return record
        .texts("select hostname from domain where id = '%s'".formatted(domain.uuid()))
        .getFirst();
  }

  private String chain(DomainId domain) {
    return record
        .texts(
            "select chain from certificate c join domain d on d.certificate_id = c.id where d.id = '%s'"
                .formatted(domain.uuid()))
        .getFirst();
  }

  private Instant renewFrom(DomainId domain) {
    return Instant.ofEpochSecond(
        Long.parseLong(
            record
                .texts(
                    "select floor(extract(epoch from renew_from))::bigint::text from certificate c join domain d on d.certificate_id = c.id where d.id = '%s'"
                        .formatted(domain.uuid()))
                .getFirst()));
  }

  /// How many orders the CA made for the name.
  private long orders(DomainId domain) {
    return made(domain, AcmeOperation.NEW_ORDER);
  }

  private long finalized(DomainId domain) {
    return made(domain, AcmeOperation.FINALIZE);
  }

  private long made(DomainId domain, AcmeOperation operation) {
    var name = hostname(domain);
    return testCa.proxy().log().all().stream()
        .filter(entry -> entry.operation() == operation && entry.status() / 100 == 2)
        .filter(entry -> entry.hostnames().contains(name))
        .count();
  }

  /// Of each order that was sent after the first whether it named a certificate to replace.
  private List<Boolean> replaces(DomainId domain) {
    var name = hostname(domain);
    return testCa.proxy().log().all().stream()
        .filter(entry -> entry.operation() == AcmeOperation.NEW_ORDER)
        .filter(entry -> entry.hostnames().contains(name))
        .filter(
            entry -> entry.status() != 400) // a rejected nonce, which may meet the first order too
        .skip(1)
        .map(entry -> entry.replaces().isPresent())
        .toList();
  }

  private long keys(DomainId domain) {
    return Long.parseLong(
        record
            .texts(
                "select count(*)::text from certificate_key k join issuance i using (certificate_id) where i.domain_id = '%s'"
                    .formatted(domain.uuid()))
            .getFirst());
  }

  private static UUID uuid(String certificateId) {
    return CertificateId.parse(certificateId).uuid();
  }

  /// As a node opens it (docs/edge-protocol.md, "Keys").
  private ECPrivateKey openKey(DomainId domain, String certificateId) throws Exception {
    var sealed =
        HexFormat.of()
            .parseHex(
                record
                    .texts(
                        "select encode(sealed, 'hex') from certificate_key where certificate_id = '%s'"
                            .formatted(uuid(certificateId)))
                    .getFirst());
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        clusterKeys.derived(record.cluster, Use.CERTIFICATE_KEY),
        new GCMParameterSpec(128, sealed, 1, 12));
    cipher.updateAAD((certificateId + "|" + hostname(domain)).getBytes(StandardCharsets.US_ASCII));
    var pkcs8 = cipher.doFinal(sealed, 13, sealed.length - 13);
    return (ECPrivateKey)
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static void assertFits(ECPrivateKey key, X509Certificate leaf) throws Exception {
    var signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(new byte[] {1, 2, 3});
    var signed = signature.sign();
    signature.initVerify(leaf.getPublicKey());
    signature.update(new byte[] {1, 2, 3});
    assertThat(signature.verify(signed)).isTrue();
  }

  private static byte[] withoutSign(byte[] number) {
    return number[0] == 0 ? Arrays.copyOfRange(number, 1, number.length) : number;
  }

  /// Every row of every table, as text; bytes in hex.
  private String dump() {
    var dump = new StringBuilder();
    for (var table : record.texts("select tablename from pg_tables where schemaname = 'public'")) {
      record
          .texts("select t::text from %s t".formatted(table))
          .forEach(row -> dump.append(row).append('\n'));
    }
    return dump.toString();
  }
}
