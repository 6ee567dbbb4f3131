package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.data.renderer.Renderer;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.Location;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainFilter;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.ui.Frame;
import io.nameplate.ui.signin.SignedIn;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;

/// The team's domains, live.
@Route(value = "", layout = Frame.class)
@PageTitle("Domains · Nameplate")
public final class DomainsPage extends Main implements BeforeEnterObserver {

  private static final int SEARCH_PAUSE_MILLIS = 250;
  private static final String PREFIX = "prefix";
  private static final String STATUS = "status";

  private final transient SignedIn signedIn;
  private final transient DomainRows rows;
  private final TextField search = new TextField();
  private final Select<DomainStatus> status = new Select<>();
  private final Grid<Domain> grid = new Grid<>();

  /// @param signedIn whose domains these are
  public DomainsPage(SignedIn signedIn) {
    this.signedIn = signedIn;
    rows = new DomainRows(signedIn.nameplate().domains());
    setId(Frame.CONTENT);
    addClassName("page");
    var outage = new Outage(Clock.systemUTC());
    add(heading(), outage, filters(), table());
    Watch.whileShown(this, rows, outage);
  }

  /// Takes the filter from the address, so that it survives a look at a domain, a reload and a
  /// bookmark. The address itself stays as it is: while the browser goes back, its history is the
  /// browser's to move in.
  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var parameters = event.getLocation().getQueryParameters();
    var wanted = parameters.getSingleParameter(STATUS).orElse("");
    search.setValue(parameters.getSingleParameter(PREFIX).orElse(""));
    status.setValue(
        status
            .getListDataView()
            .getItems()
            .filter(value -> value.code().equals(wanted))
            .findFirst()
            .orElse(null));
    filter();
  }

  private Component heading() {
    var add = new Button("Add domain", clicked -> openAddDialog());
    add.addThemeVariants(ButtonVariant.PRIMARY);
    add.setId("add-domain");
    var heading = new Div(new H1("Domains"), add);
    heading.addClassName("heading");
    return heading;
  }

  private Component filters() {
    search.setId("search");
    search.setAriaLabel("Search by the beginning of the hostname");
    search.setPlaceholder("Hostname begins with…");
    search.setClearButtonVisible(true);
    search.setMaxLength(253);
    search.setValueChangeMode(ValueChangeMode.LAZY);
    search.setValueChangeTimeout(SEARCH_PAUSE_MILLIS);
    search.addValueChangeListener(changed -> {
      if (changed.isFromClient()) {
        filterAsChosen();
      }
    });
    status.setId("status");
    status.setAriaLabel("Status");
    status.setItems(
        Arrays.stream(DomainStatus.values())
            .filter(value -> value != DomainStatus.UNRECOGNIZED)
            .toList());
    status.setEmptySelectionAllowed(true);
    status.setEmptySelectionCaption("Any status");
    status.setPlaceholder("Any status");
    status.setItemLabelGenerator(value -> value == null ? "Any status" : Wording.of(value));
    status.addValueChangeListener(changed -> {
      if (changed.isFromClient()) {
        filterAsChosen();
      }
    });
    var filters = new Div(search, status);
    filters.addClassName("filters");
    filters.getElement().setAttribute("role", "search");
    return filters;
  }

  private Component table() {
    grid.addClassName("domains");
    grid.addThemeVariants(GridVariant.NO_BORDER);
    grid.setPageSize(DomainRows.PAGE);
    grid.setSelectionMode(Grid.SelectionMode.NONE);
    grid.setItems(rows).setItemCountUnknown();
    grid.addColumn(name()).setHeader("Hostname").setFlexGrow(4).setWidth("10.5rem");
    grid.addColumn(badge())
        .setHeader("Status")
        .setAutoWidth(false)
        .setWidth("11.5rem")
        .setFlexGrow(0);
    grid.addColumn(DomainsPage::next).setHeader("What is missing").setFlexGrow(5).setWidth("13rem");
    grid.addColumn(domain -> domain.origin().url())
        .setHeader("Origin")
        .setFlexGrow(2)
        .setWidth("12rem");
    grid.addItemClickListener(clicked -> open(clicked.getItem()));
    grid.setEmptyStateComponent(nothingYet());
    var frame = new Div(grid);
    frame.addClassName("table-card");
    return frame;
  }

  /// Cells are filled with properties, which are text and never markup.
  private static Renderer<Domain> name() {
    return LitRenderer.<Domain>of(
            """
            <a class="name" href="/domains/${item.id}">${item.shown}</a>${item.ascii ? html`<span class="ascii">${item.ascii}</span>` : ''}\
            """)
        .withProperty("id", Domain::id)
        .withProperty("shown", Domain::hostnameUnicode)
        .withProperty(
            "ascii",
            domain -> domain.hostname().equals(domain.hostnameUnicode()) ? "" : domain.hostname());
  }

  private static Renderer<Domain> badge() {
    return LitRenderer.<Domain>of("<span class=\"badge ${item.tone}\">${item.text}</span>")
        .withProperty("tone", domain -> StatusBadge.tone(domain.status()))
        .withProperty("text", domain -> Wording.of(domain.status()));
  }

  /// The first thing that stands in the way, in the order of the life cycle.
  private static String next(Domain domain) {
    return domain.failing().stream()
        .findFirst()
        .or(() -> first(domain, ConditionState.UNKNOWN))
        .map(Condition::message)
        .orElse("");
  }

  private static Optional<Condition> first(Domain domain, ConditionState state) {
    return domain.conditions().stream().filter(condition -> condition.state() == state).findFirst();
  }

  private Component nothingYet() {
    var first = new Button("Add your first domain", clicked -> openAddDialog());
    first.addThemeVariants(ButtonVariant.PRIMARY);
    var empty =
        new Div(
            new H2("No domains yet"),
            new Paragraph("Give one of your customers their own domain on your product:"),
            new OrderedList(
                new ListItem("Add the hostname, and the server that answers for it."),
                new ListItem("Show the domain's owner the DNS records to set."),
                new ListItem("Watch it turn active here, with HTTPS, seconds after they are set.")),
            first);
    empty.addClassName("empty");
    return empty;
  }

  private Component noMatch() {
    var all =
        new Button(
            "Show all domains",
            clicked -> {
              search.clear();
              status.clear();
              filterAsChosen();
            });
    var empty =
        new Div(
            new H2("No domain matches"),
            new Paragraph(
                "Hostnames are found by how they begin, such as “shop.ac” for shop.acme.com."),
            all);
    empty.addClassName("empty");
    return empty;
  }

  private void filter() {
    var filter = DomainFilter.all().withPrefix(search.getValue());
    var wanted = status.getOptionalValue().map(filter::withStatus).orElse(filter);
    grid.setEmptyStateComponent(wanted.equals(DomainFilter.all()) ? nothingYet() : noMatch());
    grid.getLazyDataView().setItemCountUnknown();
    rows.filter(wanted);
  }

  /// Somebody has chosen another filter: the address says so from now on.
  private void filterAsChosen() {
    filter();
    UI.getCurrent().getPage().getHistory().replaceState(null, address());
  }

  private Location address() {
    var parameters = new TreeMap<String, String>();
    if (!search.isEmpty()) {
      parameters.put(PREFIX, search.getValue());
    }
    status.getOptionalValue().ifPresent(value -> parameters.put(STATUS, value.code()));
    return new Location("", QueryParameters.simple(parameters));
  }

  private void openAddDialog() {
    new AddDomainDialog(signedIn.nameplate().domains(), this::open).open();
  }

  private void open(Domain domain) {
    UI.getCurrent().navigate("domains/" + domain.id());
  }
}
