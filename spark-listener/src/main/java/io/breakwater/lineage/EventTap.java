package io.breakwater.lineage;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.apache.spark.sql.streaming.StreamingQueryListener;

/** The events of Spark that OpenLineage's listener reads, all through one method. */
abstract class EventTap extends SparkListener {

  abstract void accept(SparkListenerEvent event);

  /** Calls the method of {@code listener} that is for {@code event}. */
  static void dispatch(SparkListener listener, SparkListenerEvent event) {
    if (event instanceof SparkListenerApplicationStart start) {
      listener.onApplicationStart(start);
    } else if (event instanceof SparkListenerApplicationEnd end) {
      listener.onApplicationEnd(end);
    } else if (event instanceof SparkListenerJobStart start) {
      listener.onJobStart(start);
    } else if (event instanceof SparkListenerJobEnd end) {
      listener.onJobEnd(end);
    } else if (event instanceof SparkListenerTaskEnd end) {
      listener.onTaskEnd(end);
    } else {
      listener.onOtherEvent(event);
    }
  }

  @Override
  public void onApplicationStart(SparkListenerApplicationStart event) {
    accept(event);
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd event) {
    accept(event);
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    accept(event);
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd event) {
    accept(event);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    accept(event);
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    // A query has several others, such as the changes of its plan, which nobody here reads.
    if (event instanceof SparkListenerSQLExecutionStart
        || event instanceof SparkListenerSQLExecutionEnd
        || event instanceof StreamingQueryListener.Event) {
      accept(event);
    }
  }
}
