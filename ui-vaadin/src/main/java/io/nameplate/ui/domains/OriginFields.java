package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import io.nameplate.sdk.Origin;
import java.util.List;

/// Where requests go, and what the server there sees as the host.
final class OriginFields extends Div {

  private final TextField url = new TextField("Origin");
  private final Select<Origin.HostHeader> hostHeader = new Select<>();

  OriginFields() {
    addClassName("form");
    url.setId("origin-url");
    url.setPlaceholder("https://app.example.net");
    url.setHelperText(
        "Your server's address: http or https, a host, optionally a port and a path.");
    url.setWidthFull();
    url.getElement().setAttribute("autocapitalize", "none");
    url.getElement().setAttribute("spellcheck", "false");
    hostHeader.setLabel("Your server sees as host");
    hostHeader.setItems(List.of(Origin.HostHeader.VISITOR, Origin.HostHeader.ORIGIN));
    hostHeader.setItemLabelGenerator(Wording::of);
    hostHeader.setValue(Origin.HostHeader.VISITOR);
    hostHeader.setWidthFull();
    add(url, hostHeader);
  }

  void watch(FieldErrors errors) {
    errors.watch("/origin/url", url);
    errors.watch("/origin", url);
    errors.watch("/origin/host_header", hostHeader);
  }

  void setValue(Origin origin) {
    url.setValue(origin.url());
    if (origin.hostHeader() != Origin.HostHeader.UNRECOGNIZED) {
      hostHeader.setValue(origin.hostHeader());
    }
  }

  Origin value() {
    return new Origin(url.getValue().strip(), hostHeader.getValue());
  }

  void focus() {
    url.focus();
  }
}
