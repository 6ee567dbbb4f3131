package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.Span;
import io.nameplate.sdk.DomainStatus;

/// A status in words, with a colour that repeats them.
final class StatusBadge extends Span {

  void show(DomainStatus status) {
    setClassName("badge " + tone(status));
    setText(Wording.of(status));
  }

  /// The class that colours it: the statuses that ask for the same attention look the same.
  static String tone(DomainStatus status) {
    return switch (status) {
      case ACTIVE -> "good";
      case PENDING, VERIFYING, ISSUING, DEPLOYING -> "busy";
      case DEGRADED, MOVED -> "poor";
      case EXPIRED -> "bad";
      case SUSPENDED, REMOVING, UNRECOGNIZED -> "quiet";
    };
  }
}
