package io.nameplate.api.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.record.RecordHealth;

/// What watches this process asks. None of it needs a key, none of it names a team.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class HealthController {
  private final RecordHealth record;
  private final PrometheusMeterRegistry metrics;

  HealthController(RecordHealth record, PrometheusMeterRegistry metrics) {
    this.record = record;
    this.metrics = metrics;
  }

  /// The process runs.
  @Get("/health/live")
  HttpResponse<Health> live() {
    return HttpResponse.ok(new Health("up"));
  }

  /// Requests can be served: the record answers. Temporal is not needed.
  @Get("/health/ready")
  HttpResponse<Health> ready() {
    if (!record.answers()) {
      throw new ProblemException(ProblemKind.UNAVAILABLE, "The database does not answer.");
    }
    return HttpResponse.ok(new Health("up"));
  }

  /// Prometheus' text format.
  @Get("/prometheus")
  @Produces("text/plain; version=0.0.4; charset=utf-8")
  String prometheus() {
    return metrics.scrape();
  }

  /// How it is.
  @Serdeable
  record Health(String status) {}
}
