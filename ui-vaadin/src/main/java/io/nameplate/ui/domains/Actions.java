package io.nameplate.ui.domains;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.Domains;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.TransferState;
import io.nameplate.ui.Notice;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What can be done with a domain now.
final class Actions extends Div {

  private final transient Domains domains;
  private final transient Links links;
  private final transient Consumer<Domain> changed;
  private final Button check = new Button("Check now", clicked -> check());
  private final Button origin = new Button("Change origin", clicked -> changeOrigin());
  private final Button suspend = new Button("Suspend", clicked -> confirmSuspend());
  private final Button resume = new Button("Resume", clicked -> resume());
  private final Button transfer = new Button("Take the name over", clicked -> confirmTransfer());
  private final Button delete = new Button("Delete", clicked -> confirmDelete());
  private final Anchor visit = outside("Open the site");
  private final Anchor workflow = outside("Workflow");

  private transient @Nullable Domain domain;

  Actions(Domains domains, Links links, Consumer<Domain> changed) {
    this.domains = domains;
    this.links = links;
    this.changed = changed;
    addClassName("actions");
    check.setId("check-now");
    check.addThemeVariants(ButtonVariant.PRIMARY);
    origin.setId("change-origin");
    suspend.setId("suspend");
    resume.setId("resume");
    transfer.setId("transfer");
    delete.setId("delete");
    delete.addThemeVariants(ButtonVariant.ERROR);
    workflow.setId("workflow");
    visit.setId("visit");
    add(check, origin, suspend, resume, transfer, delete, visit, workflow);
  }

  private static Anchor outside(String text) {
    var link = new Anchor("", text);
    link.setTarget("_blank");
    link.getElement().setAttribute("rel", "noopener noreferrer");
    link.addClassName("quiet-link");
    return link;
  }

  void show(Domain now) {
    domain = now;
    var suspended = now.status() == DomainStatus.SUSPENDED;
    suspend.setVisible(!suspended && now.status() != DomainStatus.REMOVING);
    resume.setVisible(suspended);
    transfer.setVisible(now.transfer() == TransferState.POSSIBLE);
    visit.setHref("https://" + now.hostname() + "/");
    visit.setVisible(now.isActive() || now.status() == DomainStatus.DEGRADED);
    workflow.setVisible(links.workflow(now.id()).isPresent());
    links.workflow(now.id()).ifPresent(workflow::setHref);
  }

  private Domain domain() {
    if (domain == null) {
      throw new IllegalStateException("nothing is shown yet");
    }
    return domain;
  }

  private void check() {
    attempt(() -> {
      domains.check(domain().id());
      Notice.done("A look begins now. What it finds shows here.");
    });
  }

  private void changeOrigin() {
    new ChangeOriginDialog(
            domains,
            domain(),
            after -> {
              changed.accept(after);
              Notice.done("The origin is changed.");
            })
        .open();
  }

  private void confirmSuspend() {
    confirm(
        "Suspend " + domain().hostnameUnicode() + "?",
        "Visitors see a neutral page within seconds, until you resume it.",
        "Suspend",
        () -> {
          changed.accept(domains.suspend(domain().id()));
          Notice.done("Suspended.");
        });
  }

  private void resume() {
    attempt(() -> {
      changed.accept(domains.resume(domain().id()));
      Notice.done("Visitors reach your origin again.");
    });
  }

  private void confirmTransfer() {
    confirm(
        "Take " + domain().hostnameUnicode() + " over?",
        "Another team holds this name, and you have just proved that it is yours. It moves at once if the other team's proof is gone; "
            + "else an operator confirms it. Both of you are told.",
        "Take it over",
        () -> {
          var after = domains.transfer(domain().id());
          changed.accept(after);
          Notice.done(
              after.holder() ? "The name is yours now." : "Asked for. An operator confirms it.");
        });
  }

  private void confirmDelete() {
    confirm(
        "Delete " + domain().hostnameUnicode() + "?",
        "It stops answering within a second, and its keys are forgotten. This cannot be undone; it can be added again.",
        "Delete",
        () -> {
          domains.remove(domain().id());
          Notice.done(domain().hostnameUnicode() + " is deleted.");
          UI.getCurrent().navigate("");
        });
  }

  private void confirm(String question, String consequence, String verb, Runnable then) {
    var dialog = new ConfirmDialog(question, consequence, verb, confirmed -> attempt(then));
    dialog.setCancelable(true);
    dialog.setCancelText("Cancel");
    dialog.setConfirmButtonTheme("error primary");
    dialog.open();
  }

  private static void attempt(Runnable action) {
    try {
      action.run();
    } catch (NameplateException e) {
      Notice.failed(e.getMessage());
    }
  }
}
