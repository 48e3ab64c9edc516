package io.breakwater.lineage.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Ids of Iceberg snapshots that this process has seen, found again by what is left of them in a
 * double. Safe for use by many threads.
 */
final class SnapshotIds {

  private static final int MAX = 65_536;

  private final Map<Double, Long> exact =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Double, Long> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(long id) {
    exact.remove((double) id);
    exact.put((double) id, id);
  }

  /** The id last seen that rounds to {@code rounded}. Random ids that do so both are 1 in 2^50. */
  synchronized OptionalLong exact(double rounded) {
    Long id = exact.get(rounded);
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }
}
