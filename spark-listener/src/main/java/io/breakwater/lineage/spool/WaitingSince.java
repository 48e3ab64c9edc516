package io.breakwater.lineage.spool;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Since when records are durable, in groups: of more than {@value #MAX_GROUPS} groups that wait,
 * neighbours are taken together under the time of the older one. Safe for use by many threads.
 */
final class WaitingSince {

  static final int MAX_GROUPS = 1024;

  private record Group(Position end, Instant time) {}

  private ArrayDeque<Group> groups = new ArrayDeque<>();

  /** Says that the records up to {@code end} have become durable. */
  synchronized void add(Position end, Instant time) {
    if (groups.size() == MAX_GROUPS) {
      halve();
    }
    groups.addLast(new Group(end, time));
  }

  private void halve() {
    ArrayDeque<Group> halved = new ArrayDeque<>();
    Iterator<Group> all = groups.iterator();
    while (all.hasNext()) {
      Group older = all.next();
      halved.addLast(all.hasNext() ? new Group(all.next().end(), older.time()) : older);
    }
    groups = halved;
  }

  /** Since when the oldest record behind {@code delivered} is durable. */
  synchronized Optional<Instant> oldest(Position delivered) {
    while (!groups.isEmpty() && groups.getFirst().end().compareTo(delivered) <= 0) {
      groups.removeFirst();
    }
    return groups.isEmpty() ? Optional.empty() : Optional.of(groups.getFirst().time());
  }
}
