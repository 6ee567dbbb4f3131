package io.nameplate.ui.signin;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;

/// Asks for an API key.
@Route("sign-in")
@PageTitle("Sign in · Nameplate")
public final class SignInPage extends Main implements BeforeEnterObserver {

  private final transient Doorkeeper doorkeeper;
  private final PasswordField key = new PasswordField("API key");
  private final Button enter = new Button("Sign in");

  /// @param doorkeeper checks the key
  /// @param inSandbox whether to say where the sandbox keeps its key
  public SignInPage(Doorkeeper doorkeeper, boolean inSandbox) {
    this.doorkeeper = doorkeeper;
    addClassName("sign-in");
    key.setId("api-key");
    key.setAutofocus(true);
    key.setPlaceholder("np_live_…");
    if (inSandbox) {
      key.setHelperText("In this sandbox, ./nameplate up says where the key is.");
    }
    key.setWidthFull();
    key.getElement().setAttribute("autocomplete", "current-password");
    key.addKeyPressListener(Key.ENTER, pressed -> signIn());
    enter.addThemeVariants(ButtonVariant.PRIMARY);
    enter.setWidthFull();
    enter.setDisableOnClick(true);
    enter.addClickListener(clicked -> signIn());

    var brand = new Div(new Div(), new Span("Nameplate"));
    brand.addClassName("brand");
    var card =
        new Div(
            brand,
            new H1("Sign in"),
            new Paragraph(
                "Use an API key of your team. It stays on the server and is forgotten when you sign out."),
            key,
            enter);
    card.addClassName("sign-in-card");
    add(card);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    if (SignedIn.in(event.getUI().getSession()).isPresent()) {
      event.forwardTo("");
    }
  }

  private void signIn() {
    var ui = UI.getCurrent();
    if (key.getValue().isBlank()) {
      refuse("Enter a key.");
      return;
    }
    doorkeeper
        .letIn(ui.getSession(), key.getValue())
        .ifPresentOrElse(
            this::refuse,
            () -> {
              key.clear();
              ui.getPage().setLocation("/" + Doorkeeper.wanted(ui.getSession()));
            });
  }

  private void refuse(String sentence) {
    key.setErrorMessage(sentence);
    key.setInvalid(true);
    key.focus();
    enter.setEnabled(true);
  }
}
