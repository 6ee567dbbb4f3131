package io.nameplate.ui.domains;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.Domains;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.ProblemException;
import java.util.function.Consumer;

/// Asks where a domain's requests shall go from now on.
final class ChangeOriginDialog extends Dialog {

  private final OriginFields origin = new OriginFields();
  private final FieldErrors errors = new FieldErrors();
  private final Button change = new Button("Change origin");

  ChangeOriginDialog(Domains domains, Domain domain, Consumer<Domain> changed) {
    setHeaderTitle("Change the origin");
    setWidth("min(34rem, 92vw)");
    origin.setValue(domain.origin());
    origin.watch(errors);
    var explanation =
        new Paragraph(
            "For a domain whose name is proven, the next request goes to the new server within a second.");
    explanation.addClassName("hint");
    var form = new Div(explanation, errors, origin);
    form.addClassName("form");
    add(form);
    var cancel = new Button("Cancel", clicked -> close());
    change.addThemeVariants(ButtonVariant.PRIMARY);
    change.setId("origin-change");
    change.setDisableOnClick(true);
    change.addClickListener(clicked -> submit(domains, domain, changed));
    change.addClickShortcut(Key.ENTER);
    getFooter().add(cancel, change);
    addOpenedChangeListener(opened -> origin.focus());
  }

  private void submit(Domains domains, Domain domain, Consumer<Domain> changed) {
    errors.clear();
    try {
      var after = domains.changeOrigin(domain.id(), origin.value());
      close();
      changed.accept(after);
    } catch (ProblemException e) {
      errors.show(e);
      change.setEnabled(true);
    } catch (NameplateException e) {
      errors.show("The API does not answer at the moment. Please try again.");
      change.setEnabled(true);
    }
  }
}
