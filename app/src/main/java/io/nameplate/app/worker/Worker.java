package io.nameplate.app.worker;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.adapters.keys.NodeAdmission;
import io.nameplate.adapters.keys.WrappedClusterKeys;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.adapters.postgres.PostgresHousekeeping;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.certificates.PostgresJoiningNodes;
import io.nameplate.adapters.postgres.certificates.PostgresWrappedKeys;
import io.nameplate.adapters.postgres.lifecycle.PostgresDomainLedger;
import io.nameplate.adapters.postgres.lifecycle.PostgresDueDomains;
import io.nameplate.adapters.postgres.lifecycle.PostgresInstructions;
import io.nameplate.adapters.postgres.lifecycle.PostgresNodes;
import io.nameplate.app.Databases;
import io.nameplate.app.Environment;
import io.nameplate.domains.LookRule;
import io.nameplate.domains.OrderRule;
import io.nameplate.domains.ServeRule;
import io.nameplate.workflows.domains.Dispatcher;
import io.nameplate.workflows.domains.DomainActivities;
import io.nameplate.workflows.domains.Runs;
import io.nameplate.workflows.domains.RunsInFlight;
import io.nameplate.workflows.faults.FaultFile;
import io.nameplate.workflows.faults.FaultyWorker;
import io.nameplate.workflows.monitoring.DomainWatch;
import io.nameplate.workflows.monitoring.MonitorActivities;
import io.nameplate.workflows.monitoring.NodeWatch;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One worker process, put together.
final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /// Runs, looks and deliveries share them; more than about ten on two cores only queue in the
  /// database.
  private static final int CONNECTIONS = 12;

  private final Environment environment;
  private final WorkerSettings settings;
  private final Clock clock = Clock.systemUTC();
  private final CountDownLatch askedToEnd = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Database database;
  private final TemporalRole temporal;

  Worker(Environment environment) {
    this.environment = environment;
    settings = WorkerSettings.read(environment);
    meterProcess();
    database = new Databases(environment).open(Schema.Login.WORKER, CONNECTIONS);
    temporal = new TemporalRole(settings, meters);
  }

  @SuppressWarnings("resource") // the registry lives as long as the process
  private void meterProcess() {
    new JvmMemoryMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
  }

  /// Works until SIGTERM, then drains: no new runs are asked for, steps that run end, connections
  /// close.
  void runUntilAskedToEnd() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::end));
    try (var _ = new WorkerHealth(settings.address(), meters, this::ready)) {
      work();
    } finally {
      ended.countDown();
    }
  }

  private void work() throws InterruptedException {
    var wrapped = new PostgresWrappedKeys(database);
    var master = MasterKey.open(settings.masterKey(), wrapped);
    var clusterKeys = new WrappedClusterKeys(master, wrapped);
    var admission =
        new NodeAdmission(new PostgresJoiningNodes(database), clusterKeys, master, wrapped, clock);
    var issuing = Issuing.open(environment, database, master, clusterKeys, clock);
    var eyes = Eyes.open(environment, clusterKeys, issuing.identity(), clock);
    var ledger = new PostgresDomainLedger(database);
    var nodes = new PostgresNodes(database, clock);
    var instructions = new PostgresInstructions(database);
    var looks = new LookRule(settings.watchEvery());
    var serves = new ServeRule(settings.watchEvery());
    var orders = new OrderRule(settings.watchEvery());
    var inFlight = new RunsInFlight(settings.runsAtOnce(), clock);
    var watch = new DomainWatch(ledger, instructions, nodes, eyes, looks, serves, clock);
    var due = new PostgresDueDomains(database);
    var monitor =
        new MonitorActivities(
            due, watch, new NodeWatch(nodes, due), settings.looksAtOnce(), inFlight, clock);
    List<Object> steps =
        List.of(
            new DomainActivities(ledger, nodes, eyes, looks, serves, orders, clock),
            issuing.steps());
    List<Object> monitorSteps = List.of(monitor, issuing.renewals());

    var admitting = Thread.ofVirtual().name("admission").start(admission::keepAdmitting);
    var keeping =
        Thread.ofVirtual()
            .name("housekeeping")
            .start(new Housekeeping(new PostgresHousekeeping(database)));
    var dispatching =
        Thread.ofVirtual()
            .name("dispatcher")
            .start(new Dispatcher(instructions, new Runs(temporal.client()), inFlight));
    var working =
        Thread.ofPlatform()
            .name("temporal")
            .start(() -> temporal.work(steps, monitorSteps, interceptors(inFlight)));
    askedToEnd.await();
    LOG.info("Asked to end");
    dispatching.interrupt();
    admitting.interrupt();
    keeping.interrupt();
    keeping.join();
    dispatching.join();
    working.interrupt();
    working.join();
    admitting.join();
  }

  private WorkerInterceptor[] interceptors(RunsInFlight inFlight) {
    var all = new ArrayList<WorkerInterceptor>();
    all.add(inFlight);
    settings
        .faults()
        .ifPresent(file -> {
          LOG.atWarn().addKeyValue("file", file).log("Steps fail as this file plans");
          all.add(new FaultyWorker(new FaultFile(file)));
        });
    return all.toArray(WorkerInterceptor[]::new);
  }

  private boolean ready() {
    try {
      return temporal.working()
          && database.<Boolean>inNoTeam(connection -> {
            try (var ask = connection.prepareStatement("select 1")) {
              return ask.execute();
            }
          });
    } catch (DatabaseException _) {
      return false;
    }
  }

  /// Runs as the process ends: asks for the end and waits until everything is drained.
  private void end() {
    askedToEnd.countDown();
    try {
      ended.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    temporal.close();
    database.close();
    meters.close();
  }
}
