package io.nameplate.workflows;

import io.nameplate.workflows.certificates.IssuanceSteps;
import io.nameplate.workflows.certificates.RenewalSteps;
import io.nameplate.workflows.domains.DomainSteps;
import io.nameplate.workflows.monitoring.MonitorSteps;
import io.temporal.common.metadata.POJOActivityInterfaceMetadata;
import java.util.List;

/// Every step that a workflow can call, by the name that Temporal shows: read from the interfaces,
/// so that a new step is in the list by itself, and with it in the tests that kill and lose replies
/// at each step.
public final class StepNames {
  private static final List<Class<?>> INTERFACES =
      List.of(DomainSteps.class, IssuanceSteps.class, RenewalSteps.class, MonitorSteps.class);

  private StepNames() {}

  /// All names, in no particular order.
  public static List<String> all() {
    return INTERFACES.stream()
        .flatMap(
            steps -> POJOActivityInterfaceMetadata.newInstance(steps).getMethodsMetadata().stream())
        .map(method -> method.getActivityTypeName())
        .sorted()
        .toList();
  }
}
