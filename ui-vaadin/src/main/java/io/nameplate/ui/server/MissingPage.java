package io.nameplate.ui.server;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.PageTitle;
import org.eclipse.jetty.http.HttpStatus;

/// Where there is nothing.
@PageTitle("Not found · Nameplate")
public final class MissingPage extends Main implements HasErrorParameter<NotFoundException> {

  /// Made by Vaadin.
  public MissingPage() {
    addClassName("lonely");
    add(
        new H1("There is nothing here"),
        new Paragraph("The address leads nowhere, or the domain was removed."),
        new Anchor("/", "Back to the list of domains"));
  }

  @Override
  public int setErrorParameter(
      BeforeEnterEvent event, ErrorParameter<NotFoundException> parameter) {
    return HttpStatus.NOT_FOUND_404;
  }
}
