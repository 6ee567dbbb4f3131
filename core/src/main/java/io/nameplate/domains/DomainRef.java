package io.nameplate.domains;

import io.nameplate.teams.TeamId;

/// Which domain, and whose: enough to find its rows.
public record DomainRef(DomainId id, TeamId team) {}
