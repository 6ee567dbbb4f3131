package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Paragraph;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A domain's conditions, each changed only when its answer did, and how many of them are met.
final class Checklist extends Div {

  private final transient Map<ConditionType, Condition> shown = new HashMap<>();
  private final Map<ConditionType, ConditionItem> items = new HashMap<>();
  private final Paragraph progress = new Paragraph();
  private final OrderedList list = new OrderedList();

  Checklist() {
    list.addClassName("checklist");
    progress.addClassName("progress");
    add(progress, list);
  }

  void show(List<Condition> conditions) {
    var met = conditions.stream().filter(it -> it.state() == ConditionState.OK).count();
    progress.setText("%d of %d done".formatted(met, conditions.size()));
    for (var index = 0; index < conditions.size(); index++) {
      var condition = conditions.get(index);
      var item = items.computeIfAbsent(condition.type(), type -> new ConditionItem());
      if (item.getParent().isEmpty()) {
        list.addComponentAtIndex(Math.min(index, list.getComponentCount()), item);
      }
      if (!condition.equals(shown.put(condition.type(), condition))) {
        item.show(condition);
      }
    }
    var present = conditions.stream().map(Condition::type).toList();
    shown.keySet().retainAll(present);
    items.forEach((type, item) -> {
      if (!present.contains(type)) {
        item.removeFromParent();
      }
    });
  }
}
