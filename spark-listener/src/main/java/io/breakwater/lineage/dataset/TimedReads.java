package io.breakwater.lineage.dataset;

import io.breakwater.lineage.deliver.ProblemLog;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables on a daemon thread of its own, because catalogs and storage may be slow or hang.
 * Every result is there within the timeout, if only to say that nothing could be read. Safe for use
 * by many threads.
 *
 * @param <T> what is read
 */
public final class TimedReads<T> {

  private static final Logger LOG = LoggerFactory.getLogger(TimedReads.class);
  private static final int MAX_WAITING = 64;
  private static final long IDLE = 0;

  private final Duration timeout;
  private final ProblemLog problems = new ProblemLog(LOG);
  private final Set<Read> open = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor thread;
  private volatile long busySince = IDLE;
  private volatile Duration patience;

  /** A reader whose results are there within {@code timeout}. */
  public TimedReads(Duration timeout) {
    this.timeout = timeout;
    this.patience = timeout;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread made = new Thread(task, "breakwater-lineage-tables");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Begins to read.
   *
   * @param source reads
   * @param otherwise makes up the result if it cannot be read in time, from the reason
   */
  public CompletableFuture<T> begin(Supplier<T> source, Function<String, T> otherwise) {
    Read read = new Read(source, otherwise);
    if (stuck()) {
      read.giveUp("it still waits for another table");
      return read.result;
    }
    open.add(read);
    try {
      thread.execute(read);
      read.endAfter(patience, "the catalog or the storage did not answer in time");
    } catch (RejectedExecutionException e) {
      open.remove(read);
      read.giveUp("too many tables wait to be read");
    }
    return read.result;
  }

  /** A reader that has not come back for this long will not do so for the next table either. */
  private boolean stuck() {
    long since = busySince;
    return since != IDLE && System.nanoTime() - since > timeout.toNanos();
  }

  /** Lets nothing take longer than {@code rest} from now on: the application ends. */
  public void hurry(Duration rest) {
    patience = rest.compareTo(timeout) < 0 ? rest : timeout;
    open.forEach(read -> read.endAfter(patience, "the application ended first"));
  }

  private final class Read implements Runnable {
    private final Supplier<T> source;
    private final Function<String, T> otherwise;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    Read(Supplier<T> source, Function<String, T> otherwise) {
      this.source = source;
      this.otherwise = otherwise;
    }

    @Override
    public void run() {
      if (!result.isDone()) {
        busySince = System.nanoTime() | 1;
        try {
          result.complete(source.get());
        } catch (RuntimeException | LinkageError e) {
          problems.warn("Cannot read a table for its lineage", e, "its event says less about it");
          giveUp(e.toString());
        } finally {
          busySince = IDLE;
        }
      }
      open.remove(this);
    }

    void giveUp(String reason) {
      result.complete(otherwise.apply(reason));
    }

    void endAfter(Duration time, String reason) {
      result.completeOnTimeout(otherwise.apply(reason), time.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
