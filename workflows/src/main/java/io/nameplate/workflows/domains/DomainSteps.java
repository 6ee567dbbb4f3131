package io.nameplate.workflows.domains;

import io.nameplate.domains.NextStep;
import io.nameplate.domains.Reason;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.time.Instant;

/// What a domain's run calls beside the steps to a certificate.
///
/// Every step may run twice and be cut anywhere. It writes under the domain's row lock and only if
/// the generation is the one that the run read:
///
/// | step | done twice |
/// | --- | --- |
/// | look | asks again; equal looks change times only |
/// | ordering | the same condition again |
/// | deploy | an entry that says the same already is left, its position given back |
/// | await | only reads |
/// | prove | probes again; equal results change times only |
/// | confirm | the same condition again |
/// | release | the same condition again |
/// | postpone | the same condition again |
/// | finish | clears what is cleared |
@ActivityInterface(namePrefix = "Domain")
public interface DomainSteps {

  /// Reads how the domain stands; where it is wanted and was not looked at just now, asks DNS,
  /// dials its addresses, and writes what was found: conditions, the claim, history.
  @ActivityMethod
  Looked look(Look request);

  /// Says that a certificate is being ordered.
  @ActivityMethod
  void ordering(Judged request);

  /// Tells the nodes what to do for the name, with the wanted certificate or as suspended.
  @ActivityMethod
  Deployed deploy(Judged request);

  /// Waits until every expected node acked a position, or until patience ends. Heartbeats when it
  /// takes long.
  @ActivityMethod
  Acked await(Await request);

  /// Asks every expected node for the name and writes what it showed.
  @ActivityMethod
  Proved prove(Prove request);

  /// Writes that nodes know of a suspension, or which one does not.
  @ActivityMethod
  void confirm(Prove request);

  /// Writes which node has not let go of a removed name, and whether all have.
  @ActivityMethod
  Released release(Prove request);

  /// Writes why there is no certificate now, and when it is tried again.
  @ActivityMethod
  void postpone(Postpone request);

  /// Puts a removed domain to rest.
  @ActivityMethod
  void finish(Judged request);

  /// Which domain.
  ///
  /// @param domainId shown form, as the team's
  record Look(String domainId, String teamId) {}

  /// What a look came to.
  ///
  /// @param next what to do; null: there is no such domain
  /// @param detail one line for operators
  record Looked(
      @org.jspecify.annotations.Nullable NextStep next,
      long generation,
      String hostname,
      String clusterId,
      String detail) {}

  /// A domain as it was judged at a generation.
  record Judged(String domainId, String teamId, long generation) {}

  /// An entry's place in its cluster's stream.
  ///
  /// @param current false: the domain changed since it was read, nothing was written
  /// @param certificateId the certificate it names, empty: none
  record Deployed(
      boolean current, String clusterId, long epoch, long revision, String certificateId) {}

  /// Which position of which cluster.
  ///
  /// @param patienceMillis how long to wait at most
  record Await(String clusterId, long epoch, long revision, long patienceMillis) {}

  /// What waiting for acks came to.
  ///
  /// @param settled whether every expected node has it or is known to be silent
  record Acked(boolean settled) {}

  /// What nodes should show.
  ///
  /// @param epoch of the entry that nodes should have
  record Prove(String domainId, String teamId, long generation, long epoch, long revision) {}

  /// What nodes showed.
  ///
  /// @param current false: the domain changed since it was read, nothing was written
  /// @param status the domain's status then
  /// @param retireAllBut the certificate that is on every node, when there are older ones to
  ///   retire; else empty
  record Proved(boolean current, String status, String detail, String retireAllBut) {}

  /// What nodes said about a removal.
  ///
  /// @param everywhere whether no node that receives traffic serves the name any longer
  record Released(boolean everywhere, String detail) {}

  /// Why there is no certificate now.
  ///
  /// @param retryAt when it is tried again
  /// @param problemType the CA's, empty when it did not speak; null in histories older than this
  record Postpone(
      String domainId,
      String teamId,
      long generation,
      Reason reason,
      String message,
      Instant retryAt,
      @org.jspecify.annotations.Nullable String problemType) {}
}
