package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;

/**
 * Reads a log through its ledgers. A sealed log is read up to its length; an open one up to what
 * its writer has acknowledged, if that is in this process, else up to what BookKeeper knows to be
 * confirmed, which may be a moment behind.
 */
final class LedgerReader implements LogReader {

  /** Bytes that are read ahead at a time. */
  private static final int READ_AHEAD = 1 << 20;

  private static final int MAX_ENTRIES_AHEAD = 64;

  private final Catalog catalog;
  private final Ledgers ledgers;
  private final Supplier<LedgerAppender> writer;
  private final String path;
  private final LogCipher cipher;
  private LogRecord record;

  private Ledger ledger;
  private EntryFormat.Entry entry;

  /** One ledger as it is read. */
  private final class Ledger {
    private final int index;
    private final LogRecord.Segment segment;
    private final ReadHandle handle;

    /** Entries whose position is known, by position. */
    private final TreeMap<Long, Long> known = new TreeMap<>();

    private final ArrayDeque<Numbered> ahead = new ArrayDeque<>();
    private long entryNumber = -1;

    Ledger(int index) throws IOException {
      this.index = index;
      this.segment = record.segments().get(index);
      this.handle =
          LedgerReader.this.await(segment.ledger(), -1, ledgers.open(segment.ledger(), false));
      known.put(segment.start(), 0L);
    }
  }

  private record Numbered(long number, ByteBuffer bytes) {}

