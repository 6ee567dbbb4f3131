package io.nameplate.ui.domains;

import com.vaadin.flow.component.HtmlContainer;
import com.vaadin.flow.component.Tag;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// A moment on the page, in UTC, with the exact one on hover.
@Tag("time")
final class Moment extends HtmlContainer {

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  Moment(Instant instant) {
    getElement().setAttribute("datetime", instant.truncatedTo(ChronoUnit.MILLIS).toString());
    getElement().setAttribute("title", instant.toString());
    setText(text(instant));
  }

  static String text(Instant instant) {
    return SHOWN.format(instant);
  }
}
