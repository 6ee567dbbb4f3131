package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.Command;
import io.nameplate.sdk.DnsRecord;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.Domains;
import io.nameplate.sdk.Event;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.ProblemException;
import io.nameplate.ui.Frame;
import io.nameplate.ui.Notice;
import io.nameplate.ui.signin.SignedIn;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One domain, live: what it needs, what happened to it, and what can be done.
@Route(value = "domains/:id", layout = Frame.class)
public final class DomainPage extends Main
    implements BeforeEnterObserver, HasDynamicTitle, Watch.Look {

  private static final int EVENTS = 500;

  private final transient Domains domains;
  private final transient Links links;
  private final Outage outage = new Outage(Clock.systemUTC());
  private final H1 title = new H1();
  private final Span ascii = new Span();
  private final StatusBadge badge = new StatusBadge();
  private final Div spoken = new Div();
  private final Actions actions;
  private final Checklist checklist = new Checklist();
  private final RecordTable records = new RecordTable();
  private final History history = new History();
  private final Facts facts = new Facts();
  private final Div sandbox = new Div();

  /// What the page shows; null until the first visit. Written inside the session's lock.
  private transient volatile @Nullable Domain shown;

  /// Where the history that is shown goes on. Written inside the session's lock, together with what
  /// it stands behind: a look that failed half-way reads the same events again.
  private transient volatile Optional<String> cursor = Optional.empty();

  /// @param signedIn whose domain it is
  /// @param links where else to look
  public DomainPage(SignedIn signedIn, Links links) {
    this.domains = signedIn.nameplate().domains();
    this.links = links;
    actions = new Actions(domains, links, this::show);
    setId(Frame.CONTENT);
    addClassName("page");
    title.getElement().setAttribute("tabindex", "-1");
    ascii.addClassName("ascii");
    spoken.addClassName("spoken");
    spoken.getElement().setAttribute("role", "status");
    spoken.getElement().setAttribute("aria-live", "polite");
    add(outage, heading(), spoken, columns());
    Watch.whileShown(this, this, outage);
  }

  private Component heading() {
    var back = new Anchor("/", "← All domains");
    back.addClassName("back");
    var name = new Div(title, badge, ascii);
    name.addClassName("domain-name");
    var heading = new Div(back, name, actions);
    heading.addClassName("domain-heading");
    return heading;
  }

  private Component columns() {
    var recordsCard = card("DNS records", records);
    links.sandbox().ifPresent(url -> fillSandbox(new SandboxDns(url)));
    sandbox.addClassName("sandbox");
    recordsCard.add(sandbox);
    var first = new Div(card("Checklist", checklist), recordsCard, card("History", history));
    first.addClassName("column");
    var columns = new Div(first, facts);
    columns.addClassName("columns");
    return columns;
  }

  private static Section card(String name, Component content) {
    var section = new Section(new H2(name), content);
    section.addClassName("card");
    section.getElement().setAttribute("aria-label", name);
    return section;
  }

  private void fillSandbox(SandboxDns dns) {
    var button = new Button("Set these records for me");
    button.setId("set-records");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.setDisableOnClick(true);
    button.addClickListener(clicked -> {
      setRecords(dns);
      button.setEnabled(true);
    });
    var note = new Span("This is a sandbox: its DNS is ours to set.");
    note.addClassName("note");
    sandbox.add(button, note);
  }

  private void setRecords(SandboxDns dns) {
    var domain = shown;
    if (domain == null) {
      return;
    }
    try {
      dns.set(domain.dnsRecords());
      domains.check(domain.id());
      Notice.done("The records are set.");
    } catch (IOException e) {
      Notice.failed("The sandbox did not set them: " + e.getMessage());
    } catch (NameplateException e) {
      Notice.failed("They are set; the look at them has to wait: " + e.getMessage());
    }
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var id = event.getRouteParameters().get("id").orElse("");
    try {
      var domain = domains.get(id);
      if (shown == null || !shown.id().equals(domain.id())) {
        // The browser went from one domain's page straight to another's.
        shown = null;
        cursor = Optional.empty();
        history.clear();
      }
      show(domain);
      title.getElement().callJsFunction("focus");
    } catch (ProblemException.NotFound | ProblemException.Invalid e) {
      throw new NotFoundException("no domain " + id);
    }
  }

  @Override
  public String getPageTitle() {
    var domain = shown;
    return (domain == null ? "Domain" : domain.hostnameUnicode()) + " · Nameplate";
  }

  @Override
  public Optional<Command> now() {
    var before = shown;
    if (before == null) {
      return Optional.empty();
    }
    try {
      var news = newsAfter(before.id(), cursor);
      var after = domains.get(before.id());
      if (news.events().isEmpty() && after.equals(before)) {
        return Optional.empty();
      }
      return Optional.of(() -> {
        if (before.equals(shown)) {
          cursor = news.end();
          history.append(news.events());
          show(after);
        }
        // Else an action's answer is shown since, and this is the older one: the next look decides.
      });
    } catch (ProblemException.NotFound removed) {
      return Optional.of(() -> {
        if (before.equals(shown)) {
          leave();
        }
      });
    }
  }

  /// Events that follow a cursor, and the cursor behind the last of them.
  private record News(List<Event> events, Optional<String> end) {}

  private News newsAfter(String id, Optional<String> begin) {
    var events = new ArrayList<Event>();
    var end = begin;
    while (true) {
      var page = domains.events(id, end, EVENTS);
      events.addAll(page.items());
      if (page.items().isEmpty() || page.nextCursor().isEmpty()) {
        return new News(events, end);
      }
      end = page.nextCursor();
    }
  }

  private void show(Domain domain) {
    var before = shown;
    shown = domain;
    title.setText(domain.hostnameUnicode());
    ascii.setText(domain.hostname());
    ascii.setVisible(!domain.hostname().equals(domain.hostnameUnicode()));
    badge.show(domain.status());
    if (before != null && before.status() != domain.status()) {
      spoken.setText(domain.hostnameUnicode() + ": " + Wording.of(domain.status()));
    }
    actions.show(domain);
    checklist.show(domain.conditions());
    records.show(domain.dnsRecords());
    sandbox.setVisible(
        links.sandbox().isPresent() && !domain.dnsRecords().stream().allMatch(DnsRecord::seen));
    facts.show(domain);
  }

  private void leave() {
    shown = null;
    Notice.done("The domain was removed.");
    UI.getCurrent().navigate("");
  }
}
