package io.nameplate.ui;

import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;
import java.time.Duration;

/// A sentence that appears over the current page and goes away by itself. Screen readers say it.
public final class Notice {

  private static final Duration DONE = Duration.ofSeconds(4);
  private static final Duration FAILED = Duration.ofSeconds(10);

  private Notice() {}

  /// Something was done.
  public static void done(String sentence) {
    show(sentence, DONE, NotificationVariant.SUCCESS);
  }

  /// Something could not be done.
  public static void failed(String sentence) {
    show(sentence, FAILED, NotificationVariant.ERROR);
  }

  private static void show(String sentence, Duration time, NotificationVariant kind) {
    // Its text is set as text, never as markup.
    var notification =
        Notification.show(sentence, (int) time.toMillis(), Notification.Position.BOTTOM_CENTER);
    notification.addThemeVariants(kind);
  }
}
