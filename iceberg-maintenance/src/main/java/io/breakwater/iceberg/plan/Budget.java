package io.breakwater.iceberg.plan;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How much work may still begin. What has begun is finished, so that a commit is never torn: the
 * time can be exceeded by one piece of work, the bytes cannot. Thread-safe.
 */
public final class Budget {
  private final Clock clock;
  private final Instant deadline;
  private long bytes;

  private Budget(Clock clock, Instant deadline, long bytes) {
    this.clock = clock;
    this.deadline = deadline;
    this.bytes = bytes;
  }

  /** Everything may begin. */
  public static Budget unlimited() {
    return new Budget(Clock.systemUTC(), Instant.MAX, Long.MAX_VALUE);
  }

  /**
   * Work of {@code maxBytes} in all may begin within {@code time} from now.
   *
   * @param maxBytes bytes that are read to be written again
   */
  public static Budget of(Clock clock, Duration time, long maxBytes) {
    return new Budget(clock, clock.instant().plus(time), maxBytes);
  }

  /** Takes {@code needed} bytes if they are there and the time is not up. */
  public synchronized boolean take(long needed) {
    if (needed > bytes || !clock.instant().isBefore(deadline)) {
      return false;
    }
    bytes -= bytes == Long.MAX_VALUE ? 0 : needed;
    return true;
  }

  /** Whether nothing may begin any more, whatever its size. */
  public synchronized boolean isSpent() {
    return bytes <= 0 || !clock.instant().isBefore(deadline);
  }
}
