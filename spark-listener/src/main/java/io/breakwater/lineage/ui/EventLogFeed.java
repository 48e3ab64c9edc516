package io.breakwater.lineage.ui;

import io.breakwater.lineage.deliver.ProblemLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFirehoseListener;
import org.apache.spark.scheduler.EventLoggingListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@link LoggedLineage} to Spark's event log, up to a number of bytes.
 *
 * <p>Spark's writer is for one thread, that of the queue {@code eventLog}. So this listens on that
 * queue, and writes what has come since with the next event of whatever kind; heartbeats bring one
 * every few seconds. A post to the listener bus would reach every listener of the driver, and be
 * dropped once the bus is being stopped, when the last runs end.
 */
final class EventLogFeed extends SparkFirehoseListener {

  private static final Logger LOG = LoggerFactory.getLogger(EventLogFeed.class);

  /** Spark's name of the queue that its event log listens on. */
  private static final String QUEUE = "eventLog";

  private final long maxBytes;
  private final Duration patience;
  private final Queue<String> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong omitted = new AtomicLong();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final ProblemLog problems = new ProblemLog(LOG);
  private volatile EventLoggingListener eventLog;
  private long bytes;
  private long omittedTold;

  EventLogFeed(long maxBytes, Duration patience) {
    this.maxBytes = maxBytes;
    this.patience = patience;
  }

  void attach(SparkContext context) {
    eventLog = context.eventLogger().get();
    context.listenerBus().addToQueue(this, QUEUE);
  }

  /** Takes the JSON of an event; called by one thread. */
  void add(byte[] event) {
    if (bytes + event.length <= maxBytes) {
      bytes += event.length;
      waiting.add(new String(event, StandardCharsets.UTF_8));
    } else {
      omitted.incrementAndGet();
    }
  }

  /** Says that nothing more is added. */
  void finish() {
    finished.countDown();
  }

  @Override
  public void onEvent(SparkListenerEvent event) {
    try {
      boolean end = event instanceof SparkListenerApplicationEnd;
      if (end && !finished.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn(
            "The last lineage events are not in the event log: they were not there {} ms after the"
                + " end of the application",
            patience.toMillis());
      }
      write(end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot write lineage to the event log", e);
    }
  }

  private void write(boolean end) {
    String next = waiting.poll();
    while (next != null) {
      eventLog.onOtherEvent(LoggedLineage.event(next));
      next = waiting.poll();
    }
    long untold = omitted.get();
    if (untold > omittedTold && (end || omittedTold == 0)) {
      omittedTold = untold;
      eventLog.onOtherEvent(LoggedLineage.omitted(untold));
    }
  }
}
