package io.nameplate.api.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.nameplate.api.contract.HealthApi;
import io.nameplate.api.contract.model.Health;
import io.nameplate.api.contract.model.HealthStatus;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.record.RecordHealth;

/// What watches this process asks. None of it needs a key, none of it names a team. Not final: the
/// framework validates in a subclass.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class HealthController implements HealthApi {
  private static final MediaType FORMAT = MediaType.of("text/plain; version=0.0.4; charset=utf-8");

  private final RecordHealth record;
  private final PrometheusMeterRegistry metrics;

  HealthController(RecordHealth record, PrometheusMeterRegistry metrics) {
    this.record = record;
    this.metrics = metrics;
  }

  @Override
  public HttpResponse<Health> live() {
    return up();
  }

  @Override
  public HttpResponse<Health> ready() {
    if (!record.answers()) {
      throw new ProblemException(ProblemKind.UNAVAILABLE, "The database does not answer.");
    }
    return up();
  }

  @Override
  public HttpResponse<String> metrics() {
    return HttpResponse.ok(metrics.scrape()).contentType(FORMAT);
  }

  private static HttpResponse<Health> up() {
    return HttpResponse.ok(new Health(HealthStatus.UP));
  }
}
