package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.nameplate.sdk.Event;
import java.util.List;
import java.util.Map;

/// What happened to a domain, newest first.
final class History extends Div {

  /// Older ones stay in the API.
  private static final int SHOWN = 200;

  private final OrderedList list = new OrderedList();

  History() {
    list.addClassName("history");
    list.getElement().setAttribute("reversed", true);
    add(list);
  }

  /// Adds events that follow the ones shown, oldest first.
  void append(List<Event> events) {
    for (var event : events.subList(Math.max(0, events.size() - SHOWN), events.size())) {
      list.addComponentAsFirst(item(event));
    }
    while (list.getComponentCount() > SHOWN) {
      list.remove(list.getComponentAt(list.getComponentCount() - 1));
    }
  }

  /// Shows nothing, for another domain's events to come.
  void clear() {
    list.removeAll();
  }

  private static ListItem item(Event event) {
    var type = new Span(event.type());
    type.addClassName("code");
    var head = new Div(new Moment(event.at()), type);
    head.addClassName("event-head");
    var item = new ListItem(head, new Paragraph(event.message()));
    item.getElement().setAttribute("data-event", event.type());
    if (!event.data().isEmpty()) {
      var lines = new Div();
      lines.addClassName("event-data");
      event.data().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> lines.add(new Div(entry.getKey() + ": " + entry.getValue())));
      item.add(new NativeDetails("Details", lines));
    }
    return item;
  }
}
