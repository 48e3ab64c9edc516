package io.breakwater.wal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Reports what is done to a workspace, whatever its engine. Thread-safe. */
public final class MeteredWorkspace implements Workspace {

  private final Workspace workspace;
  private final LogEvents events;
  private final AtomicLong owned = new AtomicLong();

  public MeteredWorkspace(Workspace workspace, LogEvents events) {
    this.workspace = workspace;
    this.events = events;
  }

  @Override
  public String name() {
    return workspace.name();
  }

  @Override
  public Optional<PathStatus> status(String path) throws IOException {
    return workspace.status(path);
  }

  @Override
  public List<PathStatus> list(String path) throws IOException {
    return workspace.list(path);
  }

  @Override
  public void createDirectories(String path) throws IOException {
    workspace.createDirectories(path);
  }

  @Override
  public LogAppender create(String path) throws IOException {
    LogAppender appender = workspace.create(path);
    events.add(LogMetric.OPEN_LOGS, 1);
    return new MeteredAppender(appender);
  }

  @Override
  public LogReader open(String path) throws IOException {
    return new MeteredReader(workspace.open(path));
  }

  @Override
  public long recover(String path) throws IOException {
    return workspace.recover(path);
  }

  @Override
  public void rename(String source, String target) throws IOException {
    workspace.rename(source, target);
  }

  @Override
  public void delete(String path) throws IOException {
    workspace.delete(path);
  }

  @Override
  public void setModificationTime(String path, long millis) throws IOException {
    workspace.setModificationTime(path, millis);
  }

  @Override
  public List<Orphan> orphans(Duration minAge) throws IOException {
    return workspace.orphans(minAge);
  }

  @Override
  public void deleteOrphan(Orphan orphan) throws IOException {
    workspace.deleteOrphan(orphan);
  }

  @Override
  public long own(String name, boolean takeover) throws IOException {
    long epoch = workspace.own(name, takeover);
    events.add(LogMetric.OWNER_EPOCH, epoch - owned.getAndSet(epoch));
    return epoch;
  }

  @Override
  public Optional<Owner> owner() throws IOException {
    return workspace.owner();
  }

  @Override
  public void close() throws IOException {
    workspace.close();
  }

  private static long microsSince(long begun) {
    return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
  }

  private final class MeteredAppender implements LogAppender {

    private final LogAppender appender;
    private final AtomicBoolean fenced = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    MeteredAppender(LogAppender appender) {
      this.appender = appender;
    }

    @Override
    public CompletableFuture<Long> append(ByteBuffer data) {
      int bytes = data.remaining();
      long begun = System.nanoTime();
      CompletableFuture<Long> done = appender.append(data);
      events.add(LogMetric.PENDING_BYTES, bytes);
      events.add(LogMetric.PENDING_APPENDS, 1);
      events.add(LogMetric.HAND_OVER_TIME, microsSince(begun));
      // The caller's dependents come behind this, so that their time is not the log's.
      return done.whenComplete((end, failure) -> completed(bytes, begun, failure));
    }

    private void completed(int bytes, long begun, Throwable failure) {
      events.add(LogMetric.PENDING_BYTES, -bytes);
      events.add(LogMetric.PENDING_APPENDS, -1);
      if (failure == null) {
        events.add(LogMetric.APPENDED_BYTES, bytes);
        events.add(LogMetric.APPENDS, 1);
        events.add(LogMetric.SYNC_TIME, microsSince(begun));
      } else if (failure instanceof LogFencedException) {
        events.add(LogMetric.FENCED_APPENDS, 1);
        if (fenced.compareAndSet(false, true)) {
          events.add(LogMetric.FENCED_LOGS, 1);
        }
      } else {
        events.add(LogMetric.FAILED_APPENDS, 1);
      }
    }

    @Override
    public long acknowledgedLength() {
      return appender.acknowledgedLength();
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        events.add(LogMetric.OPEN_LOGS, -1);
      }
      appender.close();
    }
  }

  private final class MeteredReader implements LogReader {

    private final LogReader reader;

    MeteredReader(LogReader reader) {
      this.reader = reader;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      int bytes = reader.read(position, target);
      if (bytes > 0) {
        events.add(LogMetric.READ_BYTES, bytes);
      }
      return bytes;
    }

    @Override
    public long length() throws IOException {
      return reader.length();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
