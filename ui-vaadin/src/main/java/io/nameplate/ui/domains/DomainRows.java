package io.nameplate.ui.domains;

import com.vaadin.flow.data.provider.AbstractBackEndDataProvider;
import com.vaadin.flow.data.provider.Query;
import com.vaadin.flow.server.Command;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainFilter;
import io.nameplate.sdk.Domains;
import io.nameplate.sdk.NameplateException;
import io.nameplate.sdk.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The rows of the list, fetched page by page with the API's cursors while somebody scrolls. It
/// knows no count, and holds no more than the pages that were shown last: those it can look at
/// again.
///
/// All of it runs inside the session's lock, but for [#now()].
final class DomainRows extends AbstractBackEndDataProvider<Domain, Void> implements Watch.Look {

  /// Rows fetched at a time; the grid asks for as many.
  static final int PAGE = 50;

  /// Pages held: more than a tall screen shows at once.
  private static final int HELD = 4;

  private final transient Domains domains;
  private transient volatile Shown shown = new Shown(DomainFilter.all());

  DomainRows(Domains domains) {
    this.domains = domains;
  }

  /// Shows other domains, from the first one on.
  void filter(DomainFilter filter) {
    shown = new Shown(filter);
    refreshAll();
  }

  @Override
  public Object getId(Domain domain) {
    return domain.id();
  }

  @Override
  protected Stream<Domain> fetchFromBackEnd(Query<Domain, Void> query) {
    try {
      return fetch(query.getOffset(), query.getLimit());
    } catch (NameplateException e) {
      // The next look finds the same and says so, and fetches again when it succeeds.
      shown.failed = true;
      return Stream.empty();
    }
  }

  private Stream<Domain> fetch(int offset, int limit) {
    var rows = new ArrayList<Domain>(limit);
    for (var index = offset / PAGE; index * PAGE < offset + limit; index++) {
      var page = shown.page(index);
      if (page.isEmpty()) {
        break;
      }
      rows.addAll(page.get().items());
    }
    return rows.stream().skip(offset % PAGE).limit(limit);
  }

  @Override
  protected int sizeInBackEnd(Query<Domain, Void> query) {
    throw new UnsupportedOperationException("the number of domains is not known");
  }

  @Override
  public Optional<Command> now() {
    var looked = shown;
    if (looked.failed) {
      looked.fetch(Optional.empty());
      return Optional.of(() -> filter(looked.filter));
    }
    var before = looked.held();
    var after = new TreeMap<Integer, Page<Domain>>();
    before.forEach((index, held) -> {
      var page = looked.fetch(held.cursor());
      if (!page.equals(held.page())) {
        after.put(index, page);
      }
    });
    return after.isEmpty() ? Optional.empty() : Optional.of(() -> show(looked, before, after));
  }

  /// Updates single rows as long as they are the same domains as before, else the whole list from
  /// there on.
  private void show(
      Shown looked, Map<Integer, Held> before, SortedMap<Integer, Page<Domain>> changed) {
    if (looked != shown) {
      return;
    }
    for (var change : changed.entrySet()) {
      var held = before.get(change.getKey());
      var page = change.getValue();
      if (held == null || !held.sameDomains(page)) {
        looked.forgetFrom(change.getKey());
        refreshAll();
        return;
      }
      looked.hold(change.getKey(), new Held(held.cursor(), page));
      for (var row = 0; row < page.items().size(); row++) {
        if (!page.items().get(row).equals(held.page().items().get(row))) {
          refreshItem(page.items().get(row));
        }
      }
    }
  }

  /// A page, and the cursor that it begins at.
  private record Held(Optional<String> cursor, Page<Domain> page) {
    boolean sameDomains(Page<Domain> other) {
      return page.nextCursor().isPresent() == other.nextCursor().isPresent()
          && ids(page).equals(ids(other));
    }

    private static List<String> ids(Page<Domain> page) {
      return page.items().stream().map(Domain::id).toList();
    }
  }

  /// One walk through the domains of a filter.
  private final class Shown {

    private final DomainFilter filter;
    // Where each page begins; the list grows with the furthest page that was shown.
    private final List<Optional<String>> cursors = new ArrayList<>(List.of(Optional.empty()));
    private final SequencedMap<Integer, Held> held = new LinkedHashMap<>();
    private boolean ended;
    private volatile boolean failed;

    private Shown(DomainFilter filter) {
      this.filter = filter;
    }

    /// The page with this index; empty if the list ends before it.
    Optional<Page<Domain>> page(int index) {
      var known = held.get(index);
      if (known != null) {
        hold(index, known);
        return Optional.of(known.page());
      }
      while (cursors.size() <= index && !ended) {
        take(cursors.size() - 1);
      }
      return index < cursors.size() ? Optional.of(take(index)) : Optional.empty();
    }

    private Page<Domain> take(int index) {
      var cursor = cursors.get(index);
      var page = fetch(cursor);
      hold(index, new Held(cursor, page));
      if (index == cursors.size() - 1) {
        page.nextCursor()
            .ifPresentOrElse(next -> cursors.add(Optional.of(next)), () -> ended = true);
      }
      return page;
    }

    /// Forgets a page and where all later ones begin: rows have moved between them.
    void forgetFrom(int index) {
      cursors.subList(Math.min(index + 1, cursors.size()), cursors.size()).clear();
      ended = false;
      synchronized (this) {
        held.keySet().removeIf(page -> page >= index);
      }
    }

    Page<Domain> fetch(Optional<String> cursor) {
      return domains.page(filter, cursor, PAGE);
    }

    synchronized void hold(int index, Held page) {
      held.remove(index);
      held.putLast(index, page);
      while (held.size() > HELD) {
        held.pollFirstEntry();
      }
    }

    synchronized Map<Integer, Held> held() {
      return new LinkedHashMap<>(held);
    }
  }
}
