package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.Fix;
import java.util.Locale;

/// One line of the checklist: the answer, who acts, what exactly to do, and what was seen.
final class ConditionItem extends ListItem {

  private final Div body = new Div();
  private final Details evidence = new Details();

  ConditionItem() {
    body.addClassName("condition-body");
    evidence.addClassName("evidence");
    add(body);
  }

  /// Shows this answer, and keeps the evidence open if it was.
  void show(Condition condition) {
    var state = condition.state();
    setClassName(
        "condition " + (isWarning(condition) ? "warning" : state.name().toLowerCase(Locale.ROOT)));
    getElement().setAttribute("data-condition", condition.type().name().toLowerCase(Locale.ROOT));
    body.removeAll();
    body.add(headline(condition));
    var message = new Paragraph(condition.message());
    message.addClassName("message");
    body.add(message);
    if (state != ConditionState.OK || isWarning(condition)) {
      condition.fix().ifPresent(fix -> body.add(fix(fix)));
    }
    body.add(footnote(condition));
    if (!condition.evidence().isEmpty()) {
      body.add(evidence(condition));
    }
  }

  /// Whether it is met, and somebody should act all the same.
  private static boolean isWarning(Condition condition) {
    return condition.state() == ConditionState.OK && condition.who() != Condition.Actor.NOBODY;
  }

  private static Component headline(Condition condition) {
    var mark =
        new Span(isWarning(condition) ? "Done, with a warning" : Wording.of(condition.state()));
    mark.addClassName("mark");
    var headline = new Div(new H3(Wording.of(condition.type())), mark);
    if (condition.state() != ConditionState.WAITING && condition.who() != Condition.Actor.NOBODY) {
      var who = new Span(Wording.of(condition.who()));
      who.addClassName("who");
      headline.add(who);
    }
    headline.addClassName("headline");
    return headline;
  }

  private static Component fix(Fix fix) {
    var text = new Paragraph(fix.text());
    var box = new Div(text);
    box.addClassName("fix");
    fix.fqdn().ifPresent(fqdn -> box.add(record(fix, fqdn)));
    return box;
  }

  private static Component record(Fix fix, String fqdn) {
    var record = new Div();
    record.addClassName("fix-record");
    fix.recordType().ifPresent(type -> record.add(part("Type", type)));
    record.add(part("Name", fqdn), new CopyButton(fqdn, "the name " + fqdn));
    fix.value()
        .ifPresent(
            value -> record.add(part("Value", value), new CopyButton(value, "the value " + value)));
    return record;
  }

  private static Component part(String label, String value) {
    var name = new Span(label);
    name.addClassName("label");
    var text = new Span(value);
    text.addClassName("code");
    var part = new Div(name, text);
    part.addClassName("part");
    return part;
  }

  private static Component footnote(Condition condition) {
    var code = new Span(condition.reason());
    code.addClassName("code");
    var footnote = new Div(code, new Span(new Span("since "), new Moment(condition.since())));
    condition
        .nextCheckAt()
        .ifPresent(next -> footnote.add(new Span(new Span("next look "), new Moment(next))));
    footnote.addClassName("footnote");
    return footnote;
  }

  private Component evidence(Condition condition) {
    var list = new DescriptionList();
    for (var seen : condition.evidence()) {
      list.add(new DescriptionList.Term(new Span(seen.source()), new Moment(seen.at())));
      list.add(new DescriptionList.Description(seen.question() + " → " + seen.answer()));
    }
    evidence.removeAll();
    evidence.setSummaryText("Evidence (" + condition.evidence().size() + ")");
    evidence.add(list);
    return evidence;
  }
}
