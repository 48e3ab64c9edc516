package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes one segment. Not thread-safe. After an exception it takes no more records. */
final class SegmentWriter implements Closeable {

  private final Path file;
  private final long segment;
  private final FileChannel channel;
  private long end;

  SegmentWriter(SpoolDirectory directory, long segment) throws IOException {
    this.file = directory.segmentFile(segment);
    this.segment = segment;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    write(SegmentFormat.header(segment));
    directory.force();
  }

  /** Appends {@code payloads} and forces them to the disk. */
  void append(List<byte[]> payloads) throws IOException {
    int bytes = 0;
    for (byte[] payload : payloads) {
      bytes += SegmentFormat.recordBytes(payload.length);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    for (byte[] payload : payloads) {
      SegmentFormat.putRecord(buffer, segment, payload);
    }
    write(buffer.flip());
    channel.force(false);
  }

  /** The position behind the last record that was appended. */
  Position end() {
    return new Position(segment, end);
  }

  /** Removes what a failed append may have left, so that it is not taken for corruption. */
  void cut(Position position) throws IOException {
    channel.truncate(position.offset());
    channel.force(false);
  }

  private void write(ByteBuffer buffer) throws IOException {
    long offset = end;
    while (buffer.hasRemaining()) {
      offset += channel.write(buffer, offset);
    }
    end = offset;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
