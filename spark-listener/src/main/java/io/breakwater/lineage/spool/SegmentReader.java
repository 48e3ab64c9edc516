package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Reads one segment, also a damaged one and one that is still written. Not thread-safe. */
final class SegmentReader implements Closeable {

  private static final int SCAN_BYTES = 64 << 10;

  private final Path file;
  private final long segment;
  private final FileChannel channel;

  SegmentReader(Path file, long segment) throws IOException {
    this.file = file;
    this.segment = segment;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /** What stands at an offset: a record, or bytes that are none. */
  sealed interface Item permits Found, Broken {}

  private sealed interface Attempt permits Found, Problem {}

  @SuppressWarnings("ArrayRecordComponent") // Items are not compared.
  record Found(byte[] payload, long end) implements Item, Attempt {}

  /** {@code end} is where the next record starts, or the limit if there is none. */
  record Broken(String cause, long end, boolean tail) implements Item {}

  private record Problem(String cause) implements Attempt {}

  long segment() {
    return segment;
  }

  Path file() {
    return file;
  }

  long size() throws IOException {
    return channel.size();
  }

  /**
   * What is wrong with the header, or nothing: then the first record is behind it.
   *
   * @throws SpoolVersionException if a later listener has written the segment
   */
  Optional<Broken> headerDamage(long limit) throws IOException {
    ByteBuffer header = header(limit);
    requireKnownVersion(header);
    Optional<String> problem = SegmentFormat.headerProblem(header, segment);
    return problem.isEmpty() ? Optional.empty() : Optional.of(broken(problem.get(), 0, limit));
  }

  /** Throws {@link SpoolVersionException} if a later listener has written the segment. */
  void requireKnownVersion() throws IOException {
    requireKnownVersion(header(channel.size()));
  }

  private void requireKnownVersion(ByteBuffer header) throws SpoolVersionException {
    int version = SegmentFormat.version(header);
    if (version != SegmentFormat.VERSION) {
      throw new SpoolVersionException(file.toString(), version, SegmentFormat.VERSION);
    }
  }

  private ByteBuffer header(long limit) throws IOException {
    return bytes(0, (int) Math.min(SegmentFormat.HEADER_BYTES, limit));
  }

  /** What stands at {@code offset}, which is less than {@code limit}. */
  Item read(long offset, long limit) throws IOException {
    Attempt attempt = tryRecord(offset, limit);
    return attempt instanceof Found found
        ? found
        : broken(((Problem) attempt).cause(), offset + 1, limit);
  }

  private Broken broken(String cause, long from, long limit) throws IOException {
    long next = nextRecord(from, limit);
    return new Broken(cause, next, next == limit);
  }

  private Attempt tryRecord(long offset, long limit) throws IOException {
    long available = limit - offset;
    if (available < SegmentFormat.RECORD_HEADER_BYTES) {
      return new Problem(
          "record header of " + available + " bytes, must be " + SegmentFormat.RECORD_HEADER_BYTES);
    }
    ByteBuffer header = bytes(offset, SegmentFormat.RECORD_HEADER_BYTES);
    int marker = header.getInt();
    int length = header.getInt();
    int crc = header.getInt();
    if (marker != SegmentFormat.MARKER) {
      return new Problem(
          String.format("record marker %08x, must be %08x", marker, SegmentFormat.MARKER));
    }
    if (!SegmentFormat.isPayloadLength(length)) {
      return new Problem(
          "record length " + length + ", must be 1 to " + SegmentFormat.MAX_PAYLOAD_BYTES);
    }
    long end = offset + SegmentFormat.recordBytes(length);
    if (end > limit) {
      return new Problem(
          "record of " + length + " bytes ends " + (end - limit) + " bytes behind the file");
    }
    byte[] payload = bytes(offset + SegmentFormat.RECORD_HEADER_BYTES, length).array();
    if (SegmentFormat.crc(segment, payload) != crc) {
      return new Problem("record checksum mismatch over " + length + " bytes");
    }
    return new Found(payload, end);
  }

  private long nextRecord(long from, long limit) throws IOException {
    long start = from;
    while (limit - start >= SegmentFormat.RECORD_HEADER_BYTES) {
      ByteBuffer window = bytes(start, (int) Math.min(SCAN_BYTES, limit - start));
      for (int i = 0; i + Integer.BYTES <= window.limit(); i++) {
        if (window.getInt(i) == SegmentFormat.MARKER
            && tryRecord(start + i, limit) instanceof Found) {
          return start + i;
        }
      }
      start += window.limit() - (Integer.BYTES - 1);
    }
    return limit;
  }

  private ByteBuffer bytes(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException(
            "Cannot read "
                + length
                + " bytes at "
                + file
                + ":"
                + offset
                + ": the file ends at "
                + channel.size());
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
