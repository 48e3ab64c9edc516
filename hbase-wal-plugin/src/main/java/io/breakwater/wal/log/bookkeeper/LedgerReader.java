package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Reads a log through its ledgers. A sealed log is read up to its length; an open one up to what
 * its writer has acknowledged, if that is in this process, else up to what BookKeeper knows to be
 * confirmed, which may be a moment behind.
 */
final class LedgerReader implements LogReader {

  private static final long UNKNOWN = Long.MAX_VALUE;

  private final LogRecords records;
  private final Ledgers ledgers;
  private final Supplier<LedgerAppender> writer;
  private final String path;
  private final LogCipher cipher;
  private final Runnable onClose;
  private LogRecord record;

  private LedgerCursor ledger;

  /** The last entry of {@link #ledger} that may be read, as far as was looked. */
  private long last;

  private LedgerCursor.Found current;
  private boolean closed;

  /**
   * @param writer gives the log's writer if it is in this process, else null
   */
  LedgerReader(
      LogRecords records,
      Ledgers ledgers,
      Supplier<LedgerAppender> writer,
      String path,
      LogRecord record,
      LogCipher cipher,
      Runnable onClose) {
    this.records = records;
    this.ledgers = ledgers;
    this.writer = writer;
    this.path = path;
    this.record = record;
    this.cipher = cipher;
    this.onClose = onClose;
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("Invalid position: " + position + ", must be >= 0");
    }
    return unlessReplaced(() -> readNow(position, target));
  }

  @Override
  public synchronized long length() throws IOException {
    return unlessReplaced(this::lengthNow);
  }

  private interface Reading<T> {
    T run() throws IOException;
  }

  /** A ledger that is gone was damage only if the record still names it. */
  private <T> T unlessReplaced(Reading<T> reading) throws IOException {
    while (true) {
      LogRecord before = record;
      try {
        return reading.run();
      } catch (LogCorruptException e) {
        if (!Ledgers.isGone(e)) {
          throw e;
        }
        readRecord();
        if (record.segments().equals(before.segments())) {
          throw e;
        }
      }
    }
  }

  private void readRecord() throws IOException {
    record =
        records
            .read(record.id())
            .map(LogRecords.Stored::record)
            .orElseThrow(() -> new IOException("Cannot read " + path + ": the log was deleted"));
  }

  private int readNow(long position, ByteBuffer target) throws IOException {
    long limit = record.sealed() ? record.length() : UNKNOWN;
    if (!isCurrent(position) && !isNext(position)) {
      limit = limit(position);
      if (position >= limit) {
        return -1;
      }
      while (!locate(position)) {
        if (limit == UNKNOWN) {
          return -1;
        }
        // It is acknowledged: its writer, in this process, has gone on in another ledger.
        readRecord();
      }
    }
    if (position >= limit) {
      return -1;
    }
    EntryFormat.Entry entry = current.entry();
    int from = (int) (position - entry.position());
    int n = (int) Math.min(target.remaining(), Math.min(entry.end(), limit) - position);
    target.put(entry.payload().slice(from, n));
    return n;
  }

  private boolean isCurrent(long position) {
    return current != null
        && position >= current.entry().position()
        && position < current.entry().end();
  }

  /** Goes on to the next entry if that was found to be acknowledged before. */
  private boolean isNext(long position) throws IOException {
    if (current == null || position != current.entry().end() || current.number() >= last) {
      return false;
    }
    current = hold(ledger.read(current.number() + 1, last, cipher), position);
    return true;
  }

  private LedgerCursor.Found hold(LedgerCursor.Found found, long position)
      throws LogCorruptException {
    if (found == null || position < found.entry().position() || position >= found.entry().end()) {
      throw new LogCorruptException(
          "Cannot read "
              + path
              + ": position "
              + position
              + " should be in "
              + ledger.place()
              + ", whose "
              + (last + 1)
              + " entries do not hold it");
    }
    return found;
  }

  private long lengthNow() throws IOException {
    long limit = limit(UNKNOWN);
    if (limit != UNKNOWN) {
      return limit;
    }
    open(record.segments().size() - 1);
    return last < 0 ? ledger.segment().start() : ledger.header(last).end();
  }

  /** Where reading has to stop, if that is known; the record is read again for an open log. */
  private long limit(long position) throws IOException {
    if (record.sealed()) {
      return record.length();
    }
    LedgerAppender appender = writer.get();
    if (appender != null) {
      long acknowledged = appender.acknowledgedLength();
      if ((position != UNKNOWN && position >= acknowledged)
          || appender.tail().ledger() == record.last().ledger()) {
        return acknowledged;
      }
    }
    readRecord();
    if (record.sealed()) {
      return record.length();
    }
    return appender == null ? UNKNOWN : appender.acknowledgedLength();
  }

  /** Makes the entry that holds {@code position} current; false if it is not there yet. */
  private boolean locate(long position) throws IOException {
    int index = record.segments().size() - 1;
    while (record.segments().get(index).start() > position) {
      index--;
    }
    boolean same = open(index);
    boolean mayGrow = !record.sealed() && index == record.segments().size() - 1;
    if (same && current != null && position == current.entry().end()) {
      if (mayGrow && current.number() >= last) {
        return false;
      }
      return isNext(position) || hold(null, position) != null;
    }
    LedgerCursor.Found found = ledger.find(position, last, cipher);
    if (found == null && mayGrow) {
      return false;
    }
    current = hold(found, position);
    return true;
  }

  /**
   * Opens a ledger of the log, and looks for its last entry.
   *
   * @return whether {@link #current} is still an entry of it
   */
  private boolean open(int index) throws IOException {
    LogRecord.Segment wanted = record.segments().get(index);
    boolean ended = record.sealed() || index < record.segments().size() - 1;
    boolean same = ledger != null && ledger.segment().equals(wanted);
    if (!same || (ended && !ledger.closed())) {
      if (ledger != null) {
        ledger.close();
        ledger = null;
      }
      if (!same) {
        current = null;
      }
      ledger = new LedgerCursor(ledgers, wanted, path, record);
    }
    if (index < record.segments().size() - 1) {
      // All of it was acknowledged before the next one was begun, closed or not.
      last = ledger.lastUpTo(record.segments().get(index + 1).start());
    } else if (record.sealed()) {
      last = ledger.lastUpTo(record.length());
    } else {
      LedgerAppender appender = writer.get();
      LedgerAppender.Tail tail = appender == null ? null : appender.tail();
      last = tail != null && tail.ledger() == wanted.ledger() ? tail.entry() : ledger.confirmed();
    }
    return same;
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (ledger != null) {
        ledger.close();
      }
    } finally {
      ledger = null;
      onClose.run();
    }
  }
}
