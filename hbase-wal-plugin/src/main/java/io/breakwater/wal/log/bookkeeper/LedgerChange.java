package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogFencedException;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.apache.bookkeeper.client.BKException;
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

  private final Catalog catalog;
  private final Ledgers ledgers;
  private final LogRecovery recovery;
  private final BookKeeperOptions options;
  private final UUID id;
  private Catalog.Stored stored;

  /** The ledger that is written to. Used under the appender's lock. */
  static final class Current {
    private final WriteHandle handle;
    private final long start;
    private final long since = System.nanoTime();
    private long written;

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

    long lastEntry() {
      return handle.getLastAddConfirmed();
    }

    /** An empty one never is: rolling it would change nothing. */
    boolean olderThan(Duration age) {
      return written > 0 && System.nanoTime() - since > age.toNanos();
    }

    /** How many bookies it is on. */
    int ensemble() {
      return handle.getLedgerMetadata().getEnsembleSize();
    }
  }

  LedgerChange(
      Catalog catalog,
      Ledgers ledgers,
      LogRecovery recovery,
      BookKeeperOptions options,
      Catalog.Stored stored) {
    this.catalog = catalog;
    this.ledgers = ledgers;
    this.recovery = recovery;
    this.options = options;
    this.id = stored.record().id();
    this.stored = stored;
  }

  /** A younger ledger, after everything in the old one was acknowledged. */
  Current roll(Current old, long acknowledged) throws IOException {
    Current next = next(acknowledged);
    closeQuietly(old, acknowledged);
    return next;
  }

  /**
   * Another ledger after a write has failed. The old one is recovered first, which fences it, so
   * that its end is known: what was written and not acknowledged may be in it or not.
   */
  Current replace(Current old, long acknowledged) throws IOException {
    long deadline = System.nanoTime() + options.appendTimeout().toNanos();
    while (true) {
      try {
        long end = recovery.endOf(id, new LogRecord.Segment(old.handle().getId(), old.start()));
        if (end < acknowledged) {
          throw new IOException(
              "Cannot go on with log "
                  + id
                  + ": ledger "
                  + old.handle().getId()
                  + " ends at "
                  + end
                  + ", but "
                  + acknowledged
                  + " bytes were acknowledged: a bookie has lost entries");
        }
        Current next = next(end);
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
        requireOpen();
        if (System.nanoTime() > deadline || Ledgers.code(e) == 0) {
          throw e;
        }
        LOG.warn("Cannot change the ledger of log {} yet: {}", id, e.getMessage());
        Ledgers.pause("change the ledger of log " + id);
      }
    }
  }

  /** A fresh ledger, in the record of the log from {@code start} on. */
  private Current next(long start) throws IOException {
    WriteHandle handle = ledgers.create(id);
    LogRecord.Segment segment = new LogRecord.Segment(handle.getId(), start);
    LogRecord record = stored.record();
    LogRecord changed =
        record.last().start() == start
            ? record.withLastReplaced(segment)
            : record.withSegment(segment);
    try {
      while (true) {
        var written = catalog.update(stored, changed);
        if (written.isPresent()) {
          LogRecord.Segment before = stored.record().last();
          stored = written.get();
          if (before.start() == start) {
            ledgers.deleteUnused(before.ledger(), id);
          }
          return new Current(handle, start);
        }
        // The modification time may have been set; a fence is final.
        requireOpen();
        changed =
            stored.record().last().start() == start
                ? stored.record().withLastReplaced(segment)
                : stored.record().withSegment(segment);
      }
    } catch (IOException | RuntimeException e) {
      ledgers.deleteUnused(handle.getId(), id);
      throw e;
    }
  }

  /** Reads the record again. */
  private void requireOpen() throws IOException {
    stored =
        catalog
            .read(id)
            .filter(now -> now.record().state() == LogRecord.State.OPEN)
            .orElseThrow(
                () ->
                    new LogFencedException(
                        "Cannot append to log "
                            + id
                            + ": it was fenced by its recovery or deleted; this server must not"
                            + " go on with it"));
  }

  /** Closes a ledger that holds nothing but acknowledged entries; its recovery would do as well. */
  private void closeQuietly(Current old, long end) {
    var unused =
        old.handle()
            .closeAsync()
            .whenComplete(
                (done, e) -> {
                  if (e != null) {
                    LOG.warn(
                        "Cannot close ledger {} of log {}, which ends at {}: {}; its recovery will",
                        old.handle().getId(),
                        id,
                        end,
                        Ledgers.explain(e));
                  }
                });
  }

  /** Seals the log at {@code length}, all of which was acknowledged. */
  void seal(Current current, long length) throws IOException {
    try {
      ledgers.await("close ledger " + current.handle().getId(), current.handle().closeAsync());
    } catch (IOException e) {
      if (Ledgers.code(e) == BKException.Code.MetadataVersionException) {
        // Somebody recovers the log, or the ledger was changed behind our back: look at its end.
        requireWhole(current, length);
      } else {
        LOG.warn("Log {} is recovered, since it cannot be closed: {}", id, e.getMessage());
      }
      recover();
      return;
    }
    var sealed =
        catalog.update(stored, stored.record().sealedAt(length, System.currentTimeMillis()));
    if (sealed.isEmpty()) {
      recover();
    }
  }

  private void requireWhole(Current current, long length) throws IOException {
    long end = recovery.endOf(id, new LogRecord.Segment(current.handle().getId(), current.start()));
    if (end < length) {
      throw new IOException(
          "Cannot close log "
              + id
              + ": ledger "
              + current.handle().getId()
              + " ends at "
              + end
              + ", but "
              + length
              + " bytes were acknowledged: a bookie has lost entries");
    }
  }

  /** Fences and seals the log, if it is still there. */
  void recover() throws IOException {
    var now = catalog.read(id);
    if (now.isPresent()) {
      recovery.recover(now.get());
    }
  }
}
