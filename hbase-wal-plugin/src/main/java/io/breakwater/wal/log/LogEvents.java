package io.breakwater.wal.log;

import java.util.concurrent.TimeUnit;

/**
 * Is told what happens to logs, by the threads that write and read them. Must neither block nor
 * throw. Thread-safe.
 */
public interface LogEvents {

  /** Counts nothing. */
  LogEvents NONE = (metric, value) -> {};

  /** Adds to a counter or gauge, or to the samples of a histogram, in the metric's unit. */
  void add(LogMetric metric, long value);

  /**
   * A log was fenced and sealed. Who finds it sealed already does not tell, so that of all that
   * recover one log at the same time one does.
   *
   * @param begun when, by {@link System#nanoTime}
   */
  default void recovered(long begun) {
    add(LogMetric.RECOVERIES, 1);
    add(LogMetric.RECOVERY_TIME, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
  }
}
