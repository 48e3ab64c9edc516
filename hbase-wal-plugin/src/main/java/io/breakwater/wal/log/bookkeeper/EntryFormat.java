package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of an entry of a ledger, version 1; integers are big-endian:
 *
 * <pre>
 *    0  1  version, 1
 *    1  1  1 if the payload is encrypted, else 0
 *    2  2  zero
 *    4  4  length of the payload in the log, 1..4,194,304
 *    8  8  position: where in the log the payload begins
 *   16  n  payload, as it is or as {@link LogCipher} makes it
 * </pre>
 *
 * BookKeeper adds and checks a CRC-32C over the entry together with the ids of ledger and entry, so
 * there is no other here.
 */
final class EntryFormat {

  static final int HEADER = 16;

  private static final byte VERSION = 1;

  private EntryFormat() {}

  /** An entry as it was read. */
  record Entry(long position, int length, ByteBuffer payload) {
    long end() {
      return position + length;
    }
  }

  /** The bytes to store for a payload that consists of {@code parts}, which are consumed. */
  static ByteBuffer encode(long position, List<ByteBuffer> parts, LogCipher cipher) {
    int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer entry =
        ByteBuffer.allocate(HEADER + length + (cipher == null ? 0 : cipher.overhead()));
    entry.put(VERSION).put((byte) (cipher == null ? 0 : 1)).putShort((short) 0);
    entry.putInt(length).putLong(position);
    if (cipher == null) {
      parts.forEach(entry::put);
    } else {
      cipher.encrypt(position, joined(parts, length), entry);
    }
    return entry.flip();
  }

  private static ByteBuffer joined(List<ByteBuffer> parts, int length) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    parts.forEach(joined::put);
    return joined.flip();
  }

  /**
   * Reads an entry; with {@code cipher} null an encrypted payload stays as it is stored.
   *
   * @param place names log, ledger and entry for the message
   */
  static Entry decode(ByteBuffer entry, LogCipher cipher, String place) throws IOException {
    Entry stored = header(entry, place);
    ByteBuffer payload = entry.slice(entry.position() + HEADER, entry.remaining() - HEADER);
    boolean encrypted = entry.get(entry.position() + 1) == 1;
    if (encrypted != (cipher != null)) {
      throw damaged(place, encrypted ? "it is encrypted, its log is not" : "it is not encrypted");
    }
    if (encrypted) {
      payload = cipher.decrypt(stored.position(), payload);
    }
    if (payload.remaining() != stored.length()) {
      throw damaged(
          place, "its payload has " + payload.remaining() + " bytes of " + stored.length());
    }
    return new Entry(stored.position(), stored.length(), payload);
  }

  /**
   * What the header says; the payload is null.
   *
   * @throws LogVersionException if a later plugin has written it
   * @throws LogCorruptException if it can be no header
   */
  static Entry header(ByteBuffer entry, String place) throws IOException {
    int at = entry.position();
    if (entry.remaining() <= HEADER) {
      throw damaged(place, "it has " + entry.remaining() + " bytes");
    }
    int version = entry.get(at) & 0xFF;
    if (version > VERSION) {
      throw new LogVersionException("read a log", place, version, VERSION);
    }
    int length = entry.getInt(at + 4);
    long position = entry.getLong(at + 8);
    if (version != VERSION
        || entry.get(at + 1) < 0
        || entry.get(at + 1) > 1
        || length < 1
        || length > BookKeeperOptions.MAX_ENTRY_PAYLOAD
        || position < 0) {
      throw damaged(place, "it has version 0 or impossible lengths");
    }
    return new Entry(position, length, null);
  }

  private static LogCorruptException damaged(String place, String reason) {
    return new LogCorruptException("Cannot read a log: " + place + " is damaged: " + reason);
  }
}
