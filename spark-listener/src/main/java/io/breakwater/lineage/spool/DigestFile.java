package io.breakwater.lineage.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The digest of the segments that are deleted. All integers are big-endian. A later version keeps
 * magic, version and the checksum at the end.
 *
 * <pre>
 * magic    8  "BWLDIGST"
 * version  4  1
 * through  8  the last segment that is in the digest
 * length   4  of the digest
 * digest
 * crc      4  CRC32C of everything before
 * </pre>
 *
 * @param through the last segment that is in {@code digest}; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // Files are not compared.
record DigestFile(long through, byte[] digest) {

  static final DigestFile EMPTY = new DigestFile(0, new byte[0]);

  private static final long MAGIC = 0x42574C4449475354L;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 24;
  private static final int SMALLEST_BYTES = 16;

  /**
   * What is in {@code file}; {@link #EMPTY} if there is none, or a damaged one.
   *
   * @throws SpoolVersionException if a later listener has written it
   */
  static DigestFile read(Path file) throws IOException {
    try {
      return decode(Files.readAllBytes(file), file.toString());
    } catch (NoSuchFileException e) {
      return EMPTY;
    }
  }

  private static DigestFile decode(byte[] bytes, String place) throws SpoolVersionException {
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    if (bytes.length < SMALLEST_BYTES
        || fields.getInt(bytes.length - Integer.BYTES) != crc(bytes)
        || fields.getLong() != MAGIC) {
      return EMPTY;
    }
    int version = fields.getInt();
    if (version != VERSION) {
      throw new SpoolVersionException(place, version, VERSION);
    }
    if (bytes.length < HEADER_BYTES + Integer.BYTES) {
      return EMPTY;
    }
    long through = fields.getLong();
    byte[] digest = new byte[fields.getInt()];
    fields.get(digest);
    return new DigestFile(through, digest);
  }

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + digest.length + Integer.BYTES);
    bytes.putLong(MAGIC).putInt(VERSION).putLong(through).putInt(digest.length).put(digest);
    return bytes.putInt(crc(bytes.array())).array();
  }

  /** Replaces {@code file}, so that a crash leaves the one or the other. */
  void write(Path file) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(encode());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
