package io.breakwater.iceberg.history;

import java.util.Map;
import java.util.TreeMap;

/** What happened in histories, counted. Thread-safe. */
final class Outcome {
  private final Map<String, Integer> counts = new TreeMap<>();

  synchronized void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  synchronized void add(Outcome other) {
    other.counts().forEach((what, count) -> counts.merge(what, count, Integer::sum));
  }

  synchronized Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** How often something whose name has these words happened. */
  int total(String words) {
    return counts().entrySet().stream()
        .filter(entry -> entry.getKey().contains(words))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
