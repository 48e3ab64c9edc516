package io.breakwater.lineage;

import io.breakwater.lineage.deliver.ProblemLog;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the reading of plans and the building of events off the listener bus: a daemon thread that
 * gets Spark's events in their order. Of more than {@value #MAX_WAITING} events the bus keeps the
 * rest, within the capacity of its queue.
 *
 * <p>What goes wrong, be it an error of the virtual machine, is logged once per kind, and the next
 * event is taken. Events are accepted by one thread.
 */
final class CaptureThread {

  /** What is done on the thread. */
  interface Work {
    void capture(SparkListenerEvent event);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CaptureThread.class);
  private static final int MAX_WAITING = 1024;

  private final Work work;
  private final ProblemLog problems = new ProblemLog(LOG);
  private final BlockingQueue<SparkListenerEvent> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread = new Thread(this::run, "breakwater-lineage-capture");

  CaptureThread(Work work) {
    this.work = work;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Hands {@code event} over; waits for room, unless the thread has died. */
  void accept(SparkListenerEvent event) throws InterruptedException {
    boolean taken = false;
    while (!taken && thread.isAlive()) {
      taken = queue.offer(event, 1, TimeUnit.SECONDS);
    }
  }

  /**
   * Waits for the end of the work, which is done when the end of the application has been.
   *
   * @return false if {@code timeout} passed first
   */
  boolean awaitEnd(Duration timeout) throws InterruptedException {
    thread.join(Math.max(1, timeout.toMillis()));
    return !thread.isAlive();
  }

  private void run() {
    try {
      boolean ended = false;
      while (!ended) {
        ended = captureNext();
      }
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      problems.error("Cannot go on capturing lineage", e);
    }
  }

  /** A method of its own, so that nothing holds the last event, and its plan, while none comes. */
  private boolean captureNext() throws InterruptedException {
    SparkListenerEvent event = queue.take();
    capture(event);
    return event instanceof SparkListenerApplicationEnd;
  }

  private void capture(SparkListenerEvent event) {
    try {
      work.capture(event);
    } catch (RuntimeException | Error e) {
      problems.error("Cannot capture lineage of " + event.getClass().getSimpleName(), e);
    }
  }
}
