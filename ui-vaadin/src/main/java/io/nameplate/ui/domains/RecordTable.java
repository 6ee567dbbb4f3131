package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import io.nameplate.sdk.DnsRecord;
import java.util.List;

/// The records to set, ready to be copied, each with a mark once it was seen.
final class RecordTable extends Div {

  private static final List<String> TITLES = List.of("Type", "Name", "Value", "What for", "Seen");

  private transient List<DnsRecord> shown = List.of();

  RecordTable() {
    addClassName("scroll");
  }

  void show(List<DnsRecord> records) {
    if (records.equals(shown)) {
      return;
    }
    shown = records;
    var head = new NativeTableRow();
    TITLES.forEach(title -> {
      var cell = new NativeTableHeaderCell(title);
      cell.getElement().setAttribute("scope", "col");
      head.add(cell);
    });
    var rows = new NativeTableBody();
    records.forEach(record -> rows.add(row(record)));
    var table = new NativeTable();
    table.add(new NativeTableHeader(head), rows);
    table.addClassName("records");
    table.getElement().setAttribute("role", "table").setAttribute("aria-label", "DNS records");
    removeAll();
    add(table);
  }

  private static NativeTableRow row(DnsRecord record) {
    var row = new NativeTableRow();
    row.getElement().setAttribute("data-record", record.type());
    var purpose = new Span(Wording.of(record.purpose()));
    var cell = new NativeTableCell(purpose);
    if (!record.required()) {
      var optional = new Span("optional");
      optional.addClassName("optional");
      cell.add(optional);
    }
    row.add(
        new NativeTableCell(code(record.type())),
        copied(record.fqdn(), "the name " + record.fqdn(), inPanel(record)),
        copied(record.value(), "the value of the " + record.type() + " record", ""),
        cell,
        new NativeTableCell(seen(record.seen())));
    for (var column = 0; column < TITLES.size(); column++) {
      // On a narrow screen each cell stands on its own line, behind its title.
      row.getElement().getChild(column).setAttribute("data-title", TITLES.get(column));
      row.getElement().getChild(column).setAttribute("role", "cell");
    }
    row.getElement().setAttribute("role", "row");
    return row;
  }

  /// What DNS panels that add the domain themselves want to have as the name.
  private static String inPanel(DnsRecord record) {
    return record.name().equals(record.fqdn()) ? "" : "in most panels: " + record.name();
  }

  private static NativeTableCell copied(String text, String what, String note) {
    var line = new Div(code(text), new CopyButton(text, what));
    line.addClassName("copied");
    var cell = new NativeTableCell(line);
    if (!note.isEmpty()) {
      var small = new Div(note);
      small.addClassName("note");
      cell.add(small);
    }
    return cell;
  }

  private static Component code(String text) {
    var code = new Span(text);
    code.addClassName("code");
    return code;
  }

  private static Component seen(boolean seen) {
    var mark = new Span(seen ? "Seen" : "Not yet");
    mark.setClassName("badge " + (seen ? "good" : "quiet"));
    return mark;
  }
}
