package io.nameplate.ui.server;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.PageTitle;
import java.util.UUID;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is shown instead of a page that failed while it was made.
@PageTitle("Something broke · Nameplate")
public final class BrokenPage extends Main implements HasErrorParameter<Exception> {

  private static final Logger LOG = LoggerFactory.getLogger(BrokenPage.class);

  /// Made by Vaadin.
  public BrokenPage() {
    addClassName("lonely");
  }

  @Override
  public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<Exception> parameter) {
    var id = UUID.randomUUID().toString().substring(0, 8);
    LOG.atError()
        .addKeyValue("mishap", id)
        .setCause(parameter.getException())
        .log("A page could not be made");
    add(
        new H1("Something went wrong on our side"),
        new Paragraph("The log knows it as " + id + ". Trying again may help."),
        new Anchor("/", "Back to the list of domains"));
    return HttpStatus.INTERNAL_SERVER_ERROR_500;
  }
}
