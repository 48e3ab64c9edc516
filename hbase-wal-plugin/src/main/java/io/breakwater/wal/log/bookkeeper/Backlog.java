package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCipher;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Appends that wait to be sent, and the entries made of them. Used under the appender's lock. */
final class Backlog {

  private final LogCipher cipher;
  private final ArrayDeque<Append> waiting = new ArrayDeque<>();

  /** Where in the log the next append goes. */
  private long appended;

  /** Where in the log the next entry goes. */
  private long sent;

  /**
   * @param end where in the log it ends
   */
  record Append(ByteBuffer data, long end, CompletableFuture<Long> done) {}

  /**
   * An entry to be written.
   *
   * @param start where in the log it begins
   * @param length of its payload; 0 if there is nothing to be written
   * @param bytes the entry as it is stored
   * @param ending the appends whose last bytes are in it
   */
  record Entry(long start, int length, ByteBuffer bytes, List<Append> ending) {
    long end() {
      return start + length;
    }
  }

  /**
   * @param cipher null if the log is not encrypted
   */
  Backlog(LogCipher cipher) {
    this.cipher = cipher;
  }

  void add(ByteBuffer data, CompletableFuture<Long> done) {
    appended += data.remaining();
    waiting.add(new Append(data, appended, done));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** As many of the appends as fit an entry, or a piece of the first. */
  Entry next() {
    Append first = waiting.peek();
    int offset = (int) (sent - (first.end() - first.data().remaining()));
    List<ByteBuffer> parts = new ArrayList<>();
    List<Append> ending = new ArrayList<>();
    int length = 0;
    while (!waiting.isEmpty()) {
      ByteBuffer rest = waiting.peek().data().duplicate();
      if (parts.isEmpty()) {
        rest.position(rest.position() + offset);
      }
      if (length + rest.remaining() > BookKeeperOptions.MAX_ENTRY_PAYLOAD) {
        if (parts.isEmpty()) {
          length = BookKeeperOptions.MAX_ENTRY_PAYLOAD;
          parts.add(rest.slice(rest.position(), length));
        }
        break;
      }
      length += rest.remaining();
      parts.add(rest);
      ending.add(waiting.poll());
    }
    ByteBuffer bytes = length == 0 ? null : EntryFormat.encode(sent, parts, cipher);
    Entry entry = new Entry(sent, length, bytes, ending);
    sent = entry.end();
    return entry;
  }

  /** The appends that wait, which are forgotten. */
  List<Append> clear() {
    List<Append> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
