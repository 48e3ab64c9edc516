package io.breakwater.iceberg.verify;

import java.util.Iterator;
import java.util.function.Function;

/** An iterator that changes each item as it passes. */
record Mapped<T, R>(Iterator<T> items, Function<T, R> change) implements Iterator<R> {

  @Override
  public boolean hasNext() {
    return items.hasNext();
  }

  @Override
  public R next() {
    return change.apply(items.next());
  }
}
