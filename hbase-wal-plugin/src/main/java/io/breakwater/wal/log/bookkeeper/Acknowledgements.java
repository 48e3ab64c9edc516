package io.breakwater.wal.log.bookkeeper;

import java.util.ArrayDeque;

/**
 * Completes appends in the order in which they were found to be done, although several threads find
 * so, and without a lock that a dependent could need.
 */
final class Acknowledgements {

  private final ArrayDeque<Runnable> done = new ArrayDeque<>();
  private boolean running;

  /** To be called under the lock that makes the order. */
  void add(Runnable completion) {
    synchronized (done) {
      done.add(completion);
    }
  }

  /** To be called without that lock, after each {@link #add}. */
  void run() {
    Runnable next = begin();
    while (next != null) {
      next.run();
      next = next();
    }
  }

  /** Nothing if another thread completes them: it will find what was added. */
  private Runnable begin() {
    synchronized (done) {
      if (running || done.isEmpty()) {
        return null;
      }
      running = true;
      return done.poll();
    }
  }

  private Runnable next() {
    synchronized (done) {
      running = !done.isEmpty();
      return done.poll();
    }
  }
}
