package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.SealedSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The copy of one segment: a file whose name says what must be in it, {@code
 * 00000000000000000001-8388608-1f0c9a2b.segment}. A file of another length or checksum is torn.
 *
 * @param number the number of the segment
 * @param bytes its length
 * @param crc CRC32C of all its bytes
 */
record ArchivedSegment(long number, long bytes, int crc) {

  private static final Pattern NAME =
      Pattern.compile("(\\d{20})-(\\d{1,18})-([0-9a-f]{8})\\.segment");
  private static final int BUFFER_BYTES = 64 << 10;

  static ArchivedSegment of(SealedSegment segment) throws IOException {
    CRC32C crc = new CRC32C();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(segment.file())) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
        bytes += read;
      }
    }
    return new ArchivedSegment(segment.number(), bytes, (int) crc.getValue());
  }

  /** What {@code name} says; nothing if it is the name of something else. */
  static Optional<ArchivedSegment> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new ArchivedSegment(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Integer.parseUnsignedInt(matcher.group(3), 16)))
        : Optional.empty();
  }

  String fileName() {
    return String.format("%020d-%d-%08x.segment", number, bytes, crc);
  }
}
