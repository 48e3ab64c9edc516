package io.breakwater.wal.log.embedded;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of one log's file in the embedded engine, version 1. Integers are big-endian, checksums
 * are CRC-32C (Castagnoli, RFC 3720). A later version may change all but the file header, so that
 * this one knows it for what it is.
 *
 * <pre>
 * file header, 32 bytes
 *    0  8  magic "BWALLOG" and the version, 1
 *    8 16  log id (UUID)
 *   24  4  zero
 *   28  4  checksum of bytes 0..27
 * record, 32 bytes and its payload, again and again
 *    0  4  magic "BWRE"
 *    4  4  length of the payload, 1..1,048,576
 *    8  8  position: where in the log the payload begins
 *   16  8  durable: the length of the log that was durable when this record was written
 *   24  4  checksum of the payload
 *   28  4  checksum of the log id and bytes 0..27
 *   32  n  payload
 * </pre>
 *
 * The log is the concatenation of the payloads. {@code durable} tells a torn write from damage: a
 * bad record that lies at or after the {@code durable} of every good record behind it was never
 * acknowledged. The log id in the checksum keeps a record that is itself stored as data in some log
 * from being taken for one of this log.
 */
final class RecordFormat {

  static final int FILE_HEADER = 32;
  static final int RECORD_HEADER = 32;
  static final int MAX_PAYLOAD = 1 << 20;
  static final int RECORD_MAGIC = 0x42575245;

  /** The one that is written, and the latest that is read. */
  static final int VERSION = 1;

  private static final long FILE_MAGIC = 0x4257414C4C4F4700L;
  private static final int CHECKED = 28;

  private final UUID id;
  private final byte[] idBytes;

  /** A record's header whose own checksum was right. */
  record Header(int length, long position, long durable, int payloadChecksum) {
    long end() {
      return position + length;
    }
  }

  RecordFormat(UUID id) {
    this.id = id;
    this.idBytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
  }

  ByteBuffer fileHeader() {
    ByteBuffer header = ByteBuffer.allocate(FILE_HEADER);
    header.putLong(FILE_MAGIC | VERSION).put(idBytes).putInt(0);
    header.putInt(checksum(header.duplicate().flip()));
    return header.flip();
  }

  /**
   * Null if {@code header} is the file header of this log in any version, else what is wrong with
   * it.
   */
  String fileHeaderProblem(ByteBuffer header) {
    if (header.remaining() < FILE_HEADER) {
      return "the file header has " + header.remaining() + " of " + FILE_HEADER + " bytes";
    }
    if (header.getInt(CHECKED) != checksum(header.slice(0, CHECKED))) {
      return "the file header does not match its checksum";
    }
    if (header.getLong(0) >>> 8 != FILE_MAGIC >>> 8) {
      return "unknown magic " + Long.toHexString(header.getLong(0));
    }
    UUID found = new UUID(header.getLong(8), header.getLong(16));
    return found.equals(id) ? null : "the file header names log " + found;
  }

  /** The version that a good file header says. */
  static int version(ByteBuffer header) {
    return header.get(7) & 0xFF;
  }

  /** Puts the header of a record that holds the remaining bytes of {@code payload}. */
  void putRecordHeader(ByteBuffer target, ByteBuffer payload, long position, long durable) {
    int at = target.position();
    target.putInt(RECORD_MAGIC).putInt(payload.remaining()).putLong(position).putLong(durable);
    target.putInt(checksum(payload.duplicate()));
    target.putInt(headerChecksum(target, at));
  }

  /** The header at {@code at}, or null if the bytes there are not one of this log. */
  Header recordHeader(ByteBuffer source, int at) {
    if (source.limit() - at < RECORD_HEADER
        || source.getInt(at) != RECORD_MAGIC
        || source.getInt(at + CHECKED) != headerChecksum(source, at)) {
      return null;
    }
    int length = source.getInt(at + 4);
    if (length < 1 || length > MAX_PAYLOAD) {
      return null;
    }
    return new Header(
        length, source.getLong(at + 8), source.getLong(at + 16), source.getInt(at + 24));
  }

  /**
   * Whether a file of {@code size} bytes ends inside the record at {@code offset}, whose header is
   * {@code header}, or null if there is no good one.
   */
  static boolean endsInside(Header header, long offset, long size) {
    return offset + RECORD_HEADER + (header == null ? 0 : header.length()) > size;
  }

  /** Checksum of the remaining bytes, which it consumes. */
  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private int headerChecksum(ByteBuffer buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(idBytes);
    crc.update(buffer.duplicate().limit(at + CHECKED).position(at));
    return (int) crc.getValue();
  }
}
