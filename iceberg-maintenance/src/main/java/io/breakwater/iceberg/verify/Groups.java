package io.breakwater.iceberg.verify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;

/** Walks over sorted items group by group, holding one group at a time. Not thread-safe. */
final class Groups<T, R> implements Iterator<R> {
  private final Iterator<T> items;
  private final Function<T, ?> key;
  private final Function<List<T>, List<R>> work;
  private final Supplier<List<R>> last;
  private final Queue<R> results = new ArrayDeque<>();
  private T next;
  private boolean ended;

  /**
   * Groups of neighbours with equal keys.
   *
   * @param items sorted by key
   * @param key what the items of a group have in common; null is a key, too
   * @param work what becomes of a group
   * @param last what comes after the last group
   */
  Groups(
      Iterator<T> items,
      Function<T, ?> key,
      Function<List<T>, List<R>> work,
      Supplier<List<R>> last) {
    this.items = items;
    this.key = key;
    this.work = work;
    this.last = last;
    this.next = items.hasNext() ? items.next() : null;
  }

  @Override
  public boolean hasNext() {
    while (results.isEmpty() && !ended) {
      if (next == null) {
        results.addAll(last.get());
        ended = true;
      } else {
        results.addAll(work.apply(group()));
      }
    }
    return !results.isEmpty();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return results.remove();
  }

  private List<T> group() {
    List<T> group = new ArrayList<>();
    Object common = key.apply(next);
    do {
      group.add(next);
      next = items.hasNext() ? items.next() : null;
    } while (next != null && Objects.equals(common, key.apply(next)));
    return group;
  }
}
