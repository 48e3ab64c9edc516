package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.Position;
import io.breakwater.lineage.spool.SpoolVersionException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is known of a driver beside its segments. All integers are big-endian. A later version keeps
 * magic, version and the checksum at the end.
 *
 * <pre>
 * magic      8  "BWLSTATE"
 * version    4  1
 * renewed    8  milliseconds since 1970 by the clock of the driver
 * lease      8  milliseconds after which the driver is taken for gone; 0 if it is
 * segment    8  how far the records have been delivered, see {@link Position}
 * offset     8
 * digest     n  of records that are not here any more, see {@link Backlog#digestBytes}
 * crc        4  CRC32C of everything before
 * </pre>
 *
 * @param renewed when the driver has written this
 * @param lease how long it is then taken for alive
 * @param delivered how far its records have been delivered
 * @param digest of records that are not here any more
 */
@SuppressWarnings("ArrayRecordComponent") // States are not compared.
record ArchiveState(Instant renewed, Duration lease, Position delivered, byte[] digest) {

  private static final int FIXED_BYTES = 48;
  private static final int SMALLEST_BYTES = 16;

  private static final long MAGIC = 0x42574C5354415445L;
  private static final int VERSION = 1;

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + digest.length);
    bytes.putLong(MAGIC).putInt(VERSION).putLong(renewed.toEpochMilli()).putLong(lease.toMillis());
    bytes.putLong(delivered.segment()).putLong(delivered.offset()).put(digest);
    return bytes.putInt(crc(bytes.array())).array();
  }

  /**
   * The state in {@code bytes}; nothing if they are not one, such as a torn write.
   *
   * @param place where they were read, for the message
   * @throws SpoolVersionException if a later listener has written it
   */
  static Optional<ArchiveState> decode(byte[] bytes, String place) throws SpoolVersionException {
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    if (bytes.length < SMALLEST_BYTES
        || fields.getInt(bytes.length - Integer.BYTES) != crc(bytes)
        || fields.getLong() != MAGIC) {
      return Optional.empty();
    }
    int version = fields.getInt();
    if (version != VERSION) {
      throw new SpoolVersionException(place, version, VERSION);
    }
    if (bytes.length < FIXED_BYTES) {
      return Optional.empty();
    }
    Instant renewed = Instant.ofEpochMilli(fields.getLong());
    Duration lease = Duration.ofMillis(fields.getLong());
    Position delivered = new Position(fields.getLong(), fields.getLong());
    byte[] digest = new byte[bytes.length - FIXED_BYTES];
    fields.get(digest);
    return Optional.of(new ArchiveState(renewed, lease, delivered, digest));
  }

  boolean alive(Instant now) {
    return now.isBefore(renewed.plus(lease));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
