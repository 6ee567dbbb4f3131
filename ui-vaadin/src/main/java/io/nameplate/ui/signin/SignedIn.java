package io.nameplate.ui.signin;

import com.vaadin.flow.server.VaadinSession;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.Team;
import java.util.Optional;

/// A session whose key was accepted. The key is inside the client and never leaves this process but
/// for the API.
public record SignedIn(Nameplate nameplate, Team team) {

  /// What the session began with; empty before sign-in.
  public static Optional<SignedIn> in(VaadinSession session) {
    return Optional.ofNullable(session.getAttribute(SignedIn.class));
  }

  /// The team's name only.
  @Override
  public String toString() {
    return "SignedIn[team=" + team.id() + "]";
  }
}
