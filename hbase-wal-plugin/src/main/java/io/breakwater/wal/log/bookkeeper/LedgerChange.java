package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogFencedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the ledger that a log is written to. The record of the log names a ledger before anything
 * in it is acknowledged, and the record can be changed only while nobody has begun to recover the
 * log: a writer that was fenced cannot go on in another ledger.
 *
 * <p>Used by one thread at a time.
 */
final class LedgerChange {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerChange.class);

  private final LogRecords records;
  private final Ledgers ledgers;
  private final LogRecovery recovery;
  private final BookKeeperOptions options;
  private final SpareLedger spare;
  private final UUID id;
  private final List<Closing> closings = new ArrayList<>();
  private LogRecords.Stored stored;

  /** Ledgers in a row that were given up before anything in them was acknowledged. */
  private int fruitless;

  private volatile String problem;

  /** The ledger that is written to. Used under the appender's lock. */
  static final class Current {
    private final WriteHandle handle;
    private final long start;
    private final long since = System.nanoTime();
    private long written;
    private long looked = System.nanoTime();

    Current(WriteHandle handle, long start) {
      this.handle = handle;
      this.start = start;
    }

    WriteHandle handle() {
      return handle;
    }

    /** Where in the log its first byte stands. */
    long start() {
      return start;
    }

    long written() {
      return written;
    }

    void count(int bytes) {
      written += bytes;
    }

    /** An empty one never is: rolling it would change nothing. */
    boolean olderThan(Duration age) {
      return written > 0 && System.nanoTime() - since > age.toNanos();
    }

    /** True once in every {@code period}. Used by the watchdog alone. */
    boolean lookForMore(Duration period) {
      long now = System.nanoTime();
      if (now - looked < period.toNanos()) {
        return false;
      }
      looked = now;
      return true;
    }

    private LogRecord.Segment segment() {
      return new LogRecord.Segment(handle.getId(), start);
    }
  }

  /** A ledger that is being closed, and where it has to end. */
  private record Closing(LogRecord.Segment segment, long end, CompletableFuture<Void> closed) {}

  LedgerChange(
      LogRecords records,
      Ledgers ledgers,
      LogRecovery recovery,
      BookKeeperOptions options,
      Executor executor,
      LogRecords.Stored stored) {
    this.records = records;
    this.ledgers = ledgers;
    this.recovery = recovery;
    this.options = options;
    this.id = stored.record().id();
    this.spare = new SpareLedger(ledgers, id, executor);
    this.stored = stored;
  }

  /** Whether {@link #roll} can be done at once; if not, that is prepared. Any thread may ask. */
  boolean prepared() {
    return spare.prepared();
  }

  /**
   * A younger ledger, after everything in the old one was acknowledged; the old one if there is
   * none, since nothing is wrong with it.
   */
  Current roll(Current old, long acknowledged) throws IOException {
    lookAtClosed();
    WriteHandle next = spare.take();
    if (next == null) {
      return old;
    }
    Current current = goOn(next, acknowledged);
    closings.add(new Closing(old.segment(), acknowledged, old.handle().closeAsync()));
    return current;
  }

  /** A ledger that could not be closed by its writer is recovered, which shows its end. */
  private void lookAtClosed() throws IOException {
    for (Closing closing : List.copyOf(closings)) {
      if (!closing.closed().isDone()) {
        continue;
      }
      try {
        if (closing.closed().isCompletedExceptionally()) {
          requireWhole(closing.segment(), closing.end());
        }
        closings.remove(closing);
      } catch (IOException e) {
        if (Ledgers.code(e) == 0) {
          throw e;
        }
        LOG.warn("Log {} goes on: {}", id, e.getMessage());
      }
    }
  }

  /**
   * Another ledger after a write has failed. The old one is recovered first, which fences it, so
   * that its end is known: what was written and not acknowledged may be in it or not. It is not
   * closed by its handle, whose idea of the end may be another.
   */
  Current replace(Current old, long acknowledged, String reason) throws IOException {
    problem = reason;
    fruitless = acknowledged == old.start() ? fruitless + 1 : 0;
    if (fruitless > 1) {
      Ledgers.pause("change the ledger of log " + id);
    }
    long deadline = System.nanoTime() + options.appendTimeout().toNanos();
    while (true) {
      requireOpen();
      try {
        long end = requireWhole(old.segment(), acknowledged);
        Current next = goOn(ledgers.create(id), end);
        LOG.info(
            "Log {} goes on at {} in ledger {} instead of {}",
            id,
            end,
            next.handle().getId(),
            old.handle().getId());
        return next;
      } catch (LogFencedException e) {
        throw e;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || Ledgers.code(e) == 0) {
          throw e;
        }
        LOG.warn("Cannot change the ledger of log {} yet: {}", id, e.getMessage());
        problem = e.getMessage();
        Ledgers.pause("change the ledger of log " + id);
      }
    }
  }

  /** What last kept the log from going on, in words; null if nothing has. Any thread may ask. */
  String problem() {
    return problem;
  }

  /** Puts a fresh ledger into the record of the log, from {@code start} on. */
  private Current goOn(WriteHandle fresh, long start) throws IOException {
    LogRecord.Segment segment = new LogRecord.Segment(fresh.getId(), start);
    try {
      while (!stored.record().last().equals(segment)) {
        LogRecord.Segment before = stored.record().last();
        boolean empty = before.start() == start;
        Optional<LogRecords.Stored> written =
            records.update(
                stored,
                empty
                    ? stored.record().withLastReplaced(segment)
                    : stored.record().withSegment(segment));
        if (written.isPresent()) {
          stored = written.get();
          if (empty) {
            ledgers.deleteUnused(before.ledger(), id);
          }
        } else {
          // The modification time may have been set; a fence is final.
          requireOpen();
        }
      }
      return new Current(fresh, start);
    } catch (LogFencedException e) {
      // Else it is left to the scavenger: a write whose answer was lost may have named it.
      if (!stored.record().segments().contains(segment)) {
        ledgers.deleteUnused(fresh.getId(), id);
      }
      throw e;
    }
  }

  /** Reads the record again. */
  private void requireOpen() throws IOException {
    Optional<LogRecords.Stored> now = records.read(id);
    now.ifPresent(latest -> stored = latest);
    if (now.isEmpty() || now.get().record().state() != LogRecord.State.OPEN) {
      throw new LogFencedException(
          "Cannot append to log "
              + id
              + ": it was fenced by its recovery or deleted; this server must not go on with it");
    }
  }

  /**
   * Seals the log at {@code length}, all of which was acknowledged.
   *
   * @throws IOException if a ledger has lost acknowledged bytes
   */
  void seal(Current current, long length) throws IOException {
    spare.close();
    closings.add(new Closing(current.segment(), length, current.handle().closeAsync()));
    boolean good = true;
    for (Closing closing : closings) {
      try {
        ledgers.await("close ledger " + closing.segment().ledger(), closing.closed());
      } catch (IOException e) {
        // Somebody recovers the log, or no quorum answers, or the ledger was changed behind us.
        LOG.warn("Log {} is recovered, since it cannot be closed: {}", id, e.getMessage());
        if (records.read(id).isEmpty()) {
          return;
        }
        requireWhole(closing.segment(), closing.end());
        good = false;
      }
    }
    if (good
        && records
            .update(stored, stored.record().sealedAt(length, System.currentTimeMillis()))
            .isPresent()) {
      return;
    }
    recover(length);
  }

  /**
   * Fences a ledger.
   *
   * @return its end, which is not below {@code acknowledged}
   */
  private long requireWhole(LogRecord.Segment segment, long acknowledged) throws IOException {
    return requireWhole("ledger " + segment.ledger(), recovery.endOf(id, segment), acknowledged);
  }

  private long requireWhole(String what, long end, long acknowledged) throws IOException {
    if (end < acknowledged) {
      throw new IOException(
          "Cannot go on with log "
              + id
              + ": "
              + what
              + " ends at "
              + end
              + ", but "
              + acknowledged
              + " bytes were acknowledged: bookies have lost entries, look at their disks");
    }
    return end;
  }

  /**
   * Fences and seals the log, if it is still there.
   *
   * @throws IOException if not all that was acknowledged is in it
   */
  void recover(long acknowledged) throws IOException {
    spare.close();
    Optional<LogRecords.Stored> now = records.read(id);
    if (now.isPresent()) {
      requireWhole("it", recovery.recover(now.get()), acknowledged);
    }
  }
}
