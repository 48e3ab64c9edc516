package io.breakwater.wal.log;

/**
 * Is told what happens to logs, by the threads that write and read them. Must neither block nor
 * throw. Thread-safe.
 */
public interface LogEvents {

  /** Counts nothing. */
  LogEvents NONE = (metric, value) -> {};

  /** Adds to a counter or gauge, or to the samples of a histogram, in the metric's unit. */
  void add(LogMetric metric, long value);
}
