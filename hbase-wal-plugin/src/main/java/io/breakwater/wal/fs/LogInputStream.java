package io.breakwater.wal.fs;

import io.breakwater.wal.log.LogReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.hadoop.fs.FSExceptionMessages;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;

/**
 * Reads a log. The end is where the log ends at the time of the read: -1 is not final while the log
 * is open for append. Positions beyond the end can be sought, reading there gives -1.
 *
 * <p>Positioned reads are safe for use by many threads, the others by one at a time.
 */
final class LogInputStream extends FSInputStream {

  private final LogReader log;
  private final FileSystem.Statistics statistics;
  private long position;
  private volatile boolean closed;

  LogInputStream(LogReader log, FileSystem.Statistics statistics) {
    this.log = log;
    this.statistics = statistics;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int n = readAt(position, bytes, offset, length);
    position += Math.max(n, 0);
    return n;
  }

  @Override
  public int read(long at, byte[] bytes, int offset, int length) throws IOException {
    validatePositionedReadArgs(at, bytes, offset, length);
    return readAt(at, bytes, offset, length);
  }

  private int readAt(long at, byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    if (length == 0) {
      return 0;
    }
    int n = 0;
    try {
      // The log may give one record at a time; a full buffer saves calls.
      for (int more = 0; more >= 0 && n < length; n += Math.max(more, 0)) {
        more = log.read(at + n, ByteBuffer.wrap(bytes, offset + n, length - n));
      }
    } catch (IOException e) {
      if (n == 0) {
        throw e instanceof EOFException end ? Errors.notEnd(end) : e;
      }
      // What stands before the damage is good; the next read meets it again and says so.
    }
    if (statistics != null && n > 0) {
      statistics.incrementBytesRead(n);
    }
    return n == 0 ? -1 : n;
  }

  @Override
  public int available() throws IOException {
    requireOpen();
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, log.length() - position));
  }

  @Override
  public void seek(long target) throws IOException {
    requireOpen();
    if (target < 0) {
      // The contract of Seekable.
      throw new EOFException(FSExceptionMessages.NEGATIVE_SEEK + ": " + target);
    }
    position = target;
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public boolean seekToNewSource(long target) {
    return false;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException(FSExceptionMessages.STREAM_IS_CLOSED);
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      log.close();
    }
  }
}
