package io.breakwater.wal.log.bookkeeper;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The next ledger of a log, made while the log is still written to the one before. It is soon used
 * or deleted: nothing names it yet, so a scavenger could take it for an orphan.
 */
final class SpareLedger {

  private static final Logger LOG = LoggerFactory.getLogger(SpareLedger.class);
  private static final Duration KEPT = Duration.ofSeconds(30);

  /** After a failure, for which the log need not stop. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final Ledgers ledgers;
  private final UUID log;
  private final Executor executor;
  private WriteHandle ready;
  private long since;
  private boolean making;
  private boolean closed;
  private boolean failed;

  SpareLedger(Ledgers ledgers, UUID log, Executor executor) {
    this.ledgers = ledgers;
    this.log = log;
    this.executor = executor;
  }

  /** Whether there is one; if not, it is begun to be made. Does not wait. */
  synchronized boolean prepared() {
    if (ready != null && age() < KEPT.toNanos()) {
      return true;
    }
    if (!closed && !making && !(failed && age() < RETRY.toNanos())) {
      drop();
      making = true;
      executor.execute(this::make);
    }
    return false;
  }

  private long age() {
    return System.nanoTime() - since;
  }

  private void make() {
    WriteHandle made = null;
    try {
      made = ledgers.create(log);
    } catch (IOException e) {
      LOG.warn("Log {} stays in its ledger for now: {}", log, e.getMessage());
    } finally {
      made(made);
    }
  }

  private synchronized void made(WriteHandle made) {
    making = false;
    failed = made == null;
    since = System.nanoTime();
    ready = made;
    if (closed) {
      drop();
    }
  }

  /** The ledger, if there is one that is young enough; it is the caller's now. */
  synchronized WriteHandle take() {
    if (ready == null || age() > KEPT.toNanos()) {
      return null;
    }
    WriteHandle taken = ready;
    ready = null;
    return taken;
  }

  private void drop() {
    if (ready != null) {
      ledgers.deleteUnused(ready.getId(), log);
      ready = null;
    }
  }

  /** Deletes what was made and is not going to be used. */
  synchronized void close() {
    closed = true;
    drop();
  }
}
