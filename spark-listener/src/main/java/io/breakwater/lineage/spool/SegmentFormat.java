package io.breakwater.lineage.spool;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment file. All integers are big-endian.
 *
 * <pre>
 * file    header record*
 * header  magic    8  "BWLSPOOL"
 *         version  4  1
 *         segment  8  the number of the segment, as in the name of the file
 *         crc      4  CRC32C of the 20 bytes before
 * record  marker   4  FF 'B' 'W' 'L'; the byte FF does not occur in UTF-8
 *         length   4  of the payload, 1 to 64 MiB
 *         crc      4  CRC32C of segment (8), length (4) and payload
 *         payload
 * </pre>
 *
 * The marker lets a reader find the next record when a length is damaged. The number of the segment
 * in the checksum makes a block of another file invalid. A later version may change all but the
 * header, so that this one knows it for what it is.
 */
final class SegmentFormat {

  static final int HEADER_BYTES = 24;
  static final int RECORD_HEADER_BYTES = 12;
  static final int MAX_PAYLOAD_BYTES = 64 << 20;
  static final int MARKER = 0xFF42574C;

  private static final long MAGIC = 0x42574C53504F4F4CL;

  /** The one that is written, and the latest that is read. */
  static final int VERSION = 1;

  private SegmentFormat() {}

  static ByteBuffer header(long segment) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION).putLong(segment);
    header.putInt(crc(header.array(), HEADER_BYTES - Integer.BYTES));
    return header.flip();
  }

  /**
   * The version that a header says; {@link #VERSION} if something is wrong with it, which {@link
   * #headerProblem} tells.
   */
  static int version(ByteBuffer header) {
    if (header.remaining() < HEADER_BYTES) {
      return VERSION;
    }
    byte[] bytes = new byte[HEADER_BYTES];
    header.duplicate().get(bytes);
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    boolean whole =
        fields.getLong(0) == MAGIC
            && fields.getInt(HEADER_BYTES - Integer.BYTES)
                == crc(bytes, HEADER_BYTES - Integer.BYTES);
    return whole ? fields.getInt(Long.BYTES) : VERSION;
  }

  /** What is wrong with the header of {@code segment}, or nothing. */
  static Optional<String> headerProblem(ByteBuffer header, long segment) {
    if (header.remaining() < HEADER_BYTES) {
      return Optional.of("header of " + header.remaining() + " bytes, must be " + HEADER_BYTES);
    }
    byte[] bytes = new byte[HEADER_BYTES];
    header.get(bytes);
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    long magic = fields.getLong();
    int version = fields.getInt();
    long number = fields.getLong();
    if (fields.getInt() != crc(bytes, HEADER_BYTES - Integer.BYTES)) {
      return Optional.of("header checksum mismatch");
    }
    if (magic != MAGIC) {
      return Optional.of(String.format("magic %016x, must be %016x", magic, MAGIC));
    }
    if (version != VERSION) {
      return Optional.of("format version " + version + ", must be " + VERSION);
    }
    if (number != segment) {
      return Optional.of("header of segment " + number + ", must be of " + segment);
    }
    return Optional.empty();
  }

  static int recordBytes(int payloadBytes) {
    return RECORD_HEADER_BYTES + payloadBytes;
  }

  static void putRecord(ByteBuffer target, long segment, byte[] payload) {
    target.putInt(MARKER).putInt(payload.length).putInt(crc(segment, payload)).put(payload);
  }

  /** Whether {@code length} can be the length of a payload. */
  static boolean isPayloadLength(int length) {
    return length > 0 && length <= MAX_PAYLOAD_BYTES;
  }

  static int crc(long segment, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
            .putLong(segment)
            .putInt(payload.length)
            .flip());
    crc.update(payload, 0, payload.length);
    return (int) crc.getValue();
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
