package io.nameplate.workflows.domains;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.NextStep;
import io.nameplate.domains.Reason;
import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.certificates.Begun;
import io.nameplate.workflows.certificates.Completed;
import io.nameplate.workflows.domains.DomainLifecycle.Run;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DomainLifecycleWorkflowTest {
  private static final Run RUN =
      new Run("dom_00000000000000000000000001", "tea_00000000000000000000000001");

  private final List<String> done = FakeDomainSteps.log();
  private final FakeDomainSteps domain = new FakeDomainSteps(done);
  private final FakeIssuanceSteps ca = new FakeIssuanceSteps(done);
  private TestWorkflowEnvironment temporal;

  @BeforeEach
  void start() {
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder().setUsingVirtualWorkflowThreads(true).build())
                .registerSearchAttribute(
                    TemporalNames.TEAM.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute(
                    TemporalNames.CLUSTER.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .build());
    var worker = temporal.newWorker(TemporalNames.TASK_QUEUE);
    worker.registerWorkflowImplementationTypes(DomainLifecycleWorkflow.class);
    worker.registerActivitiesImplementations(domain, ca);
    temporal.start();
  }

  @AfterEach
  void stop() {
    temporal.close();
  }

  private void run() {
    workflow().run(RUN);
  }

  private DomainLifecycle workflow() {
    return temporal
        .getWorkflowClient()
        .newWorkflowStub(
            DomainLifecycle.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(DomainLifecycle.workflowId(RUN.domainId()))
                .setTaskQueue(TemporalNames.TASK_QUEUE)
                .build());
  }

  @Test
  void namesItsClusterToOperatorsUnlessWhoAskedForItDid() {
    run();
    assertThat(history()).contains("EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES");

    temporal
        .getWorkflowClient()
        .newWorkflowStub(
            DomainLifecycle.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(DomainLifecycle.workflowId(RUN.domainId()))
                .setTaskQueue(TemporalNames.TASK_QUEUE)
                .setTypedSearchAttributes(
                    SearchAttributes.newBuilder()
                        .set(TemporalNames.CLUSTER, FakeDomainSteps.CLUSTER)
                        .build())
                .build())
        .run(RUN);
    assertThat(history()).doesNotContain("EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES");
  }

  private String history() {
    return temporal
        .getWorkflowClient()
        .fetchHistory(DomainLifecycle.workflowId(RUN.domainId()))
        .toJson(true);
  }

  @Test
  void endsAfterALookWhenThereIsNothingToDo() {
    run();
    assertThat(done).containsExactly("look");
  }

  @Test
  void bringsAVerifiedDomainToEveryNode() {
    domain.next(NextStep.ISSUE);
    run();
    assertThat(done)
        .containsExactly(
            "look",
            "ordering",
            "begin FIRST",
            "await 5",
            "complete iss_1",
            "deploy",
            "await 7",
            "prove 7");
  }

  @Test
  void waitsForNoAnswerWhenTheCaRemembersAProof() {
    domain.next(NextStep.ISSUE);
    ca.begins(new Begun.Authorized("iss_1"));
    run();
    assertThat(done).startsWith("look", "ordering", "begin FIRST", "complete iss_1");
  }

  @Test
  void retiresOlderCertificatesOnlyAfterTheNewOneIsProved() {
    domain.next(NextStep.RENEW).withOlderCertificate("cer_2");
    run();
    assertThat(done).endsWith("deploy", "await 7", "prove 7", "retire all but cer_2");
    assertThat(done).contains("begin RENEWAL");
  }

  @Test
  void ordersNothingWhenADomainNeedsOnlyToBeServed() {
    domain.next(NextStep.SERVE);
    run();
    assertThat(done).containsExactly("look", "deploy", "await 7", "prove 7");
  }

  @Test
  void waitsPatientlyForANodeThatIsSlow() {
    domain.next(NextStep.SERVE).settling(false, false);
    run();
    assertThat(done).containsExactly("look", "deploy", "await 7", "await 7 patiently", "prove 7");
  }

  @Test
  void restsUntilTheCaMayBeAskedAgain() {
    domain.next(NextStep.ISSUE);
    ca.begins(
        new Begun.NotNow(
            Reason.CA_RATE_LIMITED, "later", "", Instant.parse("2027-01-02T00:00:00Z")));
    run();
    assertThat(done).containsExactly("look", "ordering", "begin FIRST", "postpone CA_RATE_LIMITED");
  }

  @Test
  void restsWhenTheCaRefuses() {
    domain.next(NextStep.ISSUE);
    ca.completes(
        new Completed.NotNow(
            Reason.CA_CAA_FORBIDS, "CAA", "", Instant.parse("2027-01-02T00:00:00Z")));
    run();
    assertThat(done).endsWith("complete iss_1", "postpone CA_CAA_FORBIDS");
  }

  @Test
  void readsAgainWhenTheDomainChangedUnderIt() {
    domain.next(NextStep.SERVE, NextStep.SERVE).staleAtFirstDeploy();
    run();
    assertThat(done).containsExactly("look", "deploy", "look", "deploy", "await 7", "prove 7");
  }

  @Test
  void readsAgainWhenTheCaForgotTheOrder() {
    domain.next(NextStep.ISSUE, NextStep.ISSUE);
    ca.completes(new Completed.StartOver());
    run();
    assertThat(done.stream().filter(step -> step.equals("begin FIRST"))).hasSize(2);
    assertThat(done).endsWith("prove 7");
  }

  @Test
  void readsAgainWhenASignalArrivedWhileItRead() {
    var workflow = workflow();
    domain.duringFirstLook(workflow::changed);
    workflow.run(RUN);
    assertThat(done).containsExactly("look", "look");
  }

  @Test
  void forgetsARemovedDomainOnlyAfterNodesForgotIt() {
    domain.next(NextStep.FORGET);
    run();
    assertThat(done).containsExactly("look", "deploy", "await 7", "release 7", "forget", "finish");
  }

  @Test
  void forgetsNothingWhileANodeHoldsTheRemovalBack() {
    domain.next(NextStep.FORGET).holdingBack();
    run();
    assertThat(done).containsExactly("look", "deploy", "await 7", "release 7");
  }

  @Test
  void waitsForNoNodeWhenNoneWasTold() {
    domain.next(NextStep.FORGET).staleAtFirstDeploy();
    run();
    assertThat(done).containsExactly("look", "deploy", "forget", "finish");
  }

  @Test
  void saysWhatTheCaObjectedTo() {
    domain.next(NextStep.ISSUE);
    ca.completes(
        new Completed.NotNow(
            Reason.CA_CAA_FORBIDS,
            "CAA",
            "urn:ietf:params:acme:error:caa",
            Instant.parse("2027-01-02T00:00:00Z")));
    run();
    assertThat(domain.postponed().problemType()).isEqualTo("urn:ietf:params:acme:error:caa");
  }

  @Test
  void confirmsASuspension() {
    domain.next(NextStep.SUSPEND);
    run();
    assertThat(done).containsExactly("look", "deploy", "await 7", "confirm 7");
  }

  @Test
  void givesUpARunThatWouldNeverEnd() {
    for (int i = 0; i < 100; i++) {
      domain.next(NextStep.ISSUE);
      ca.begins(new Begun.Superseded());
    }
    run();
    assertThat(done.stream().filter(step -> step.equals("look"))).hasSize(20);
  }
}
