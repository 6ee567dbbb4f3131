package io.nameplate.sdk;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A list that fetches its pages while it is walked. Each walk begins anew.
public final class Pages<T> implements Iterable<T> {

  private final Function<Optional<String>, Page<T>> fetch;

  Pages(Function<Optional<String>, Page<T>> fetch) {
    this.fetch = fetch;
  }

  @Override
  public Iterator<T> iterator() {
    return new Walk();
  }

  /// The same, as a stream.
  public Stream<T> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  private final class Walk implements Iterator<T> {

    private Page<T> page = fetch.apply(Optional.empty());
    private Iterator<T> items = page.items().iterator();

    @Override
    public boolean hasNext() {
      // A page without items ends the walk, whatever cursor it has: the history's last page always
      // has one.
      while (!items.hasNext() && page.nextCursor().isPresent() && !page.items().isEmpty()) {
        page = fetch.apply(page.nextCursor());
        items = page.items().iterator();
      }
      return items.hasNext();
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the list has ended");
      }
      return items.next();
    }
  }
}
