package io.nameplate.workflows.domains;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/// The life of one domain: a run reads how it stands, does what brings it to what is wanted, and
/// ends when there is nothing left to do now. Level-triggered: one run more is always safe.
@WorkflowInterface
public interface DomainLifecycle {
  /// One run.
  @WorkflowMethod(name = "DomainLifecycle")
  void run(Run run);

  /// Something changed: read again. Says nothing more, so that none can be stale.
  @SignalMethod(name = "changed")
  void changed();

  /// The id of a domain's workflow, as operators see it.
  static String workflowId(String domainId) {
    return "domain/" + domainId;
  }

  /// Which domain.
  ///
  /// @param domainId shown form, as the team's
  record Run(String domainId, String teamId) {}
}
