package io.breakwater.lineage.events;

import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Reads from Spark's live objects what a step will need, on the capturing thread, before
 * OpenLineage sees the event. Keeps immutable facts only, in state that is safe for the stage's
 * thread and bounded. Must be quick: it is on the way of Spark's listener queue, though not of the
 * job. What it throws is logged once per kind.
 */
public interface SparkEventReader {

  /** Reads what {@code event} makes known; also of the end of tasks, which are many. */
  void read(SparkListenerEvent event);
}