  /**
   * @param writer gives the log's writer if it is in this process, else null
   */
  LedgerReader(
      Catalog catalog,
      Ledgers ledgers,
      Supplier<LedgerAppender> writer,
      String path,
      LogRecord record,
      LogCipher cipher) {
    this.catalog = catalog;
    this.ledgers = ledgers;
    this.writer = writer;
    this.path = path;
    this.record = record;
    this.cipher = cipher;
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("Invalid position: " + position + ", must be >= 0");
    }
    long limit = limit(position);
    if (position >= limit || !locate(position)) {
      return -1;
    }
    int from = (int) (position - entry.position());
    int n = (int) Math.min(target.remaining(), Math.min(entry.end(), limit) - position);
    target.put(entry.payload().slice(from, n));
    return n;
  }

  @Override
  public synchronized long length() throws IOException {
    long limit = limit(Long.MAX_VALUE);
    if (limit != Long.MAX_VALUE) {
      return limit;
    }
    open(record.segments().size() - 1);
    long last = confirmed();
    if (last < 0) {
      return ledger.segment.start();
    }
    return EntryFormat.header(fetch(last).bytes(), place(last)).end();
  }

  /** Where reading has to stop, if that is known; the record is read again for an open log. */
  private long limit(long position) throws IOException {
    if (record.sealed()) {
      return record.length();
    }
    if (entry != null && position >= entry.position() && position < entry.end()) {
      // It was acknowledged when it was read.
      return Long.MAX_VALUE;
    }
    LedgerAppender appender = writer.get();
    if (appender != null
        && position != Long.MAX_VALUE
        && position >= appender.acknowledgedLength()) {
      return appender.acknowledgedLength();
    }
    record =
        catalog
            .read(record.id())
            .map(Catalog.Stored::record)
            .orElseThrow(() -> new IOException("Cannot read " + path + ": the log was deleted"));
    if (record.sealed()) {
      return record.length();
    }
    return appender == null ? Long.MAX_VALUE : appender.acknowledgedLength();
  }

  /** Makes the entry that holds {@code position} current; false if it is not there yet. */
  private boolean locate(long position) throws IOException {
    if (entry != null && position >= entry.position() && position < entry.end()) {
      return true;
    }
    int index = record.segments().size() - 1;
    while (record.segments().get(index).start() > position) {
      index--;
    }
    open(index);
    long last = confirmed();
    boolean next = entry != null && entry.end() == position && ledger.entryNumber >= 0;
    long number = next ? ledger.entryNumber + 1 : search(position, last);
    if (number > last || number < 0) {
      if (record.sealed() || index < record.segments().size() - 1) {
        throw missing(position, last);
      }
      return false;
    }
    EntryFormat.Entry found =
        EntryFormat.decode(fetch(number, last).bytes(), cipher, place(number));
    if (position < found.position() || position >= found.end()) {
      throw missing(position, last);
    }
    entry = found;
    ledger.entryNumber = number;
    return true;
  }

  private LogCorruptException missing(long position, long last) {
    return new LogCorruptException(
        "Cannot read "
            + path
            + ": position "
            + position
            + " should be in ledger "
            + ledger.segment.ledger()
            + " of log "
            + record.id()
            + ", whose "
            + (last + 1)
            + " entries do not hold it");
  }

  /** The last entry that may be read. */
  private long confirmed() throws IOException {
    boolean lastLedger = ledger.index == record.segments().size() - 1;
    if (ledger.handle.isClosed()) {
      return ledger.handle.getLastAddConfirmed();
    }
    LedgerAppender appender = writer.get();
    if (appender != null && lastLedger && !record.sealed()) {
      LedgerAppender.Tail tail = appender.tail();
      if (tail.ledger() == ledger.segment.ledger()) {
        return tail.entry();
      }
    }
    long confirmed = await(ledger.segment.ledger(), -1, ledger.handle.readLastAddConfirmedAsync());
    return Math.max(confirmed, ledger.handle.getLastAddConfirmed());
  }

  private void open(int index) throws IOException {
    LogRecord.Segment wanted = record.segments().get(index);
    boolean same = ledger != null && ledger.segment.equals(wanted);
    boolean stale = same && !ledger.handle.isClosed() && (record.sealed() || ledger.index != index);
    boolean closedSince = same && !ledger.handle.isClosed() && index < record.segments().size() - 1;
    if (same && !stale && !closedSince) {
      return;
    }
    if (ledger != null) {
      closeHandle();
    }
    ledger = new Ledger(index);
  }

  /** The number of the entry that holds {@code position}, between those already known. */
  private long search(long position, long last) throws IOException {
    ledger.ahead.clear();
    long low = ledger.known.floorEntry(position).getValue();
    Map.Entry<Long, Long> above = ledger.known.higherEntry(position);
    long high = above == null ? last : Math.min(last, above.getValue() - 1);
    long probe = low;
    while (low <= high) {
      EntryFormat.Entry found;
      try {
        found = header(probe);
      } catch (LogCorruptException e) {
        return searchBeside(position, low, probe, high, e);
      }
      if (position < found.position()) {
        high = probe - 1;
      } else if (position >= found.end()) {
        low = probe + 1;
      } else {
        return probe;
      }
      probe = (low + high) >>> 1;
    }
    return low > last ? low : -1;
  }

  /** An entry that cannot be read must not hide those beside it. */
  private long searchBeside(
      long position, long low, long damaged, long high, LogCorruptException damage)
      throws IOException {
    for (long number = damaged + 1; number <= high; number++) {
      EntryFormat.Entry found = header(number);
      if (position >= found.position() && position < found.end()) {
        return number;
      }
      if (position < found.position()) {
        break;
      }
    }
    for (long number = damaged - 1; number >= low; number--) {
      EntryFormat.Entry found = header(number);
      if (position >= found.position() && position < found.end()) {
        return number;
      }
      if (position >= found.end()) {
        break;
      }
    }
    throw damage;
  }

  private EntryFormat.Entry header(long number) throws IOException {
    EntryFormat.Entry found = EntryFormat.header(fetch(number).bytes(), place(number));
    ledger.known.put(found.position(), number);
    return found;
  }

  private Numbered fetch(long number) throws IOException {
    List<Numbered> one = fetchAll(number, number);
    return one.get(0);
  }

  /** The entry, and some behind it for the next call. */
  private Numbered fetch(long number, long last) throws IOException {
    while (!ledger.ahead.isEmpty() && ledger.ahead.peek().number() < number) {
      ledger.ahead.poll();
    }
    if (ledger.ahead.isEmpty() || ledger.ahead.peek().number() != number) {
      ledger.ahead.clear();
      int size = entry == null ? READ_AHEAD : Math.max(1, entry.length());
      int count = Math.max(1, Math.min(MAX_ENTRIES_AHEAD, READ_AHEAD / size));
      ledger.ahead.addAll(fetchAll(number, Math.min(last, number + count - 1)));
    }
    return ledger.ahead.poll();
  }

  private List<Numbered> fetchAll(long first, long last) throws IOException {
    // Unconfirmed: what this process's writer knows to be acknowledged the handle may not.
    try (LedgerEntries entries =
        await(ledger.segment.ledger(), first, ledger.handle.readUnconfirmedAsync(first, last))) {
      List<Numbered> copies = new java.util.ArrayList<>();
      for (LedgerEntry read : entries) {
        copies.add(new Numbered(read.getEntryId(), ByteBuffer.wrap(read.getEntryBytes())));
      }
      return copies;
    }
  }

  private <T> T await(long ledgerId, long number, java.util.concurrent.Future<T> future)
      throws IOException {
    String what =
        "read "
            + path
            + " (log "
            + record.id()
            + ", ledger "
            + ledgerId
            + (number < 0 ? ")" : ", entry " + number + ")");
    try {
      return ledgers.await(what, future);
    } catch (IOException e) {
      switch (Ledgers.code(e)) {
        case BKException.Code.NoSuchLedgerExistsException,
            BKException.Code.NoSuchLedgerExistsOnMetadataServerException,
            BKException.Code.NoSuchEntryException,
            BKException.Code.DigestMatchException -> {
          LogCorruptException corrupt =
              new LogCorruptException(
                  "Cannot "
                      + what
                      + ": no bookie has it whole ("
                      + Ledgers.explain(e.getCause())
                      + ")");
          corrupt.initCause(e);
          throw corrupt;
        }
        default -> throw e;
      }
    }
  }

  private String place(long number) {
    return path
        + " (entry "
        + number
        + " of ledger "
        + ledger.segment.ledger()
        + " of log "
        + record.id()
        + ")";
  }

  private void closeHandle() throws IOException {
    ledgers.await("close ledger " + ledger.segment.ledger(), ledger.handle.closeAsync());
  }

  @Override
  public synchronized void close() throws IOException {
    if (ledger != null) {
      closeHandle();
      ledger = null;
    }
  }
}
