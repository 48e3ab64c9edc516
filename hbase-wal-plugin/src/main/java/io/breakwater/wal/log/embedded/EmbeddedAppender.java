package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.LogMetric;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Writes a log. Appends gather in a queue; whatever is in it when the disk is free is written and
 * forced as one group, so the groups grow with the load and an idle log holds no thread.
 */
final class EmbeddedAppender implements LogAppender {

  /** Bytes of the appends that are forced together at most. */
  private static final int MAX_GROUP_BYTES = 16 << 20;

  private static final int INITIAL_RECORD = 16 << 10;

  private final UUID id;
  private final LogFiles files;
  private final FileChannel channel;
  private final RecordFormat format;
  private final EmbeddedOptions options;
  private final LogEvents events;
  private final Executor executor;
  private final Runnable onClose;

  private final Object lock = new Object();
  private final ArrayDeque<Append> queue = new ArrayDeque<>();
  private long pendingBytes;
  private boolean committing;
  private boolean closed;
  private IOException failure;

  /** The record that is being put together; only the committing thread uses it. */
  private ByteBuffer record = ByteBuffer.allocateDirect(INITIAL_RECORD);

  /** Only the committing thread writes it. */
  private volatile long acknowledged;

  private record Append(ByteBuffer data, int length, CompletableFuture<Long> done) {}

  EmbeddedAppender(
      UUID id,
      LogFiles files,
      FileChannel channel,
      EmbeddedOptions options,
      LogEvents events,
      Executor executor,
      Runnable onClose) {
    this.id = id;
    this.files = files;
    this.channel = channel;
    this.format = new RecordFormat(id);
    this.options = options;
    this.events = events;
    this.executor = executor;
    this.onClose = onClose;
  }

  @Override
  public CompletableFuture<Long> append(ByteBuffer data) {
    int length = data.remaining();
    synchronized (lock) {
      try {
        while (failure == null && !closed && !fits(length)) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        // What comes behind these bytes would be acknowledged behind a hole.
        failure =
            new InterruptedIOException(
                "Cannot append to log "
                    + id
                    + ": interrupted with "
                    + pendingBytes
                    + " bytes pending");
        lock.notifyAll();
      }
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      if (closed) {
        return CompletableFuture.failedFuture(
            new IOException("Cannot append to log " + id + ": it is closed"));
      }
      Append append = new Append(data, length, new CompletableFuture<>());
      queue.add(append);
      pendingBytes += length;
      if (!committing) {
        committing = true;
        executor.execute(this::commitGroups);
      }
      return append.done();
    }
  }

  /** An append above the bound still goes in alone. */
  private boolean fits(int length) {
    return pendingBytes == 0 || pendingBytes + length <= options.maxPendingBytes();
  }

  @Override
  public long acknowledgedLength() {
    return acknowledged;
  }

  private void commitGroups() {
    for (List<Append> group = nextGroup(); group != null; group = nextGroup()) {
      long start = acknowledged;
      events.add(LogMetric.GROUP_APPENDS, group.size());
      try {
        write(group, start);
        if (options.fsync()) {
          channel.force(false);
        }
        requireToken();
      } catch (IOException | RuntimeException | Error e) {
        fail(group, e);
        return;
      }
      long end = start;
      for (Append append : group) {
        end += append.length();
      }
      acknowledged = end;
      release(end - start);
      end = start;
      for (Append append : group) {
        end += append.length();
        append.done().complete(end);
      }
    }
  }

  /** What is queued, up to the bound of a group; null, and no longer committing, if nothing is. */
  private List<Append> nextGroup() {
    synchronized (lock) {
      if (queue.isEmpty()) {
        committing = false;
        lock.notifyAll();
        return null;
      }
      List<Append> group = new ArrayList<>();
      long bytes = 0;
      do {
        bytes += queue.peek().length();
        group.add(queue.poll());
      } while (!queue.isEmpty() && bytes + queue.peek().length() <= MAX_GROUP_BYTES);
      return group;
    }
  }

  /** Writes the group as few records: their payloads need not end where appends end. */
  private void write(List<Append> group, long start) throws IOException {
    long left = 0;
    for (Append append : group) {
      left += append.length();
    }
    long position = start;
    for (Append append : group) {
      ByteBuffer rest = append.data().duplicate();
      while (rest.hasRemaining()) {
        if (record.position() == 0) {
          startRecord((int) Math.min(left, RecordFormat.MAX_PAYLOAD));
        }
        int length = Math.min(rest.remaining(), record.remaining());
        record.put(rest.slice(rest.position(), length));
        rest.position(rest.position() + length);
        if (!record.hasRemaining()) {
          int payload = record.position() - RecordFormat.RECORD_HEADER;
          writeRecord(position, start);
          position += payload;
          left -= payload;
        }
      }
    }
  }

  private void startRecord(int payload) {
    int size = RecordFormat.RECORD_HEADER + payload;
    if (size > record.capacity()) {
      int largest = RecordFormat.RECORD_HEADER + RecordFormat.MAX_PAYLOAD;
      record = ByteBuffer.allocateDirect(Math.min(largest, 2 * size));
    }
    record.limit(size).position(RecordFormat.RECORD_HEADER);
  }

  private void writeRecord(long position, long durable) throws IOException {
    ByteBuffer payload =
        record.slice(RecordFormat.RECORD_HEADER, record.position() - RecordFormat.RECORD_HEADER);
    record.clear();
    format.putRecordHeader(record, payload, position, durable);
    record.position(0).limit(RecordFormat.RECORD_HEADER + payload.limit());
    while (record.hasRemaining()) {
      channel.write(record);
    }
    record.clear();
  }

  private void requireToken() throws LogFencedException {
    if (!files.writable(id)) {
      throw new LogFencedException(
          "Cannot append to log "
              + id
              + ": it was fenced by its recovery or deleted; this server must not go on with it");
    }
  }

  private void release(long bytes) {
    synchronized (lock) {
      pendingBytes -= bytes;
      lock.notifyAll();
    }
  }

  /** Fails the group and all behind it: after a hole nothing may be acknowledged. */
  private void fail(List<Append> group, Throwable cause) {
    List<Append> failed = new ArrayList<>(group);
    IOException reported =
        cause instanceof LogFencedException fenced
            ? fenced
            : new IOException("Cannot append to " + files.data(id) + ": " + cause, cause);
    synchronized (lock) {
      failure = reported;
      failed.addAll(queue);
      queue.clear();
      pendingBytes = 0;
      committing = false;
      lock.notifyAll();
    }
    failed.forEach(append -> append.done().completeExceptionally(reported));
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        while (committing) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(
            "Cannot close log " + id + ": interrupted; its recovery will seal it");
      } finally {
        lock.notifyAll();
      }
    }
    try (channel) {
      if (failure == null && files.writable(id)) {
        channel.force(true);
        files.seal(id, acknowledged);
      } else {
        EmbeddedWorkspace.recover(files, id, events);
      }
    } finally {
      onClose.run();
    }
  }
}
