package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;

/** One ledger of a log as it is read. Used by one thread at a time. */
final class LedgerCursor implements Closeable {

  /** Bytes that are read ahead at a time. */
  private static final int READ_AHEAD = 1 << 20;

  private static final int MAX_ENTRIES_AHEAD = 64;

  private final Ledgers ledgers;
  private final LogRecord.Segment segment;
  private final String place;
  private final ReadHandle handle;

  /** Entries whose position is known, by position. */
  private final TreeMap<Long, Long> known = new TreeMap<>();

  private final ArrayDeque<Numbered> ahead = new ArrayDeque<>();
  private int entrySize = READ_AHEAD;

  private record Numbered(long number, ByteBuffer bytes) {}

  /** An entry and its number in the ledger. */
  record Found(long number, EntryFormat.Entry entry) {}

  /** Opens a ledger without disturbing its writer. */
  LedgerCursor(Ledgers ledgers, LogRecord.Segment segment, String path, LogRecord log)
      throws IOException {
    this.ledgers = ledgers;
    this.segment = segment;
    this.place = "ledger " + segment.ledger() + " of log " + log.id() + ", " + path;
    this.handle = ledgers.awaitStored("open " + place, ledgers.open(segment.ledger(), false));
    known.put(segment.start(), 0L);
  }

  LogRecord.Segment segment() {
    return segment;
  }

  String place() {
    return place;
  }

  /** Whether it was closed when it was opened here: then its end is known. */
  boolean closed() {
    return handle.isClosed();
  }

  /**
   * The last entry that is known to have been acknowledged, which may be some behind the last that
   * was, unless the ledger is closed.
   */
  long confirmed() throws IOException {
    if (handle.isClosed()) {
      return handle.getLastAddConfirmed();
    }
    long confirmed =
        ledgers.awaitStored("read the end of " + place, handle.readLastAddConfirmedAsync());
    return Math.max(confirmed, handle.getLastAddConfirmed());
  }

  /** The last entry of a ledger of which everything up to {@code end} was acknowledged. */
  long lastUpTo(long end) throws IOException {
    long last = confirmed();
    if (!handle.isClosed()) {
      long at = last < 0 ? segment.start() : header(last).end();
      while (at < end) {
        last++;
        at = header(last).end();
      }
    }
    return last;
  }

  /** The entry that holds {@code position}; nothing if none up to {@code last} does. */
  Found find(long position, long last, LogCipher cipher) throws IOException {
    ahead.clear();
    Map.Entry<Long, Long> above = known.higherEntry(position);
    long low = known.floorEntry(position).getValue();
    long high = above == null ? last : Math.min(last, above.getValue() - 1);
    long probe = low;
    while (low <= high) {
      EntryFormat.Entry found;
      try {
        found = header(probe);
      } catch (LogCorruptException e) {
        return read(beside(position, low, probe, high, e), last, cipher);
      }
      if (position < found.position()) {
        high = probe - 1;
      } else if (position >= found.end()) {
        low = probe + 1;
      } else {
        return read(probe, last, cipher);
      }
      probe = (low + high) >>> 1;
    }
    return null;
  }

  /** An entry that cannot be read must not hide those beside it. */
  private long beside(long position, long low, long damaged, long high, LogCorruptException damage)
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

  /** What the header of an entry says. */
  EntryFormat.Entry header(long number) throws IOException {
    EntryFormat.Entry found =
        EntryFormat.header(fetch(number, number).get(0).bytes(), place(number));
    known.put(found.position(), number);
    return found;
  }

  /** An entry; some behind it, up to {@code last}, are kept for the next call. */
  Found read(long number, long last, LogCipher cipher) throws IOException {
    while (!ahead.isEmpty() && ahead.peek().number() < number) {
      ahead.poll();
    }
    if (ahead.isEmpty() || ahead.peek().number() != number) {
      ahead.clear();
      int count = Math.max(1, Math.min(MAX_ENTRIES_AHEAD, READ_AHEAD / entrySize));
      ahead.addAll(fetchAhead(number, Math.min(last, number + count - 1)));
    }
    EntryFormat.Entry entry = EntryFormat.decode(ahead.poll().bytes(), cipher, place(number));
    entrySize = Math.max(1, entry.length());
    return new Found(number, entry);
  }

  private List<Numbered> fetchAhead(long first, long last) throws IOException {
    try {
      return fetch(first, last);
    } catch (LogCorruptException e) {
      // Which of them is damaged it does not say.
      return fetch(first, first);
    }
  }

  private List<Numbered> fetch(long first, long last) throws IOException {
    // Unconfirmed: what is known to be acknowledged the handle may not know.
    try (LedgerEntries entries =
        ledgers.awaitStored("read " + place(first), handle.readUnconfirmedAsync(first, last))) {
      List<Numbered> copies = new ArrayList<>();
      for (LedgerEntry read : entries) {
        copies.add(new Numbered(read.getEntryId(), ByteBuffer.wrap(read.getEntryBytes())));
      }
      return copies;
    }
  }

  private String place(long number) {
    return "entry " + number + " of " + place;
  }

  @Override
  public void close() throws IOException {
    ledgers.await("close " + place, handle.closeAsync());
  }
}
