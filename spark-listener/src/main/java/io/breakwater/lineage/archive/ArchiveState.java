package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.Position;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is known of a driver beside its segments. All integers are big-endian.
 *
 * <pre>
 * magic      8  "BWLSTATE"
 * version    4  1
 * renewed    8  milliseconds since 1970 by the clock of the driver
 * lease      8  milliseconds after which the driver is taken for gone; 0 if it is
 * segment    8  how far the records have been delivered, see {@link Position}
 * offset     8
 * crc        4  CRC32C of the 44 bytes before
 * </pre>
 *
 * @param renewed when the driver has written this
 * @param lease how long it is then taken for alive
 * @param delivered how far its records have been delivered
 */
record ArchiveState(Instant renewed, Duration lease, Position delivered) {

  static final int BYTES = 48;

  private static final long MAGIC = 0x42574C5354415445L;
  private static final int VERSION = 1;

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(MAGIC).putInt(VERSION).putLong(renewed.toEpochMilli()).putLong(lease.toMillis());
    bytes.putLong(delivered.segment()).putLong(delivered.offset());
    return bytes.putInt(crc(bytes.array())).array();
  }

  /** The state in {@code bytes}; nothing if they are not one, such as a torn write. */
  static Optional<ArchiveState> decode(byte[] bytes) {
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    if (fields.getLong() != MAGIC || fields.getInt() != VERSION) {
      return Optional.empty();
    }
    ArchiveState state =
        new ArchiveState(
            Instant.ofEpochMilli(fields.getLong()),
            Duration.ofMillis(fields.getLong()),
            new Position(fields.getLong(), fields.getLong()));
    return fields.getInt() == crc(bytes) ? Optional.of(state) : Optional.empty();
  }

  boolean alive(Instant now) {
    return now.isBefore(renewed.plus(lease));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }
}
