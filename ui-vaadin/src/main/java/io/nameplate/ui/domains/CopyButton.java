package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.NativeButton;

/// Puts a text on the clipboard. The copying is done by `nameplate.js`: browsers want it to happen
/// in the click itself.
final class CopyButton extends NativeButton {

  /// @param what is copied, for those who cannot see what stands beside it
  CopyButton(String text, String what) {
    super("Copy");
    addClassName("copy");
    getElement().setAttribute("type", "button");
    getElement().setAttribute("data-copy", text);
    getElement().setAttribute("aria-label", "Copy " + what);
  }
}
