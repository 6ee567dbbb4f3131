package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.nameplate.workflows.StepNames;
import io.temporal.activity.ActivityInterface;
import io.temporal.common.metadata.POJOActivityInterfaceMetadata;
import org.junit.jupiter.api.Test;

/// Tests that kill and lose replies at each step are generated from this list.
final class StepNamesTest {
  @Test
  void everyStepOfEveryInterfaceIsInTheList() {
    var steps =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.nameplate")
                .stream()
                .filter(type -> type.isAnnotatedWith(ActivityInterface.class))
                .map(JavaClass::reflect)
                .flatMap(type ->
                    POJOActivityInterfaceMetadata.newInstance(type).getMethodsMetadata().stream())
                .map(method -> method.getActivityTypeName())
                .toList();

    assertThat(steps).contains("DomainLook", "CertificateBegin", "MonitorWalk");
    assertThat(StepNames.all()).containsExactlyInAnyOrderElementsOf(steps);
  }
}
