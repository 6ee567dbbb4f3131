package io.nameplate.sdk;

import java.util.List;

/// The team that an API key belongs to.
///
/// @param scopes what the key may do
public record Team(String id, String name, List<String> scopes) {

  public Team {
    scopes = List.copyOf(scopes);
  }
}
