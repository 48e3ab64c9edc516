package io.breakwater.wal.hbase;

import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogMetric;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.io.ByteArrayOutputStream;
import org.apache.hadoop.hbase.io.ByteBufferWriter;
import org.apache.hadoop.hbase.io.asyncfs.monitor.StreamSlowMonitor;
import org.apache.hadoop.hbase.regionserver.wal.AbstractProtobufLogWriter;
import org.apache.hadoop.hbase.shaded.protobuf.generated.WALProtos.WALHeader;
import org.apache.hadoop.hbase.shaded.protobuf.generated.WALProtos.WALTrailer;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractWALRoller;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes HBase's own WAL format (magic, header, entries, trailer) straight to a log, so that every
 * reader of HBase reads it back through the file system view. Entries gather in a buffer; {@link
 * #sync} hands the buffer to the log and returns at once.
 *
 * <p>Like every {@link WALProvider.AsyncWriter} it is used by one thread at a time, but for {@link
 * #getSyncedLength} and {@link #getLength}.
 */
final class LogWriter extends AbstractProtobufLogWriter implements WALProvider.AsyncWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

  private static final int INITIAL_BUFFER = 64 << 10;
  private static final int LARGEST_BUFFER_KEPT = 4 << 20;
  private static final int BUFFERS_KEPT = 8;

  private final Workspace workspace;
  private final String logPath;
  private final LogEvents events;
  private final ArrayBlockingQueue<ByteArrayOutputStream> spareBuffers =
      new ArrayBlockingQueue<>(BUFFERS_KEPT);
  private final OutputStream encoded = new EncodedStream();
  private final long timeoutMillis;
  private LogAppender log;

  /** Entries in the buffer. */
  private int records;

  private IOException encodingFailure;
  private ByteArrayOutputStream buffer = new ByteArrayOutputStream(INITIAL_BUFFER);

  private LogWriter(Workspace workspace, String logPath, Configuration conf, LogEvents events) {
    this.workspace = workspace;
    this.logPath = logPath;
    this.events = events;
    this.timeoutMillis =
        conf.getLong(
            AbstractWALRoller.WAL_ROLL_WAIT_TIMEOUT,
            AbstractWALRoller.DEFAULT_WAL_ROLL_WAIT_TIMEOUT);
  }

  /**
   * Creates the log for the WAL {@code name} and writes HBase's header to it, durably.
   *
   * @throws java.io.FileNotFoundException if the directory is gone, because the master renamed it
   *     to take over from this server
   */
  static LogWriter create(
      Workspace workspace,
      FileSystem fs,
      Path name,
      Configuration conf,
      long blockSize,
      StreamSlowMonitor monitor,
      LogEvents events)
      throws IOException {
    LogWriter writer = new LogWriter(workspace, BwalFileSystem.pathInWorkspace(name), conf, events);
    try {
      writer.init(fs, name, conf, false, blockSize, monitor);
      return writer;
    } catch (CommonFSUtils.StreamLacksCapabilityException e) {
      throw new IOException("Cannot create WAL " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  protected void initOutput(
      FileSystem fs,
      Path path,
      boolean overwritable,
      int bufferSize,
      short replication,
      long blockSize,
      StreamSlowMonitor monitor,
      boolean noLocalWrite)
      throws IOException {
    try {
      log = workspace.create(logPath);
    } catch (WorkspaceOwnedException e) {
      events.add(LogMetric.REFUSED_LOGS, 1);
      throw e;
    } catch (NoSuchFileException e) {
      events.add(LogMetric.REFUSED_LOGS, 1);
      throw (IOException)
          new FileNotFoundException(
                  "Cannot create WAL "
                      + path
                      + ": its directory is gone; the master has taken over from this server")
              .initCause(e);
    }
  }

  @Override
  protected void closeOutputIfNecessary() {
    if (log != null) {
      try {
        log.close();
      } catch (IOException e) {
        LOG.warn("Cannot close log {} of WAL {} whose creation failed", log, logPath, e);
      }
    }
  }

  @Override
  public void append(WAL.Entry entry) {
    int before = buffer.size();
    try {
      entry
          .getKey()
          .getBuilder(compressor)
          .setFollowingKvCount(entry.getEdit().size())
          .build()
          .writeDelimitedTo(encoded);
      for (Cell cell : entry.getEdit().getCells()) {
        cellEncoder.write(cell);
      }
    } catch (IOException e) {
      // A half-encoded entry would make every later one unreadable: nothing more gets out of here.
      encodingFailure = new IOException("Cannot encode an entry for WAL " + logPath, e);
      throw new UncheckedIOException(encodingFailure);
    }
    length.addAndGet(buffer.size() - before);
    records++;
  }

  @Override
  public CompletableFuture<Long> sync(boolean forceSync) {
    if (encodingFailure != null) {
      return CompletableFuture.failedFuture(encodingFailure);
    }
    int handedOver = records;
    records = 0;
    ByteArrayOutputStream full = buffer;
    ByteArrayOutputStream spare = spareBuffers.poll();
    buffer = spare == null ? new ByteArrayOutputStream(INITIAL_BUFFER) : spare;
    CompletableFuture<Long> acknowledged =
        log.append(ByteBuffer.wrap(full.getBuffer(), 0, full.size()));
    return acknowledged.whenComplete(
        (end, failure) -> {
          if (failure == null) {
            events.add(LogMetric.APPENDED_RECORDS, handedOver);
          }
          if (full.getBuffer().length <= LARGEST_BUFFER_KEPT) {
            full.reset();
            spareBuffers.offer(full);
          }
        });
  }

  @Override
  public long getSyncedLength() {
    return log.acknowledgedLength();
  }

  @Override
  protected long writeMagicAndWALHeader(byte[] magic, WALHeader header) throws IOException {
    encoded.write(magic);
    named(header).writeDelimitedTo(encoded);
    return syncAndWait();
  }

  /**
   * HBase 2.5 puts our name into the header, and its readers refuse names that they do not know.
   */
  private static WALHeader named(WALHeader header) {
    return header.getWriterClsName().equals(LogWriter.class.getSimpleName())
        ? header.toBuilder().setWriterClsName("ProtobufLogWriter").build()
        : header;
  }

  @Override
  protected long writeWALTrailerAndMagic(WALTrailer trailer, byte[] magic) throws IOException {
    trailer.writeTo(encoded);
    buffer.writeInt(trailer.getSerializedSize());
    encoded.write(magic);
    return syncAndWait();
  }

  private long syncAndWait() throws IOException {
    try {
      return sync(true).get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("Cannot write WAL " + logPath + ": interrupted").initCause(e);
    } catch (TimeoutException e) {
      throw new IOException(
          "Cannot write WAL "
              + logPath
              + ": not acknowledged in "
              + timeoutMillis
              + " ms ("
              + AbstractWALRoller.WAL_ROLL_WAIT_TIMEOUT
              + ")",
          e);
    } catch (ExecutionException e) {
      throw new IOException("Cannot write WAL " + logPath, e.getCause());
    }
  }

  @Override
  protected OutputStream getOutputStreamForCellEncoder() {
    return encoded;
  }

  @Override
  public void close() throws IOException {
    writeWALTrailer();
    log.close();
  }

  /**
   * Writes to whichever buffer is current, since the cell encoder keeps the stream it was given.
   */
  private final class EncodedStream extends OutputStream implements ByteBufferWriter {
    @Override
    public void write(int b) {
      buffer.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      buffer.write(bytes, offset, count);
    }

    @Override
    public void write(ByteBuffer bytes, int offset, int count) {
      buffer.write(bytes, offset, count);
    }

    @Override
    public void writeInt(int value) {
      buffer.writeInt(value);
    }
  }
}
