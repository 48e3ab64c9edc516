package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogFencedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log to its last ledger, many entries at once. While fewer than a window of them are
 * under way an append is sent at once; what comes beyond gathers and goes as one entry when there
 * is room, so the groups grow with the load. No thread waits for anything.
 *
 * <p>Appends are acknowledged in order. When a write fails nothing more is acknowledged until
 * {@link LedgerChange} has recovered the ledger and put another in its place; then what the old one
 * does not hold is written again. Who appends sees a delay.
 */
final class LedgerAppender implements LogAppender {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerAppender.class);

  /** How long a log stays on fewer bookies than asked for before it looks for the others. */
  private static final Duration RETRY_FULL_ENSEMBLE = Duration.ofMinutes(1);

  private final UUID id;
  private final BookKeeperOptions options;
  private final LedgerChange change;
  private final LogCipher cipher;
  private final ScheduledExecutorService executor;
  private final Runnable onClose;
  private final ScheduledFuture<?> watchdog;

  private final Object lock = new Object();

  /** Entries that are sent and not acknowledged, in order; those of {@link #waiting} follow. */
  private final ArrayDeque<Sent> underWay = new ArrayDeque<>();

  private final ArrayDeque<Append> waiting = new ArrayDeque<>();
  private LedgerChange.Current current;
  private long pendingBytes;

  /** Where the next append goes. */
  private long appended;

  /** Where the next entry goes. */
  private long sent;

  private State state = State.WRITING;
  private boolean closed;

  /** Why no more appends are taken, while those taken go on. */
  private IOException refusal;

  private IOException failure;
  private volatile long acknowledged;
  private volatile Tail tail;

  private enum State {
    WRITING,
    /** The ledger is to be changed for a younger one once all entries under way are there. */
    DRAINING,
    /** The ledger is being changed by another thread. */
    CHANGING
  }

  /** The last acknowledged entry, for readers in this process. */
  record Tail(long ledger, long entry) {}

  private record Append(ByteBuffer data, long end, long since, CompletableFuture<Long> done) {}

  /** One entry: the pieces of appends in it, and the appends that end with it. */
  private static final class Sent {
    private final long start;
    private final ByteBuffer payload;
    private final List<Append> ending;
    private boolean written;
    private long entry;

    Sent(long start, ByteBuffer payload, List<Append> ending) {
      this.start = start;
      this.payload = payload;
      this.ending = ending;
    }

    long end() {
      return start + payload.remaining();
    }
  }

  LedgerAppender(
      UUID id,
      BookKeeperOptions options,
      LedgerChange change,
      LedgerChange.Current first,
      LogCipher cipher,
      ScheduledExecutorService executor,
      Runnable onClose) {
    this.id = id;
    this.options = options;
    this.change = change;
    this.current = first;
    this.cipher = cipher;
    this.executor = executor;
    this.onClose = onClose;
    this.tail = new Tail(first.handle().getId(), -1);
    long period = Math.max(100, options.requestTimeout().toMillis() / 4);
    this.watchdog =
        executor.scheduleWithFixedDelay(this::watch, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<Long> append(ByteBuffer data) {
    int length = data.remaining();
    if (length > options.maxRecordBytes()) {
      return CompletableFuture.failedFuture(
          new IOException(
              "Cannot append "
                  + length
                  + " bytes to log "
                  + id
                  + ": must be at most "
                  + options.maxRecordBytes()
                  + " (breakwater.wal.max-record-bytes)"));
    }
    synchronized (lock) {
      try {
        while (refusal == null && !closed && !fits(length)) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        // What comes behind these bytes would be acknowledged behind a hole.
        refusal =
            new InterruptedIOException(
                "Cannot append to log "
                    + id
                    + ": interrupted with "
                    + pendingBytes
                    + " bytes pending");
        lock.notifyAll();
      }
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      if (closed) {
        return CompletableFuture.failedFuture(
            new IOException("Cannot append to log " + id + ": it is closed"));
      }
      if (length == 0 && idle()) {
        return CompletableFuture.completedFuture(acknowledged);
      }
      appended += length;
      pendingBytes += length;
      Append append = new Append(data, appended, System.nanoTime(), new CompletableFuture<>());
      waiting.add(append);
      send();
      return append.done();
    }
  }

  /** An append above the bound still goes in alone. */
  private boolean fits(int length) {
    return pendingBytes == 0 || pendingBytes + length <= options.maxPendingBytes();
  }

  private boolean idle() {
    return waiting.isEmpty() && underWay.isEmpty();
  }

  @Override
  public long acknowledgedLength() {
    return acknowledged;
  }

  Tail tail() {
    return tail;
  }

  /** Sends what waits, as far as there is room. Under the lock. */
  private void send() {
    while (state == State.WRITING && failure == null && !waiting.isEmpty()) {
      if (rollDue()) {
        state = State.DRAINING;
        changeWhenDrained();
        return;
      }
      if (underWay.size() >= options.window()) {
        return;
      }
      Sent entry = nextEntry();
      underWay.add(entry);
      sent = entry.end();
      write(current, entry);
    }
  }

  private boolean rollDue() {
    return current.written() > options.rollBytes()
        || current.olderThan(options.rollInterval())
        || (current.olderThan(RETRY_FULL_ENSEMBLE) && current.ensemble() < options.ensemble());
  }

  /** As many of the waiting appends as fit an entry, or a piece of the first. */
  private Sent nextEntry() {
    Append first = waiting.peek();
    long from = first.end() - first.data().remaining();
    int offset = (int) (sent - from);
    int rest = first.data().remaining() - offset;
    if (rest > BookKeeperOptions.MAX_ENTRY_PAYLOAD) {
      ByteBuffer piece =
          first.data().slice(first.data().position() + offset, BookKeeperOptions.MAX_ENTRY_PAYLOAD);
      return new Sent(sent, piece, List.of());
    }
    List<ByteBuffer> parts = new ArrayList<>();
    List<Append> ending = new ArrayList<>();
    int bytes = 0;
    while (!waiting.isEmpty()) {
      Append append = waiting.peek();
      int length = append.data().remaining() - (parts.isEmpty() ? offset : 0);
      if (!ending.isEmpty() && bytes + length > BookKeeperOptions.MAX_ENTRY_PAYLOAD) {
        break;
      }
      int at = append.data().position() + append.data().remaining() - length;
      parts.add(append.data().slice(at, length));
      ending.add(append);
      bytes += length;
      waiting.poll();
    }
    ByteBuffer payload;
    if (parts.size() == 1) {
      payload = parts.get(0);
    } else {
      payload = ByteBuffer.allocate(bytes);
      parts.forEach(payload::put);
      payload.flip();
    }
    return new Sent(sent, payload, ending);
  }

  private void write(LedgerChange.Current ledger, Sent entry) {
    if (!entry.payload.hasRemaining()) {
      // An empty append is there when all before it is.
      entry.written = true;
      entry.entry = ledger.lastEntry();
      executor.execute(() -> written(ledger, entry, entry.entry, null));
      return;
    }
    ledger.count(entry.payload.remaining());
    WriteHandle handle = ledger.handle();
    var unused =
        handle
            .appendAsync(EntryFormat.encode(entry.start, entry.payload, cipher))
            .whenComplete((number, e) -> written(ledger, entry, number == null ? -1 : number, e));
  }

  private void written(LedgerChange.Current ledger, Sent entry, long number, Throwable e) {
    List<Sent> done = new ArrayList<>();
    synchronized (lock) {
      if (ledger != current || state == State.CHANGING || failure != null) {
        // Whatever the old ledger says now, what counts is what its recovery found.
        return;
      }
      if (e != null) {
        LOG.warn(
            "Ledger {} of log {} is given up: {}", ledger.handle().getId(), id, Ledgers.explain(e));
        startChange(true);
        return;
      }
      entry.written = true;
      entry.entry = number;
      while (!underWay.isEmpty() && underWay.peek().written) {
        done.add(underWay.poll());
      }
      acknowledge(done, ledger.handle().getId());
      changeWhenDrained();
      send();
    }
    complete(done);
  }

  /** Under the lock: the length first, so that a reader never sees less than its writer. */
  private void acknowledge(List<Sent> done, long ledger) {
    for (Sent entry : done) {
      tail = new Tail(ledger, entry.entry);
      acknowledged = entry.end();
      pendingBytes -= entry.payload.remaining();
    }
    if (!done.isEmpty()) {
      lock.notifyAll();
    }
  }

  private static void complete(List<Sent> done) {
    for (Sent entry : done) {
      for (Append append : entry.ending) {
        append.done().complete(append.end());
      }
    }
  }

  private void changeWhenDrained() {
    if (state == State.DRAINING && underWay.isEmpty()) {
      startChange(false);
    }
  }

  private void startChange(boolean failed) {
    state = State.CHANGING;
    LedgerChange.Current old = current;
    executor.execute(() -> change(old, failed));
  }

  private void change(LedgerChange.Current old, boolean failed) {
    try {
      LedgerChange.Current next =
          failed ? change.replace(old, acknowledged) : change.roll(old, acknowledged);
      List<Sent> done = new ArrayList<>();
      synchronized (lock) {
        if (failure != null) {
          return;
        }
        // What the recovery of the old ledger found is durable, whatever its writer was told.
        while (!underWay.isEmpty() && underWay.peek().end() <= next.start()) {
          done.add(underWay.poll());
        }
        current = next;
        state = State.WRITING;
        acknowledge(done, old.handle().getId());
        if (acknowledged != next.start()) {
          throw new IOException(
              "Cannot go on with log "
                  + id
                  + ": its ledgers hold "
                  + next.start()
                  + " bytes, which is not the end of an entry; acknowledged are "
                  + acknowledged);
        }
        tail = new Tail(next.handle().getId(), -1);
        for (Sent entry : underWay) {
          write(next, entry);
        }
        send();
      }
      complete(done);
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  /** A hanging client does not even say that a write has failed. */
  private void watch() {
    synchronized (lock) {
      if (failure != null || idle()) {
        return;
      }
      Sent oldest = underWay.peek();
      long since =
          oldest != null && !oldest.ending.isEmpty()
              ? oldest.ending.get(0).since()
              : waiting.isEmpty() ? System.nanoTime() : waiting.peek().since();
      long age = System.nanoTime() - since;
      if (age > options.appendTimeout().toNanos()) {
        IOException e =
            new IOException(
                "Cannot append to log "
                    + id
                    + ": not acknowledged in "
                    + TimeUnit.NANOSECONDS.toMillis(age)
                    + " ms (breakwater.wal.bookkeeper.append-timeout); ledger "
                    + current.handle().getId()
                    + ", look at its bookies");
        executor.execute(() -> fail(e));
      } else if (state != State.CHANGING && age > 3 * options.requestTimeout().toNanos()) {
        LOG.warn("Ledger {} of log {} hangs; it is given up", current.handle().getId(), id);
        startChange(true);
      }
    }
  }

  /** Fails all that is pending, and all that comes: after a hole nothing may be acknowledged. */
  private void fail(Exception cause) {
    IOException reported =
        cause instanceof LogFencedException fenced
            ? fenced
            : new IOException("Cannot append to log " + id + ": " + cause.getMessage(), cause);
    List<Append> failed = new ArrayList<>();
    synchronized (lock) {
      if (failure == null) {
        failure = reported;
        refusal = reported;
      }
      underWay.forEach(entry -> failed.addAll(entry.ending));
      failed.addAll(waiting);
      underWay.clear();
      waiting.clear();
      pendingBytes = 0;
      lock.notifyAll();
    }
    failed.forEach(append -> append.done().completeExceptionally(reported));
  }

  @Override
  public void close() throws IOException {
    boolean good;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        while (failure == null && !(idle() && state == State.WRITING)) {
          if (state == State.DRAINING && idle()) {
            state = State.WRITING;
          } else {
            lock.wait();
          }
        }
      } catch (InterruptedException e) {
        throw ZooKeeperSession.interrupted("close log " + id + ", its recovery will seal it", e);
      } finally {
        lock.notifyAll();
      }
      good = failure == null;
      // From here on nothing of the ledger counts but what sealing it finds.
      state = State.CHANGING;
    }
    watchdog.cancel(false);
    try {
      if (good) {
        change.seal(current, acknowledged);
      } else {
        change.recover();
      }
    } finally {
      onClose.run();
    }
  }
}
