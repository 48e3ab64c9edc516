package io.breakwater.wal.fs;

import io.breakwater.wal.log.LogAppender;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;

/**
 * Writes a log. Bytes gather in a buffer and go to the log in pieces; {@link #hflush} and {@link
 * #hsync}, which are the same here, return once the log has acknowledged all that was written
 * before. Closing seals the log.
 *
 * <p>Safe for use by many threads: HBase syncs on other threads than it appends.
 */
final class LogOutputStream extends OutputStream implements Syncable, StreamCapabilities {

  private static final int PIECE = 64 << 10;

  private final Path path;
  private final LogAppender log;
  private byte[] buffer = new byte[1024];
  private int buffered;
  private boolean closed;

  /** The log acknowledges in order and nothing after a failure: the last append speaks for all. */
  private CompletableFuture<Long> lastAppend = CompletableFuture.completedFuture(0L);

  LogOutputStream(Path path, LogAppender log) {
    this.path = path;
    this.log = log;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    requireOpen();
    int end = offset + length;
    for (int from = offset; from < end; ) {
      int n = Math.min(end - from, PIECE - buffered);
      if (buffered + n > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.min(PIECE, Math.max(buffered + n, 2 * buffer.length)));
      }
      System.arraycopy(bytes, from, buffer, buffered, n);
      buffered += n;
      from += n;
      if (buffered == PIECE) {
        appendBuffered();
      }
    }
  }

  /** Hands what is buffered to the log without waiting for it. */
  @Override
  public synchronized void flush() throws IOException {
    requireOpen();
    appendBuffered();
  }

  @Override
  public void hflush() throws IOException {
    CompletableFuture<Long> last;
    synchronized (this) {
      requireOpen();
      appendBuffered();
      last = lastAppend;
    }
    await(last);
  }

  @Override
  public void hsync() throws IOException {
    hflush();
  }

  @Override
  @SuppressWarnings("deprecation") // HBase asks for HFLUSH by this name.
  public boolean hasCapability(String capability) {
    return StreamCapabilities.HFLUSH.equalsIgnoreCase(capability)
        || StreamCapabilities.HSYNC.equalsIgnoreCase(capability);
  }

  /**
   * Waits for everything written and seals the log.
   *
   * @throws IOException if not all was acknowledged; the log is closed nevertheless
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    IOException failure = null;
    try {
      appendBuffered();
      await(lastAppend);
    } catch (IOException e) {
      failure = e;
    }
    try {
      log.close();
    } catch (IOException e) {
      if (failure == null) {
        throw e;
      }
      failure.addSuppressed(e);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void appendBuffered() throws IOException {
    if (lastAppend.isCompletedExceptionally()) {
      // Going on would leave a hole where the failed bytes belong.
      await(lastAppend);
    }
    if (buffered > 0) {
      lastAppend = log.append(ByteBuffer.wrap(Arrays.copyOf(buffer, buffered)));
      buffered = 0;
    }
  }

  private void await(CompletableFuture<Long> append) throws IOException {
    try {
      append.get();
    } catch (InterruptedException e) {
      InterruptedIOException interrupted =
          new InterruptedIOException(
              Errors.message("sync", path, "interrupted while waiting for the acknowledgement"));
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      // Wrapped anew for each waiter: an exception that is shared by threads must not be thrown.
      throw new IOException(Errors.message("sync", path, e.getCause().getMessage()), e.getCause());
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }
}
