package io.nameplate.api.teams;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.nameplate.api.contract.TeamsApi;
import io.nameplate.api.contract.model.Team;
import io.nameplate.api.requests.CurrentCaller;
import io.nameplate.api.requests.Needs;
import io.nameplate.teams.Scope;

/// `/v1/team`.
@Controller
final class TeamsController implements TeamsApi {
  @Override
  @Needs({})
  public HttpResponse<Team> getTeam() {
    var caller = CurrentCaller.get();
    return HttpResponse.ok(
        new Team(
            caller.team().toString(),
            caller.teamName(),
            caller.scopes().stream().sorted().map(Scope::word).toList()));
  }
}
