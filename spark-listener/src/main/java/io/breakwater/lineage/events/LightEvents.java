package io.breakwater.lineage.events;

import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;

/** Spark's events without the plans that they hold, to be kept when nobody reads those any more. */
final class LightEvents {

  private LightEvents() {}

  /** The end of a query holds the whole query: all its plans, and the rows of local relations. */
  static SparkListenerEvent withoutPlan(SparkListenerEvent event) {
    if (!(event instanceof SparkListenerSQLExecutionEnd end)) {
      return event;
    }
    SparkListenerSQLExecutionEnd light =
        new SparkListenerSQLExecutionEnd(end.executionId(), end.time(), end.errorMessage());
    light.executionFailure_$eq(end.executionFailure());
    return light;
  }
}
