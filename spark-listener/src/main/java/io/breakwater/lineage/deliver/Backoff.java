package io.breakwater.lineage.deliver;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between attempts: each up to twice the one before, the second half of it random so that
 * many drivers do not come back at the same moment. Not thread-safe.
 */
final class Backoff {

  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private long nextNanos;

  Backoff(Duration min, Duration max, RandomGenerator random) {
    this.minNanos = min.toNanos();
    this.maxNanos = Math.max(min.toNanos(), max.toNanos());
    this.random = random;
    this.nextNanos = minNanos;
  }

  /** Nanoseconds to wait before the next attempt. */
  long next() {
    long bound = nextNanos;
    nextNanos = Math.min(maxNanos, bound * 2);
    return bound / 2 + random.nextLong(bound / 2 + 1);
  }

  void reset() {
    nextNanos = minNanos;
  }
}
