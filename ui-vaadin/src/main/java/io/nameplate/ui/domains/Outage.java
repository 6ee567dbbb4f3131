package io.nameplate.ui.domains;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.ProblemException;
import io.nameplate.ui.signin.Doorkeeper;
import java.time.Clock;

/// Says over a page that what it shows is getting old.
final class Outage extends Div implements Watch.Trouble {

  private final transient Clock clock;

  Outage(Clock clock) {
    this.clock = clock;
    addClassName("outage");
    // An alert is read out when it appears; a status would have had to be there before.
    getElement().setAttribute("role", "alert");
    setVisible(false);
  }

  @Override
  public void began(NameplateException why) {
    if (why instanceof ProblemException.Unauthenticated) {
      Doorkeeper.showOut(UI.getCurrent());
      return;
    }
    setText(
        isRefusal(why)
            ? "The API refuses to show this: " + why.getMessage()
            : "The API does not answer. What you see is as of %s; it is tried again and again."
                .formatted(Moment.text(clock.instant())));
    setVisible(true);
  }

  private static boolean isRefusal(NameplateException why) {
    return why instanceof ProblemException.Invalid || why instanceof ProblemException.Forbidden;
  }

  @Override
  public void ended() {
    setVisible(false);
    setText("");
  }
}
