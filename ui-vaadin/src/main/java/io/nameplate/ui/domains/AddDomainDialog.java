package io.nameplate.ui.domains;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.textfield.TextField;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.Domains;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.NewDomain;
import io.nameplate.sdk.ProblemException;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks for a hostname and its origin. What the API refuses is said at the field that it is about.
final class AddDomainDialog extends Dialog {

  private final transient Domains domains;
  private final transient Consumer<Domain> added;
  private final TextField hostname = new TextField("Hostname");
  private final OriginFields origin = new OriginFields();
  private final FieldErrors errors = new FieldErrors();
  private final Button add = new Button("Add domain");

  AddDomainDialog(Domains domains, Consumer<Domain> added) {
    this.domains = domains;
    this.added = added;
    setHeaderTitle("Add a domain");
    setWidth("min(34rem, 92vw)");
    hostname.setId("new-hostname");
    hostname.setPlaceholder("shop.customer.com");
    hostname.setHelperText(
        "The name your customer's visitors will type. Any script, with or without “www”.");
    hostname.setWidthFull();
    hostname.setAutofocus(true);
    hostname.getElement().setAttribute("autocapitalize", "none");
    hostname.getElement().setAttribute("spellcheck", "false");
    errors.watch("/hostname", hostname);
    origin.watch(errors);

    var explanation =
        new Paragraph(
            "You get the DNS records to set next. Nothing changes for visitors until they are.");
    explanation.addClassName("hint");
    var form = new Div(explanation, errors, hostname, origin);
    form.addClassName("form");
    add(form);

    var cancel = new Button("Cancel", clicked -> close());
    add.addThemeVariants(ButtonVariant.PRIMARY);
    add.setId("new-add");
    add.setDisableOnClick(true);
    add.addClickListener(clicked -> submit());
    add.addClickShortcut(Key.ENTER);
    getFooter().add(cancel, add);
  }

  private void submit() {
    errors.clear();
    try {
      var domain =
          domains.add(new NewDomain(hostname.getValue(), origin.value(), Optional.empty()));
      close();
      added.accept(domain);
    } catch (ProblemException e) {
      errors.show(e);
      add.setEnabled(true);
    } catch (NameplateException e) {
      errors.show("The API does not answer at the moment. Please try again.");
      add.setEnabled(true);
    }
  }
}
