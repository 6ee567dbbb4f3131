package io.nameplate.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.UUID;

/// Who may know whom (`ARCHITECTURE.md`), and what `core` and workflows may not do.
@AnalyzeClasses(
    packages = "io.nameplate",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NotTheSandbox.class})
final class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> OUTSIDE_CORE =
      resideInAnyPackage(
          "io.nameplate.workflows..",
          "io.nameplate.adapters..",
          "io.nameplate.api..",
          "io.nameplate.app..");

  private static final DescribedPredicate<JavaClass> CORE =
      resideInAPackage("io.nameplate..").and(DescribedPredicate.not(OUTSIDE_CORE)).as("core");

  @ArchTest
  static final ArchRule coreKnowsNobody =
      noClasses().that(CORE).should().dependOnClassesThat(OUTSIDE_CORE);

  @ArchTest
  static final ArchRule coreIsPlainJava =
      classes()
          .that(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.nameplate..",
                  "java..",
                  "javax.crypto..",
                  "javax.security.auth.x500..",
                  "org.jspecify..",
                  "com.google.common..",
                  "com.google.errorprone..",
                  "com.ibm.icu.."));

  @ArchTest
  static final ArchRule coreDoesNoInputOrOutput =
      noClasses()
          .that(CORE)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.sql\\..*|java\\.nio\\.file\\..*|java\\.net\\.http\\..*|java\\.net\\.(Socket|ServerSocket|DatagramSocket|URL|URLConnection)|java\\.io\\.(File|File.*Stream|RandomAccessFile)");

  @ArchTest
  static final ArchRule coreHasNoClock =
      noClasses()
          .that(CORE)
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule workflowsKnowOnlyCoreAndTemporal =
      noClasses()
          .that()
          .resideInAPackage("io.nameplate.workflows..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.nameplate.adapters..",
              "io.nameplate.api..",
              "io.nameplate.app..",
              "io.micronaut..",
              "java.sql..",
              "org.xbill..",
              "org.shredzone..");

  @ArchTest
  static final ArchRule adaptersKnowOnlyCore =
      noClasses()
          .that()
          .resideInAPackage("io.nameplate.adapters..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.nameplate.workflows..",
              "io.nameplate.api..",
              "io.nameplate.app..",
              "io.micronaut..",
              "io.temporal..");

  @ArchTest
  static final ArchRule theApiKnowsOnlyCore =
      noClasses()
          .that()
          .resideInAPackage("io.nameplate.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.nameplate.workflows..",
              "io.nameplate.adapters..",
              "io.nameplate.app..",
              "io.temporal..",
              "java.sql..");

  /// What a workflow does has to come out the same when its history is replayed.
  @ArchTest
  static final ArchRule workflowsAreDeterministic =
      noClasses()
          .that()
          .resideInAPackage("io.nameplate.workflows..")
          .and()
          .haveSimpleNameEndingWith("Workflow")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.(Random|concurrent\\.ThreadLocalRandom)|java\\.security\\.SecureRandom|java\\.(io|net|sql|nio\\.file)\\..*");

  private ArchitectureTest() {}

  /// The sandbox is on the path for tests only; it is no part of the program.
  static final class NotTheSandbox implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("io/nameplate/sandbox/");
    }
  }
}
