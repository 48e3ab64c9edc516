package io.breakwater.lineage;

import io.breakwater.lineage.deliver.ProblemLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * The listener to name in {@code spark.extraListeners}: OpenLineage's events, captured on a queue
 * of its own, through a durable spool, to the transport of {@code spark.openlineage.transport.*}.
 *
 * <p>Spark registers it on the shared queue, before the context exists whose bus could be asked for
 * another one. It moves to the queue {@code lineage} with the first query or job; the capacity of
 * that queue is {@code spark.scheduler.listenerbus.eventqueue.lineage.capacity}.
 *
 * <p>Nothing that goes wrong here reaches Spark: it is logged once per kind, and the job goes on.
 */
public final class LineageListener extends EventTap {

  private static final Logger LOG = LoggerFactory.getLogger(LineageListener.class);
  private static final String QUEUE = "lineage";
  private static final String STOCK_LISTENER =
      "io.openlineage.spark.agent.OpenLineageSparkListener";

  private final SparkConf conf;
  private final ProblemLog problems = new ProblemLog(LOG);
  private final QueueHandover<SparkListenerEvent> handover = new QueueHandover<>(this::capture);
  private boolean queueTried;
  private OpenLineageCapture capture;

  /** Called by Spark. */
  public LineageListener(SparkConf conf) {
    this.conf = conf.clone();
  }

  @Override
  void accept(SparkListenerEvent event) {
    if (!queueTried
        && (event instanceof SparkListenerSQLExecutionStart
            || event instanceof SparkListenerJobStart)) {
      queueTried = true;
      moveToOwnQueue();
    }
    handover.fromSharedQueue(event);
  }

  private void moveToOwnQueue() {
    try {
      Option<SparkContext> context = SparkContext$.MODULE$.getActive();
      if (context.isDefined()) {
        if (capture != null) {
          capture.attach(context.get());
        }
        context.get().listenerBus().addToQueue(new OwnQueue(), QUEUE);
      } else {
        LOG.warn("Cannot move lineage to a queue of its own: no active context; staying on shared");
      }
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot move lineage to a queue of its own, staying on the shared one", e);
    }
  }

  private final class OwnQueue extends EventTap {
    @Override
    void accept(SparkListenerEvent event) {
      handover.fromOwnQueue(event);
    }
  }

  /** Sees every event once and in order, on one thread at a time. */
  private void capture(SparkListenerEvent event) {
    if (event instanceof SparkListenerApplicationStart) {
      open();
    }
    if (capture == null) {
      return;
    }
    try {
      capture.accept(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot capture lineage of " + event.getClass().getSimpleName(), e);
    }
    if (event instanceof SparkListenerApplicationEnd) {
      close();
    }
  }

  private void open() {
    List<String> problemsOfConf = new ArrayList<>();
    LineageConfig config = LineageConfig.of(conf, problemsOfConf);
    if (!problemsOfConf.isEmpty()) {
      LOG.error("Cannot use the configuration as it is: {}", String.join("; ", problemsOfConf));
    }
    if (!config.enabled()
        || "true".equalsIgnoreCase(conf.get("spark.openlineage.disabled", "false"))) {
      LOG.info(
          "Lineage is switched off by {} or spark.openlineage.disabled",
          LineageKeys.ENABLED.name());
      return;
    }
    try {
      Optional<String> older = OpenLineageVersion.older();
      if (older.isPresent()) {
        LOG.error(
            "Cannot capture lineage: OpenLineage {} is on the class path, {} or later is needed. The"
                + " job runs without lineage; put io.openlineage:openlineage-spark_2.12:{} in its"
                + " place",
            older.get(),
            OpenLineageVersion.NEEDED,
            OpenLineageVersion.NEEDED);
        return;
      }
      if (conf.get("spark.extraListeners", "").contains(STOCK_LISTENER)) {
        LOG.warn(
            "Every lineage event is emitted twice: take {} out of spark.extraListeners",
            STOCK_LISTENER);
      }
      capture = OpenLineageCapture.open(conf, config);
    } catch (LinkageError e) {
      LOG.error(
          "Cannot capture lineage: the OpenLineage Spark integration is missing or does not fit"
              + " ({}). The job runs without lineage; add"
              + " io.openlineage:openlineage-spark_2.12:{} with --packages or --jars",
          e.toString(),
          OpenLineageVersion.NEEDED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "Cannot capture lineage: {}. The job runs without it; check {} and"
              + " spark.openlineage.transport.*",
          e.toString(),
          LineageKeys.SPOOL_DIR.name(),
          e);
    }
  }

  private void close() {
    try {
      capture.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | LinkageError e) {
      problems.error("Cannot stop lineage in order; what is in the spool is sent later", e);
    }
    capture = null;
  }
}
