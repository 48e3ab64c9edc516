package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogFencedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fences a log and finds its end. First the record says that no ledger can be added; then every
 * ledger, not the last alone, is opened with recovery, after which no writer can add an entry; then
 * the length is known and the record says so. Each step may be repeated by anybody.
 */
final class LogRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

  private final LogRecords records;
  private final Ledgers ledgers;
  private final LogEvents events;

  LogRecovery(LogRecords records, Ledgers ledgers, LogEvents events) {
    this.records = records;
    this.ledgers = ledgers;
    this.events = events;
  }

  /**
   * Fences and seals the log.
   *
   * @return its length
   * @throws io.breakwater.wal.log.LogCorruptException if its end is not there any more; then no
   *     ledger can be added all the same
   */
  long recover(LogRecords.Stored log) throws IOException {
    long begun = System.nanoTime();
    LogRecords.Stored stored = log;
    UUID id = log.record().id();
    while (!stored.record().sealed()) {
      if (stored.record().state() == LogRecord.State.OPEN) {
        Optional<LogRecords.Stored> blocked = records.update(stored, stored.record().recovering());
        if (blocked.isEmpty()) {
          stored = again(id);
          continue;
        }
        stored = blocked.get();
      }
      long length = fence(stored.record());
      Optional<LogRecords.Stored> sealed =
          records.update(stored, stored.record().sealedAt(length, System.currentTimeMillis()));
      if (sealed.isPresent()) {
        events.recovered(begun);
      }
      stored = sealed.isPresent() ? sealed.get() : again(id);
    }
    return stored.record().length();
  }

  private LogRecords.Stored again(UUID id) throws IOException {
    return records
        .read(id)
        .orElseThrow(() -> new LogFencedException("Cannot recover log " + id + ": it was deleted"));
  }

  private long fence(LogRecord record) throws IOException {
    List<CompletableFuture<ReadHandle>> opened = new ArrayList<>();
    for (LogRecord.Segment segment : record.segments()) {
      opened.add(ledgers.open(segment.ledger(), true));
    }
    for (int i = 0; i < opened.size() - 1; i++) {
      awaitFenced(record, record.segments().get(i).ledger(), opened.get(i));
    }
    for (int i = 0; i < opened.size() - 1; i++) {
      close(opened.get(i));
    }
    return end(record.id(), record.last(), opened.get(opened.size() - 1));
  }

  private void awaitFenced(LogRecord record, long ledger, CompletableFuture<ReadHandle> opening)
      throws IOException {
    try {
      ledgers.await("fence ledger " + ledger + " of log " + record.id(), opening);
    } catch (IOException e) {
      if (!Ledgers.isGone(e)) {
        throw e;
      }
      LOG.error(
          "Ledger {} of log {} is gone from BookKeeper: what was in it cannot be read",
          ledger,
          record.id());
    }
  }

  /** Fences and closes a ledger: where in the log its last byte ends. */
  long endOf(UUID id, LogRecord.Segment segment) throws IOException {
    return end(id, segment, ledgers.open(segment.ledger(), true));
  }

  private long end(UUID id, LogRecord.Segment segment, CompletableFuture<ReadHandle> opening)
      throws IOException {
    String place = "ledger " + segment.ledger() + " of log " + id;
    ReadHandle handle = ledgers.awaitStored("fence " + place, opening);
    try {
      long last = handle.getLastAddConfirmed();
      if (last < 0) {
        return segment.start();
      }
      try (LedgerEntries entries =
          ledgers.awaitStored(
              "read entry " + last + " of " + place, handle.readAsync(last, last))) {
        return EntryFormat.header(
                ByteBuffer.wrap(entries.getEntry(last).getEntryBytes()),
                "entry " + last + " of " + place)
            .end();
      }
    } finally {
      close(opening);
    }
  }

  private static void close(CompletableFuture<ReadHandle> opened) {
    var unused =
        opened
            .thenCompose(ReadHandle::closeAsync)
            .whenComplete(
                (done, e) -> {
                  if (e != null && !Ledgers.isGone(e)) {
                    LOG.warn("Cannot close a ledger after its recovery: {}", Ledgers.explain(e));
                  }
                });
  }
}
