package io.nameplate.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.router.RouterLayout;
import io.nameplate.ui.signin.Doorkeeper;
import io.nameplate.ui.signin.SignedIn;
import java.net.URI;
import java.util.Optional;

/// What surrounds every page after sign-in: where one is, whose domains these are, and the way out.
public final class Frame extends Div implements RouterLayout {

  /// The element that the skip link leads to: each page's main part.
  public static final String CONTENT = "content";

  /// @param temporalUi where operators look at workflows; empty shows no link
  public Frame(SignedIn signedIn, Optional<URI> temporalUi) {
    addClassName("frame");
    var skip = new Anchor("#" + CONTENT, "Skip to content");
    skip.addClassName("skip");
    skip.setRouterIgnore(true);
    var brand = new Anchor("/", new Div(), new Span("Nameplate"));
    brand.addClassName("brand");
    brand.getElement().setAttribute("aria-label", "Nameplate: list of domains");
    var team = new Span(signedIn.team().name());
    team.addClassName("team");
    team.getElement().setAttribute("title", "Team " + signedIn.team().id());
    var tools = new Div(team);
    temporalUi.ifPresent(url -> tools.add(outside(url.toString(), "Workflows")));
    tools.add(appearance(), leave());
    tools.addClassName("tools");
    var header = new Header(brand, tools);
    add(skip, header);
  }

  private static Component outside(String url, String text) {
    var link = new Anchor(url, text);
    link.setTarget("_blank");
    link.getElement().setAttribute("rel", "noopener noreferrer");
    link.addClassName("quiet-link");
    return link;
  }

  /// Goes round: as the system has it, light, dark.
  private static Button appearance() {
    var button = new Button();
    button.setId("appearance");
    button.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.SMALL);
    button.addClickListener(clicked -> {
      var page = UI.getCurrent().getPage();
      page.setColorScheme(next(page.getColorScheme()));
      button.setText(label(page.getColorScheme()));
    });
    button.setText(label(UI.getCurrent().getPage().getColorScheme()));
    return button;
  }

  private static ColorScheme.Value next(ColorScheme.Value shown) {
    return switch (shown) {
      case LIGHT -> ColorScheme.Value.DARK;
      case DARK -> ColorScheme.Value.LIGHT_DARK;
      case LIGHT_DARK, DARK_LIGHT, NORMAL, SYSTEM -> ColorScheme.Value.LIGHT;
    };
  }

  private static String label(ColorScheme.Value shown) {
    return switch (shown) {
      case LIGHT -> "Theme: light";
      case DARK -> "Theme: dark";
      case LIGHT_DARK, DARK_LIGHT, NORMAL, SYSTEM -> "Theme: system";
    };
  }

  private static Button leave() {
    var button = new Button("Sign out", clicked -> Doorkeeper.showOut(UI.getCurrent()));
    button.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.SMALL);
    return button;
  }
}
