package io.nameplate.app.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.monitoring.MonitorShard;
import io.nameplate.workflows.monitoring.MonitorShard.Watch;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps in Temporal what has to be there before anything runs: the namespace, the search
/// attributes, the monitor's workflows. All of it may vanish at any time with Temporal's store, so
/// all of it is looked at again and again.
final class TemporalKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalKeeper.class);
  private static final List<SearchAttributeKey<String>> ATTRIBUTES =
      List.of(TemporalNames.TEAM, TemporalNames.CLUSTER);

  private static final Duration RETENTION = Duration.ofDays(3);

  /// A history of the monitor takes an hour; one that is stuck ends, and is started anew.
  private static final Duration LONGEST_HISTORY = Duration.ofHours(2);

  private final WorkflowServiceStubs service;
  private final OperatorServiceStubs operator;
  private final WorkflowClient client;
  private final WorkerSettings settings;

  TemporalKeeper(
      WorkflowServiceStubs service,
      OperatorServiceStubs operator,
      WorkflowClient client,
      WorkerSettings settings) {
    this.service = service;
    this.operator = operator;
    this.client = client;
    this.settings = settings;
  }

  /// Makes what is missing of namespace and search attributes.
  ///
  /// @throws StatusRuntimeException if Temporal cannot be asked
  void furnish() {
    if (!namespaceExists()) {
      var _ =
          service
              .blockingStub()
              .registerNamespace(
                  RegisterNamespaceRequest.newBuilder()
                      .setNamespace(settings.namespace())
                      .setWorkflowExecutionRetentionPeriod(
                          com.google.protobuf.Duration.newBuilder()
                              .setSeconds(RETENTION.toSeconds()))
                      .build());
    }
    addMissingAttributes();
  }

  /// Starts the monitor's workflows that do not run.
  void startMonitor() {
    for (int shard = 0; shard < settings.shards(); shard++) {
      var workflow =
          client.newWorkflowStub(
              MonitorShard.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId(MonitorShard.workflowId(shard))
                  .setTaskQueue(TemporalNames.MONITOR_QUEUE)
                  .setWorkflowRunTimeout(LONGEST_HISTORY)
                  .build());
      try {
        var _ = WorkflowClient.start(workflow::watch, new Watch(shard));
      } catch (WorkflowExecutionAlreadyStarted e) {
        LOG.atTrace().addKeyValue("workflow", e.getExecution().getWorkflowId()).log("It runs");
      }
    }
  }

  private boolean namespaceExists() {
    try {
      var _ =
          service
              .blockingStub()
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(settings.namespace()).build());
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void addMissingAttributes() {
    var known =
        operator
            .blockingStub()
            .listSearchAttributes(
                ListSearchAttributesRequest.newBuilder().setNamespace(settings.namespace()).build())
            .getCustomAttributesMap();
    var missing = ATTRIBUTES.stream().filter(key -> !known.containsKey(key.getName())).toList();
    if (missing.isEmpty()) {
      return;
    }
    var request = AddSearchAttributesRequest.newBuilder().setNamespace(settings.namespace());
    for (var key : missing) {
      request.putSearchAttributes(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
    }
    var _ = operator.blockingStub().addSearchAttributes(request.build());
  }
}
