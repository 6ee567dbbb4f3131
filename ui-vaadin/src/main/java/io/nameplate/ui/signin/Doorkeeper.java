package io.nameplate.ui.signin;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.server.VaadinService;
import com.vaadin.flow.server.VaadinServletRequest;
import com.vaadin.flow.server.VaadinSession;
import io.nameplate.sdk.ConnectionException;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.ProblemException;
import java.util.Optional;

/// Lets people in with a key, keeps everybody else at the sign-in page, and shows people out.
public final class Doorkeeper {

  private static final String WANTED = "io.nameplate.ui.wanted";

  private final Nameplate anyone;

  /// @param anyone a client whose key is replaced by the one that people enter
  public Doorkeeper(Nameplate anyone) {
    this.anyone = anyone;
  }

  /// Sends every visit of a page to the sign-in page until there was one.
  public void guard(UI ui) {
    ui.addBeforeEnterListener(this::check);
  }

  private void check(BeforeEnterEvent visit) {
    var session = visit.getUI().getSession();
    if (visit.getNavigationTarget() == SignInPage.class || SignedIn.in(session).isPresent()) {
      return;
    }
    session.setAttribute(WANTED, visit.getLocation().getPathWithQueryParameters());
    visit.forwardTo(SignInPage.class);
  }

  /// Begins a session with this key. Empty if it did; else the sentence that says why not.
  Optional<String> letIn(VaadinSession session, String key) {
    try {
      var nameplate = anyone.withApiKey(key.strip());
      var team = nameplate.team();
      // A session id that somebody planted before does not get in with the key.
      VaadinService.reinitializeSession(VaadinServletRequest.getCurrent());
      session.setAttribute(SignedIn.class, new SignedIn(nameplate, team));
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("A key is one word that begins with np_live_.");
    } catch (ProblemException.Unauthenticated e) {
      return Optional.of(
          "This key is not accepted. Check that it was copied whole; it may also have been revoked.");
    } catch (ConnectionException e) {
      return Optional.of("The API does not answer at the moment. Please try again.");
    } catch (NameplateException e) {
      return Optional.of("The API could not check the key: " + e.getMessage());
    }
  }

  /// The page that was asked for before sign-in, as a path without a leading slash; the list of
  /// domains if none was.
  static String wanted(VaadinSession session) {
    var wanted = session.getAttribute(WANTED);
    session.setAttribute(WANTED, null);
    return wanted instanceof String path && !path.startsWith("sign-in") ? path : "";
  }

  /// Ends the session, with everything it knew. The browser begins anew at the sign-in page.
  public static void showOut(UI ui) {
    ui.getPage().setLocation("/sign-in");
    ui.getSession().getSession().invalidate();
    ui.getSession().close();
  }
}
