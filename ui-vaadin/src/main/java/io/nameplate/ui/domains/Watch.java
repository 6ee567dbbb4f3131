package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.server.Command;
import io.nameplate.sdk.NameplateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the API again and again while a component is shown, and touches the page only when
/// something changed. A change shows after one pause at most, plus the time of the call; a page
/// never has two looks or two updates on the way.
final class Watch {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /// A change has to show within two seconds: this leaves 1.3 s for a slow call and the push.
  private static final Duration PAUSE = Duration.ofMillis(700);

  private final Look look;
  private final Trouble trouble;
  private boolean inTrouble;

  private Watch(Look look, Trouble trouble) {
    this.look = look;
    this.trouble = trouble;
  }

  /// Asks the API, outside the session's lock.
  interface Look {
    /// What changes on the page, to be run inside the session's lock; empty if nothing did.
    Optional<Command> now();
  }

  /// Shows that looking fails, and that it works again. Called inside the session's lock, once for
  /// each change.
  interface Trouble {
    void began(NameplateException why);

    void ended();
  }

  /// Watches from each attaching of the component to its detaching.
  static void whileShown(Component shown, Look look, Trouble trouble) {
    shown.addAttachListener(attached -> {
      var ui = attached.getUI();
      var thread = Thread.ofVirtual().name("watch").start(() -> new Watch(look, trouble).run(ui));
      shown.addDetachListener(detached -> {
        detached.unregisterListener();
        thread.interrupt();
      });
    });
  }

  private void run(UI ui) {
    try {
      while (true) {
        once(ui);
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException | UIDetachedException | CancellationException ended) {
      // The page is gone.
    } catch (ExecutionException | RuntimeException e) {
      LOG.atError().setCause(e).log("A page is not kept up to date any more");
    }
  }

  private void once(UI ui) throws InterruptedException, ExecutionException {
    try {
      var change = look.now();
      if (inTrouble) {
        inTrouble = false;
        ui.access(trouble::ended).get();
      }
      if (change.isPresent()) {
        ui.access(change.get()).get();
      }
    } catch (NameplateException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (!inTrouble) {
        inTrouble = true;
        ui.access(() -> trouble.began(e)).get();
      }
    }
  }
}
