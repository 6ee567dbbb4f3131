package io.nameplate.api.clusters;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.nameplate.api.contract.ClustersApi;
import io.nameplate.api.contract.model.ClusterList;
import io.nameplate.api.contract.model.JoinToken;
import io.nameplate.api.contract.model.NodeList;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.api.requests.CurrentCaller;
import io.nameplate.api.requests.Needs;
import io.nameplate.api.requests.Once;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterDesk;
import io.nameplate.clusters.ClusterId;
import io.nameplate.teams.Scope;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// `/v1/clusters`. Not final: the framework validates parameters in a subclass.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class ClustersController implements ClustersApi {
  private static final Duration TOKEN_LIFE =
      Duration.ofHours(1); // as long as setting a machine up takes

  private final ClusterDesk desk;
  private final JoinTokens tokens;
  private final Once once;
  private final Clock clock;

  ClustersController(ClusterDesk desk, JoinTokens tokens, Once once, Clock clock) {
    this.desk = desk;
    this.tokens = tokens;
    this.once = once;
    this.clock = clock;
  }

  @Override
  @Needs(Scope.CLUSTERS_READ)
  public HttpResponse<ClusterList> listClusters() {
    return HttpResponse.ok(
        new ClusterList(
            desk.usable(CurrentCaller.team()).stream().map(ClusterResponses::of).toList()));
  }

  @Override
  @Needs(Scope.CLUSTERS_READ)
  public HttpResponse<NodeList> listNodes(String clusterId) {
    var cluster = cluster(clusterId);
    return HttpResponse.ok(
        new NodeList(
            desk.nodes(CurrentCaller.team(), cluster.id(), clock.instant()).stream()
                .map(ClusterResponses::of)
                .toList()));
  }

  @Override
  @Needs(Scope.CLUSTERS_WRITE)
  public HttpResponse<JoinToken> createJoinToken(
      String clusterId, @Nullable String idempotencyKey) {
    var cluster = cluster(clusterId);
    if (cluster.shared()) {
      throw new ProblemException(
          ProblemKind.OPERATOR_ONLY, "Tokens of a shared cluster are the operator's to make.");
    }
    var team = CurrentCaller.team();
    if (idempotencyKey == null) {
      var expires = expiry();
      var token = tokens.make(team, cluster.id(), null, expires);
      desk.addJoinToken(team, cluster.id(), token, expires);
      return HttpResponse.created(shown(token, expires));
    }
    var answer =
        once.run(
            idempotencyKey,
            "createJoinToken " + cluster.id(),
            null,
            JoinToken.class,
            () -> {
              var expires = expiry();
              var token = tokens.make(team, cluster.id(), idempotencyKey, expires);
              desk.addJoinToken(team, cluster.id(), token, expires);
              return HttpResponse.created(
                  new JoinToken("remembered without its secret", expires.atOffset(ZoneOffset.UTC)));
            });
    var expires = answer.getBody(JoinToken.class).orElseThrow().getExpiresAt();
    var token = tokens.make(team, cluster.id(), idempotencyKey, expires.toInstant());
    return HttpResponse.created(shown(token, expires.toInstant()));
  }

  private JoinToken shown(io.nameplate.clusters.JoinToken token, Instant expires) {
    var response = new JoinToken(token.shown(), expires.atOffset(ZoneOffset.UTC));
    tokens.command(token).ifPresent(response::command);
    return response;
  }

  /// To milliseconds, so that what is remembered is exactly it.
  private Instant expiry() {
    return clock.instant().plus(TOKEN_LIFE).truncatedTo(ChronoUnit.MILLIS);
  }

  private Cluster cluster(String shown) {
    try {
      return desk.find(CurrentCaller.team(), ClusterId.parse(shown))
          .orElseThrow(ClustersController::notFound);
    } catch (IllegalArgumentException _) {
      throw notFound();
    }
  }

  private static ProblemException notFound() {
    return new ProblemException(ProblemKind.NOT_FOUND, "There is no cluster with this id.");
  }
}
