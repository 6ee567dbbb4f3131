package io.nameplate.ui.domains;

import com.vaadin.flow.component.html.OrderedList;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A domain's conditions, each changed only when its answer did.
final class Checklist extends OrderedList {

  private final transient Map<ConditionType, Condition> shown = new HashMap<>();
  private final Map<ConditionType, ConditionItem> items = new HashMap<>();

  Checklist() {
    addClassName("checklist");
  }

  void show(List<Condition> conditions) {
    for (var index = 0; index < conditions.size(); index++) {
      var condition = conditions.get(index);
      var item = items.computeIfAbsent(condition.type(), type -> new ConditionItem());
      if (item.getParent().isEmpty()) {
        addComponentAtIndex(Math.min(index, getComponentCount()), item);
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
