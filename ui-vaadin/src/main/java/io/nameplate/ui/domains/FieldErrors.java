package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Focusable;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.shared.HasValidationProperties;
import io.nameplate.sdk.FieldError;
import io.nameplate.sdk.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Brings each error of a problem to the field that its pointer names. What has no field is said
/// above them.
final class FieldErrors extends Div {

  private final Map<String, HasValidationProperties> fields = new LinkedHashMap<>();

  FieldErrors() {
    addClassName("form-error");
    getElement().setAttribute("role", "alert");
    setVisible(false);
  }

  <F extends Component & HasValidationProperties> void watch(String pointer, F field) {
    fields.put(pointer, field);
  }

  void clear() {
    setVisible(false);
    fields.values().forEach(field -> field.setInvalid(false));
  }

  void show(ProblemException problem) {
    var elsewhere =
        problem.errors().stream()
            .filter(error -> !fields.containsKey(error.pointer()))
            .map(FieldError::detail)
            .collect(Collectors.joining(" "));
    problem.errors().reversed().forEach(this::mark);
    if (problem.errors().isEmpty()) {
      show(sentence(problem));
    } else if (!elsewhere.isEmpty()) {
      show(elsewhere);
    }
  }

  /// A failure of the server's own comes with the id that its log knows it by.
  private static String sentence(ProblemException problem) {
    var said = problem.detail().orElse(problem.title());
    return problem.status() < 500
        ? said
        : problem.requestId().map(id -> said + " (request " + id + ")").orElse(said);
  }

  void show(String sentence) {
    setText(sentence);
    setVisible(true);
  }

  private void mark(FieldError error) {
    var field = fields.get(error.pointer());
    if (field == null) {
      return;
    }
    field.setErrorMessage(error.detail());
    field.setInvalid(true);
    if (field instanceof Focusable<?> focusable) {
      focusable.focus();
    }
  }
}
