package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Reads the records of one log's file. Not safe for use by several threads at once.
 *
 * <p>Uses {@link RandomAccessFile} because an interrupt of the reading thread would close a channel
 * for good, and HBase interrupts its threads.
 */
final class RecordFile implements Closeable {

  private final Path name;
  private final RandomAccessFile file;
  private final RecordFormat format;

  /** A good record: its header, where its payload stands in the file, and the payload. */
  record Found(RecordFormat.Header header, long offset, ByteBuffer payload) {
    long nextOffset() {
      return offset + RecordFormat.RECORD_HEADER + header.length();
    }
  }

  /**
   * Opens the file and checks its header.
   *
   * @throws LogVersionException if a later plugin has written it
   */
  RecordFile(Path name, UUID id) throws IOException {
    this.name = name;
    this.format = new RecordFormat(id);
    this.file = new RandomAccessFile(name.toFile(), "r");
    try {
      ByteBuffer header = read(0, RecordFormat.FILE_HEADER);
      String problem = format.fileHeaderProblem(header);
      if (problem != null) {
        throw corrupt(0, problem);
      }
      if (RecordFormat.version(header) != RecordFormat.VERSION) {
        throw new LogVersionException(
            "read a log", name.toString(), RecordFormat.version(header), RecordFormat.VERSION);
      }
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  long size() throws IOException {
    return file.length();
  }

  void force() throws IOException {
    // Forcing through a descriptor opened for reading forces the file on Linux.
    file.getFD().sync();
  }

  /** The header at {@code offset}, or null if there is none that is good. */
  RecordFormat.Header headerAt(long offset) throws IOException {
    return format.recordHeader(read(offset, RecordFormat.RECORD_HEADER), 0);
  }

  /** The record at {@code offset}, or null if there is none that is good as a whole. */
  Found recordAt(long offset) throws IOException {
    RecordFormat.Header header = headerAt(offset);
    if (header == null) {
      return null;
    }
    ByteBuffer payload = read(offset + RecordFormat.RECORD_HEADER, header.length());
    if (payload.remaining() < header.length()
        || RecordFormat.checksum(payload.duplicate()) != header.payloadChecksum()) {
      return null;
    }
    return new Found(header, offset, payload);
  }

  /** The first good record that starts at or after {@code offset}, or null. */
  Found nextRecord(long offset) throws IOException {
    int step = 1 << 16;
    for (long from = offset; from < size(); from += step) {
      ByteBuffer window = read(from, step + Integer.BYTES - 1);
      for (int i = 0; i + Integer.BYTES <= window.limit(); i++) {
        if (window.getInt(i) == RecordFormat.RECORD_MAGIC) {
          Found found = recordAt(from + i);
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }

  boolean zeroFrom(long offset) throws IOException {
    int step = 1 << 16;
    for (long from = offset; from < size(); from += step) {
      for (ByteBuffer window = read(from, step); window.hasRemaining(); ) {
        if (window.get() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  LogCorruptException corrupt(long offset, String cause) {
    return new LogCorruptException(
        "Cannot read a log: " + name + " is damaged at offset " + offset + ": " + cause);
  }

  /** As many of {@code length} bytes at {@code offset} as the file has. */
  private ByteBuffer read(long offset, int length) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(length, size() - offset))];
    file.seek(offset);
    int filled = 0;
    while (filled < bytes.length) {
      int n = file.read(bytes, filled, bytes.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
    }
    return ByteBuffer.wrap(bytes, 0, filled);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
