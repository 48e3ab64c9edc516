package io.breakwater.lineage.procedure;

import io.breakwater.lineage.deliver.ProblemLog;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables on a daemon thread of its own, because catalogs and storage may be slow or hang.
 * Every reading is there within the timeout, if only to say that nothing could be read. Safe for
 * use by many threads.
 */
final class TableReads {

  private static final Logger LOG = LoggerFactory.getLogger(TableReads.class);
  private static final int MAX_WAITING = 64;
  private static final long IDLE = 0;

  private final Duration timeout;
  private final ProblemLog problems = new ProblemLog(LOG);
  private final Set<Read> open = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor thread;
  private volatile long busySince = IDLE;
  private volatile Duration patience;

  TableReads(Duration timeout) {
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

  /** Begins to read; {@code commits} are kept if nothing can be read. */
  CompletableFuture<TableReading> begin(Supplier<TableReading> source, List<Commit> commits) {
    Read read = new Read(source, commits);
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
  void hurry(Duration rest) {
    patience = rest.compareTo(timeout) < 0 ? rest : timeout;
    open.forEach(read -> read.endAfter(patience, "the application ended first"));
  }

  private final class Read implements Runnable {
    private final Supplier<TableReading> source;
    private final List<Commit> commits;
    private final CompletableFuture<TableReading> result = new CompletableFuture<>();

    Read(Supplier<TableReading> source, List<Commit> commits) {
      this.source = source;
      this.commits = commits;
    }

    @Override
    public void run() {
      if (!result.isDone()) {
        busySince = System.nanoTime() | 1;
        try {
          result.complete(source.get());
        } catch (RuntimeException | LinkageError e) {
          problems.warn(
              "Cannot read a table for the lineage of a call", e, "its event says less about it");
          giveUp(e.toString());
        } finally {
          busySince = IDLE;
        }
      }
      open.remove(this);
    }

    void giveUp(String reason) {
      result.complete(TableReading.nothing(reason, commits));
    }

    void endAfter(Duration time, String reason) {
      result.completeOnTimeout(
          TableReading.nothing(reason, commits), time.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
