package io.nameplate.workflows.certificates;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/// What a domain's run calls to get a certificate: [#begin], wait until all expected nodes acked
/// the answer, [#complete], deploy, wait for acks, [#retire].
///
/// Every step may run twice and be cut anywhere: it reads the issuance's row, asks the CA how
/// things stand before it changes anything there, and writes the row before and after each
/// exchange. So a crash costs one look at the CA, never a second order:
///
/// | cut | what the retry finds and does |
/// | --- | --- |
/// | before the row | nothing; makes key, CSR and row |
/// | row written, order not sent | an open issuance without order; orders |
/// | order sent, reply lost | `order_sent_at` without URL; looks for it in the account's list of orders, else orders again (docs/decisions) |
/// | order URL stored, answers not | reads the order, writes the answers; the same rows again change nothing |
/// | CA told, reply lost | challenge is no longer pending; waits |
/// | finalized, reply lost | order is processing or valid; waits or downloads |
/// | certificate made, not stored | order is valid; downloads again |
/// | CA lost its memory | order unknown: the issuance fails as lost, uncounted, and [#begin] makes another |
///
/// Payloads carry ids and reasons, never keys, tokens or certificates.
@ActivityInterface(namePrefix = "Certificate")
public interface IssuanceSteps {

  /// Takes up the domain's open issuance or makes one (key first), orders, and writes the
  /// challenge's answer as rows with a position. Give it a minute, three attempts; what is left
  /// then is in the outcome.
  @ActivityMethod
  Begun begin(Begin request);

  /// Tells the CA that the answer is there, waits for its verdict, finalizes, downloads, checks the
  /// chain against name, key and dates, and stores it: certificate row, events, the domain's wanted
  /// certificate, and the answer's removal in one transaction. Heartbeats at each exchange; give it
  /// five minutes with a heartbeat time-out of 30 s.
  @ActivityMethod
  Completed complete(Complete request);

  /// Marks the domain's older certificates as replaced and forgets their keys. To be called when
  /// every expected node acked an entry with `keep`.
  @ActivityMethod
  void retire(Retire request);

  /// Forgets every key of a removed domain and takes its answers back. To be called when every
  /// expected node acked the removal.
  @ActivityMethod
  void forget(Forget request);

  /// Asks for a certificate.
  ///
  /// @param domainId shown form
  /// @param generation of the domain as the run read it; with an older one nothing is written
  record Begin(String domainId, long generation, Why why) {}

  /// Why a certificate is asked for.
  enum Why {
    /// There is none that can be used.
    FIRST,
    /// The present one is due for renewal: `replaces` is sent (RFC 9773).
    RENEWAL,
    /// The present one must not be used any longer, for example another key is wanted.
    REPLACEMENT
  }

  /// Goes on with an issuance.
  ///
  /// @param domainId shown form
  /// @param issuanceId shown form
  record Complete(String domainId, String issuanceId) {}

  /// Ends the life of older certificates.
  ///
  /// @param domainId shown form
  /// @param keep the certificate that is acked everywhere, shown form
  record Retire(String domainId, String keep) {}

  /// Ends the life of all certificates.
  ///
  /// @param domainId shown form
  record Forget(String domainId) {}
}
