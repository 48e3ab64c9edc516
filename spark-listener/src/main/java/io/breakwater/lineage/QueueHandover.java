package io.breakwater.lineage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Moves a stream of events from one queue of the listener bus to another one that was added later,
 * without losing, doubling or reordering any.
 *
 * <p>Events come from the shared queue until it brings one that the own queue has already brought:
 * then everything before it has been seen, the own queue's events after it are made up for, and the
 * own queue goes on alone. Spark posts the same object to all queues. Safe for use by many threads.
 *
 * @param <E> the type of events, compared by identity
 */
final class QueueHandover<E> {

  private final Consumer<E> sink;
  private final Deque<E> early = new ArrayDeque<>();
  private volatile boolean done;

  QueueHandover(Consumer<E> sink) {
    this.sink = sink;
  }

  void fromSharedQueue(E event) {
    // Once it is done, the shared queue must not wait for what the own queue is busy with.
    if (!done) {
      lastFromSharedQueue(event);
    }
  }

  void fromOwnQueue(E event) {
    if (done || !keptForLater(event)) {
      sink.accept(event);
    }
  }

  private synchronized void lastFromSharedQueue(E event) {
    if (done) {
      return;
    }
    sink.accept(event);
    if (dropUpTo(event)) {
      early.forEach(sink);
      early.clear();
      done = true;
    }
  }

  private synchronized boolean keptForLater(E event) {
    return !done && early.add(event);
  }

  @SuppressWarnings("ReferenceEquality") // Equal events are not the same event.
  private boolean dropUpTo(E event) {
    int count = 0;
    for (Iterator<E> events = early.iterator(); events.hasNext(); ) {
      count++;
      if (events.next() == event) {
        for (int i = 0; i < count; i++) {
          early.removeFirst();
        }
        return true;
      }
    }
    return false;
  }
}
