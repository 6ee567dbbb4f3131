package io.nameplate.app.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import io.grpc.Metadata;
import io.micrometer.core.instrument.MeterRegistry;
import io.nameplate.workflows.TemporalNames;
import io.nameplate.workflows.domains.DomainLifecycleWorkflow;
import io.nameplate.workflows.monitoring.MonitorShardWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.PollerBehaviorAutoscaling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process's connection to Temporal and its workers. Temporal may be away when the process
/// starts, go away, and come back with an empty store: the process goes on.
final class TemporalRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalRole.class);

  /// Domains whose run is under way at the same time; a longer one is replayed from its short
  /// history.
  private static final int CACHED_RUNS = 500;

  /// A look or a wait is mostly waiting.
  private static final int STEPS_AT_ONCE = 100;

  private static final Duration BUSY_MACHINE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(5);

  private final WorkerSettings settings;
  private final Scope scope;
  private final WorkflowServiceStubs service;
  private final OperatorServiceStubs operator;
  private final WorkflowClient client;
  private final TemporalKeeper keeper;
  private volatile boolean working;

  TemporalRole(WorkerSettings settings, MeterRegistry meters) {
    this.settings = settings;
    scope =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(meters))
            .reportEvery(com.uber.m3.util.Duration.ofSeconds(10));
    service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget(settings.temporal())
                .setMetricsScope(scope)
                .build());
    operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setTarget(settings.temporal())
                // Its default is null, which fails.
                .setHeaders(new Metadata())
                .setMetricsScope(scope)
                .build());
    client =
        WorkflowClient.newInstance(
            service, WorkflowClientOptions.newBuilder().setNamespace(settings.namespace()).build());
    keeper = new TemporalKeeper(service, operator, client, settings);
  }

  WorkflowClient client() {
    return client;
  }

  /// Whether workers have started since this process began.
  boolean working() {
    return working;
  }

  /// Works until the thread is interrupted, then lets steps that run end, in the order in which
  /// they depend on each other: the monitor at once, runs within the grace.
  void work(List<Object> steps, List<Object> monitorSteps, WorkerInterceptor... interceptors) {
    try {
      awaitTemporal();
      var runs = runs(steps, interceptors);
      var monitor = monitor(monitorSteps, interceptors);
      runs.start();
      monitor.start();
      working = true;
      LOG.atInfo().addKeyValue("temporal", settings.temporal()).log("Workers started");
      try {
        keep();
      } finally {
        monitor.shutdownNow();
        runs.shutdown();
        runs.awaitTermination(settings.grace().toMillis(), TimeUnit.MILLISECONDS);
        runs.shutdownNow();
        monitor.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      LOG.info("Workers ended");
    }
  }

  private void awaitTemporal() throws InterruptedException {
    for (boolean told = false; ; told = true) {
      try {
        keeper.furnish();
        return;
      } catch (RuntimeException e) {
        if (!told) {
          LOG.atWarn()
              .addKeyValue("temporal", settings.temporal())
              .addKeyValue("cause", e.toString())
              .log("Temporal cannot be asked; waiting for it");
        }
        Thread.sleep(BETWEEN_TRIES);
      }
    }
  }

  private void keep() throws InterruptedException {
    var away = false;
    while (true) {
      try {
        keeper.furnish();
        keeper.startMonitor();
        if (away) {
          LOG.info("Temporal is back");
        }
        away = false;
      } catch (RuntimeException e) {
        if (!away) {
          LOG.atWarn().addKeyValue("cause", e.toString()).log("Temporal cannot be asked");
        }
        away = true;
      }
      Thread.sleep(away ? BETWEEN_TRIES : BETWEEN_ROUNDS);
    }
  }

  private WorkerFactory runs(List<Object> steps, WorkerInterceptor... interceptors) {
    var factory = factory(interceptors);
    var worker =
        factory.newWorker(
            TemporalNames.TASK_QUEUE,
            options()
                .setMaxConcurrentWorkflowTaskExecutionSize(40)
                .setMaxConcurrentLocalActivityExecutionSize(STEPS_AT_ONCE)
                .setMaxConcurrentActivityExecutionSize(STEPS_AT_ONCE)
                .build());
    worker.registerWorkflowImplementationTypes(DomainLifecycleWorkflow.class);
    worker.registerActivitiesImplementations(steps.toArray());
    return factory;
  }

  private WorkerFactory monitor(List<Object> steps, WorkerInterceptor... interceptors) {
    var factory = factory(interceptors);
    var worker = factory.newWorker(TemporalNames.MONITOR_QUEUE, options().build());
    worker.registerWorkflowImplementationTypes(MonitorShardWorkflow.class);
    worker.registerActivitiesImplementations(steps.toArray());
    return factory;
  }

  private WorkerFactory factory(WorkerInterceptor... interceptors) {
    return WorkerFactory.newInstance(
        client,
        WorkerFactoryOptions.newBuilder()
            .setUsingVirtualWorkflowThreads(true)
            .setWorkflowCacheSize(CACHED_RUNS)
            .setWorkerInterceptors(interceptors)
            .build());
  }

  private static WorkerOptions.Builder options() {
    return WorkerOptions.newBuilder()
        .setUsingVirtualThreads(true)
        // A workflow decides in microseconds; only a machine that is busy beyond all measure makes
        // it look stuck.
        .setDefaultDeadlockDetectionTimeout(BUSY_MACHINE.toMillis())
        .setWorkflowTaskPollersBehavior(new PollerBehaviorAutoscaling())
        .setActivityTaskPollersBehavior(new PollerBehaviorAutoscaling());
  }

  @Override
  public void close() {
    operator.shutdownNow();
    service.shutdown();
    if (!service.awaitTermination(2, TimeUnit.SECONDS)) {
      service.shutdownNow();
    }
    try {
      scope.close();
    } catch (com.uber.m3.tally.ScopeCloseException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Metrics ended unclean");
    }
  }
}
