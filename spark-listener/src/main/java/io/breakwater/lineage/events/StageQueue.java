package io.breakwater.lineage.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * What waits for the stage: at most so many entries, and so many bytes. An entry that is larger
 * than that alone is let in when nothing else waits. Safe for use by many threads.
 */
final class StageQueue {

  /**
   * A Spark event and what OpenLineage made of it.
   *
   * @param events as JSON
   */
  record Entry(SparkListenerEvent cause, List<byte[]> events) {

    private long bytes() {
      return events.stream().mapToLong(event -> event.length).sum();
    }
  }

  private final int maxEntries;
  private final long maxBytes;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition filled = lock.newCondition();
  private long bytes;

  StageQueue(int maxEntries, long maxBytes) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /**
   * Waits up to {@code nanos} for room.
   *
   * @return false if there was none
   */
  boolean offer(Entry entry, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (!hasRoomFor(entry)) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      add(entry);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoomFor(Entry entry) {
    return entries.isEmpty() || (entries.size() < maxEntries && bytes + entry.bytes() <= maxBytes);
  }

  private void add(Entry entry) {
    entries.add(entry);
    bytes += entry.bytes();
    filled.signal();
  }

  Entry take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (entries.isEmpty()) {
        filled.await();
      }
      Entry entry = entries.remove();
      bytes -= entry.bytes();
      room.signalAll();
      return entry;
    } finally {
      lock.unlock();
    }
  }

  /** Takes all that waits, and puts {@code entry} in its place. */
  List<Entry> replaceBy(Entry entry) {
    lock.lock();
    try {
      List<Entry> all = new ArrayList<>(entries);
      entries.clear();
      bytes = 0;
      add(entry);
      room.signalAll();
      return all;
    } finally {
      lock.unlock();
    }
  }
}
