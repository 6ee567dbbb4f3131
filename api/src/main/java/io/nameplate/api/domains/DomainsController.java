package io.nameplate.api.domains;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.nameplate.api.contract.DomainsApi;
import io.nameplate.api.contract.model.AddDomainRequest;
import io.nameplate.api.contract.model.ChangeDomainRequest;
import io.nameplate.api.contract.model.Domain;
import io.nameplate.api.contract.model.DomainPage;
import io.nameplate.api.contract.model.DomainStatus;
import io.nameplate.api.contract.model.EventPage;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.api.requests.CurrentCaller;
import io.nameplate.api.requests.Needs;
import io.nameplate.api.requests.Once;
import io.nameplate.domains.Addition;
import io.nameplate.domains.DomainDesk;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainView;
import io.nameplate.domains.NewDomain;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/v1/domains`. Not final: the framework validates parameters in a subclass.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class DomainsController implements DomainsApi {
  private final DomainDesk desk;
  private final DomainPages pages;
  private final OwnZones zones;
  private final OriginPolicy origins;
  private final Once once;
  private final Clock clock;

  DomainsController(
      DomainDesk desk,
      DomainPages pages,
      OwnZones zones,
      OriginPolicy origins,
      Once once,
      Clock clock) {
    this.desk = desk;
    this.pages = pages;
    this.zones = zones;
    this.origins = origins;
    this.once = once;
    this.clock = clock;
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Domain> addDomain(AddDomainRequest request, @Nullable String idempotencyKey) {
    // Read before the transaction of the key begins, which is the team's.
    var own = zones.all();
    var requests = new DomainRequests(origins.now());
    return once.run(
        idempotencyKey,
        "addDomain",
        request,
        Domain.class,
        () -> add(requests.newDomain(request, own, clock.instant())));
  }

  @Override
  @Needs(Scope.DOMAINS_READ)
  public HttpResponse<DomainPage> listDomains(
      @Nullable DomainStatus status,
      @Nullable String prefix,
      @Nullable String cursor,
      @Nullable Integer limit) {
    return HttpResponse.ok(pages.domains(status, prefix, cursor, limit == null ? 50 : limit));
  }

  @Override
  @Needs(Scope.DOMAINS_READ)
  public HttpResponse<Domain> getDomain(String domainId) {
    return ok(desk.find(CurrentCaller.team(), id(domainId), clock.instant()));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Domain> changeDomain(String domainId, ChangeDomainRequest request) {
    var id = id(domainId);
    return ok(
        desk.changeOrigin(
            CurrentCaller.team(),
            id,
            new DomainRequests(origins.now()).change(request.getOrigin()),
            clock.instant()));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Void> removeDomain(String domainId) {
    return accepted(desk.remove(CurrentCaller.team(), id(domainId)));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Void> checkDomain(String domainId, @Nullable String idempotencyKey) {
    var id = id(domainId);
    return once.run(
        idempotencyKey,
        "checkDomain " + id,
        null,
        Void.class,
        () -> accepted(desk.check(CurrentCaller.team(), id)));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Domain> suspendDomain(String domainId, @Nullable String idempotencyKey) {
    var id = id(domainId);
    return run(
        idempotencyKey,
        "suspendDomain " + id,
        () -> ok(desk.suspend(CurrentCaller.team(), id, clock.instant())));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Domain> resumeDomain(String domainId, @Nullable String idempotencyKey) {
    var id = id(domainId);
    return run(
        idempotencyKey,
        "resumeDomain " + id,
        () -> ok(desk.resume(CurrentCaller.team(), id, clock.instant())));
  }

  @Override
  @Needs(Scope.DOMAINS_WRITE)
  public HttpResponse<Domain> transferDomain(String domainId, @Nullable String idempotencyKey) {
    var id = id(domainId);
    try {
      return run(idempotencyKey, "transferDomain " + id, () -> transfer(id));
    } catch (ProblemException refused) {
      if (refused.kind() == ProblemKind.PROOF_MISSING
          || refused.kind() == ProblemKind.HOSTNAME_FREE) {
        desk.check(CurrentCaller.team(), id);
      }
      throw refused;
    }
  }

  @Override
  @Needs(Scope.DOMAINS_READ)
  public HttpResponse<EventPage> listDomainEvents(
      String domainId, @Nullable String cursor, @Nullable Integer limit) {
    return pages
        .events(id(domainId), cursor, limit == null ? 100 : limit)
        .map(HttpResponse::ok)
        .orElseThrow(DomainsController::notFound);
  }

  private HttpResponse<Domain> add(NewDomain domain) {
    return switch (desk.add(CurrentCaller.team(), domain)) {
      case Addition.Added(var view) ->
          HttpResponse.created(
              DomainResponses.of(view), URI.create("/v1/domains/" + view.domain().id()));
      case Addition.Exists() ->
          throw new ProblemException(
              ProblemKind.DOMAIN_EXISTS, domain.name().ascii() + " is there already.");
      case Addition.NoCluster() -> throw noCluster(domain.cluster().isPresent());
    };
  }

  private HttpResponse<Domain> transfer(DomainId id) {
    var team = CurrentCaller.team();
    return switch (desk.transfer(team, id)) {
      case MOVED, HOLDER -> ok(desk.find(team, id, clock.instant()));
      case REQUESTED -> HttpResponse.<Domain>accepted().body(read(team, id));
      case FREE ->
          throw new ProblemException(
              ProblemKind.HOSTNAME_FREE,
              "Nobody else holds the hostname; this claim gets it as soon as it is proved. A look begins now.");
      case PROOF_MISSING ->
          throw new ProblemException(
              ProblemKind.PROOF_MISSING,
              "Set one of the records that prove ownership, or the CNAME; a look begins now.");
      case UNKNOWN -> throw notFound();
    };
  }

  private Domain read(TeamId team, DomainId id) {
    return desk.find(team, id, clock.instant())
        .map(DomainResponses::of)
        .orElseThrow(DomainsController::notFound);
  }

  private HttpResponse<Domain> run(
      @Nullable String key, String operation, Supplier<HttpResponse<Domain>> work) {
    return once.run(key, operation, null, Domain.class, work);
  }

  private static HttpResponse<Domain> ok(Optional<DomainView> view) {
    return view.map(it -> HttpResponse.ok(DomainResponses.of(it)))
        .orElseThrow(DomainsController::notFound);
  }

  private static HttpResponse<Void> accepted(boolean there) {
    if (!there) {
      throw notFound();
    }
    return HttpResponse.accepted();
  }

  /// An id in another form is the id of nothing.
  private static DomainId id(String shown) {
    try {
      return DomainId.parse(shown);
    } catch (IllegalArgumentException _) {
      throw notFound();
    }
  }

  private static ProblemException notFound() {
    return new ProblemException(ProblemKind.NOT_FOUND, "There is no domain with this id.");
  }

  private static ProblemException noCluster(boolean asked) {
    return asked
        ? ProblemException.invalid(
            "/cluster_id", "no-such-cluster", "There is no cluster with this id.")
        : new ProblemException(
            ProblemKind.NO_CLUSTER, "The team has no cluster and there is no shared one.");
  }
}
