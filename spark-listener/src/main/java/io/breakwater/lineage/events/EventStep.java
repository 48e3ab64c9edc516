package io.breakwater.lineage.events;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * One step between OpenLineage's event and the spool. All methods of all steps run on the stage's
 * one thread, so that a step needs no lock for state of its own; that state must be bounded.
 *
 * <p>A step may change the tree that it is given. What it passes on goes to the steps behind it. If
 * it throws, what it has passed on in that call is discarded, the event goes on as it was before,
 * and the failure is logged once per kind.
 *
 * <p>Spark's objects that live only while a query runs (its plan, its {@code QueryExecution}) may
 * be gone by the time that a step runs: a {@link SparkEventReader} reads them in time.
 */
public interface EventStep {

  /**
   * Passes on none, one or several events.
   *
   * @param event an event of OpenLineage's model: a run event unless it has no {@code run}
   * @param cause the Spark event during which OpenLineage built it
   */
  void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next);

  /**
   * Hears of a Spark event, in order, after the events that it caused have passed all steps; also
   * of one that caused none. Not called for the end of tasks.
   */
  default void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {}

  /** Passes on what is left. Called once, after the last event. */
  default void finish(Consumer<ObjectNode> next) {}
}
