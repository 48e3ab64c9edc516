package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.LogMetric;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
 *
 * <p>The bytes of an append are copied once, into its entries: BookKeeper goes on sending an entry
 * to the slower bookies after it was acknowledged.
 */
final class LedgerAppender implements LogAppender {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerAppender.class);

  /** How long a log stays on fewer bookies than asked for before it looks for the others. */
  private static final Duration RETRY_FULL_ENSEMBLE = Duration.ofMinutes(1);

  private final UUID id;
  private final BookKeeperOptions options;
  private final BookieHealth health;
  private final LedgerChange change;
  private final LogEvents events;
  private final Executor work;
  private final Runnable onClose;
  private final ScheduledFuture<?> watchdog;
  private final Acknowledgements acknowledgements = new Acknowledgements();

  private final Object lock = new Object();
  private final Backlog backlog;

  /** What is sent and not acknowledged, in order; the backlog follows. */
  private final ArrayDeque<Sent> underWay = new ArrayDeque<>();

  private LedgerChange.Current current;
  private long pendingBytes;
  private long underWayBytes;

  /** When something was last acknowledged, or the first of what is pending came. */
  private long progress;

  /** When writing to the current ledger began, or went on. */
  private long writingSince = System.nanoTime();

  private State state = State.WRITING;

  /** Whether there are better bookies than those of the current ledger. */
  private boolean impaired;

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

  private static final class Sent {
    private final Backlog.Entry entry;
    private boolean written;
    private long number;

    Sent(Backlog.Entry entry) {
      this.entry = entry;
      this.written = entry.length() == 0;
    }
  }

  /**
   * @param timer for what does not wait
   * @param work for what waits for BookKeeper or ZooKeeper; takes any number of tasks at once
   */
  LedgerAppender(
      UUID id,
      BookKeeperOptions options,
      BookieHealth health,
      LedgerChange change,
      LedgerChange.Current first,
      LogCipher cipher,
      LogEvents events,
      ScheduledExecutorService timer,
      Executor work,
      Runnable onClose) {
    this.id = id;
    this.options = options;
    this.health = health;
    this.change = change;
    this.events = events;
    this.current = first;
    this.backlog = new Backlog(cipher);
    this.work = work;
    this.onClose = onClose;
    this.tail = new Tail(first.handle().getId(), -1);
    long period = Math.max(100, options.requestTimeout().toMillis() / 8);
    this.watchdog =
        timer.scheduleWithFixedDelay(this::watch, period, period, TimeUnit.MILLISECONDS);
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
    CompletableFuture<Long> done = new CompletableFuture<>();
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
      if (idle()) {
        progress = System.nanoTime();
      }
      pendingBytes += length;
      backlog.add(data, done);
      send();
    }
    acknowledgements.run();
    return done;
  }

  /** An append above the bound still goes in alone. */
  private boolean fits(int length) {
    return pendingBytes == 0 || pendingBytes + length <= options.maxPendingBytes();
  }

  private boolean idle() {
    return backlog.isEmpty() && underWay.isEmpty();
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
    while (state == State.WRITING && failure == null && !backlog.isEmpty()) {
      if (rollDue() && change.prepared()) {
        state = State.DRAINING;
        changeWhenDrained();
        return;
      }
      // Entries are copies, so their bytes are bounded apart from those of the appends.
      if (underWay.size() >= options.window() || underWayBytes >= options.maxPendingBytes()) {
        return;
      }
      Sent next = new Sent(backlog.next());
      underWay.add(next);
      underWayBytes += next.entry.length();
      events.add(LogMetric.GROUP_APPENDS, next.entry.ending().size());
      events.add(LogMetric.WRITES_UNDER_WAY, underWay.size());
      write(current, next);
      acknowledgeWritten();
    }
  }

  private boolean rollDue() {
    return current.written() > options.rollBytes()
        || current.olderThan(options.rollInterval())
        || (impaired && current.olderThan(options.requestTimeout()));
  }

  private void write(LedgerChange.Current ledger, Sent sent) {
    if (!sent.written) {
      ledger.count(sent.entry.length());
      var unused =
          ledger
              .handle()
              .appendAsync(sent.entry.bytes().duplicate())
              .whenComplete((number, e) -> written(ledger, sent, number == null ? -1 : number, e));
    }
  }

  private void written(LedgerChange.Current ledger, Sent sent, long number, Throwable e) {
    synchronized (lock) {
      if (ledger != current || state == State.CHANGING || failure != null) {
        // Whatever the old ledger says now, what counts is what its recovery found.
        return;
      }
      if (e != null) {
        giveUp(Ledgers.explain(e));
        return;
      }
      sent.written = true;
      sent.number = number;
      acknowledgeWritten();
      changeWhenDrained();
      send();
    }
    acknowledgements.run();
  }

  /** Under the lock: the tail first, so that a reader never sees less than its writer. */
  private void acknowledgeWritten() {
    while (!underWay.isEmpty() && underWay.peek().written) {
      Sent sent = underWay.poll();
      Backlog.Entry entry = sent.entry;
      if (entry.length() > 0) {
        tail = new Tail(current.handle().getId(), sent.number);
      }
      acknowledged = entry.end();
      pendingBytes -= entry.length();
      underWayBytes -= entry.length();
      progress = System.nanoTime();
      for (Backlog.Append append : entry.ending()) {
        acknowledgements.add(() -> append.done().complete(append.end()));
      }
      lock.notifyAll();
    }
  }

  private void changeWhenDrained() {
    if (state == State.DRAINING && underWay.isEmpty()) {
      LedgerChange.Current old = current;
      state = State.CHANGING;
      work.execute(() -> changeLedger(() -> roll(old)));
    }
  }

  private LedgerChange.Current roll(LedgerChange.Current old) throws IOException {
    LedgerChange.Current next = change.roll(old, acknowledged);
    if (next != old) {
      events.add(LogMetric.LEDGER_ROLLS, 1);
    }
    return next;
  }

  /** Nothing that is under way is acknowledged by the current ledger's handle any more. */
  private void giveUp(String reason) {
    LedgerChange.Current old = current;
    LOG.warn("Ledger {} of log {} is given up: {}", old.handle().getId(), id, reason);
    events.add(LogMetric.LEDGER_FAILURES, 1);
    events.add(LogMetric.RETRIED_WRITES, underWay.size());
    state = State.CHANGING;
    work.execute(() -> changeLedger(() -> change.replace(old, acknowledged, reason)));
  }

  private interface Change {
    LedgerChange.Current run() throws IOException;
  }

  private void changeLedger(Change task) {
    try {
      LedgerChange.Current next = task.run();
      synchronized (lock) {
        if (failure == null && state == State.CHANGING) {
          goOn(next);
        }
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
    acknowledgements.run();
  }

  /** Under the lock. */
  private void goOn(LedgerChange.Current next) throws IOException {
    if (next != current) {
      long end = acknowledged;
      for (Sent sent : underWay) {
        // What the recovery of the old ledger found is durable, whatever its writer was told.
        sent.written = sent.entry.end() <= next.start();
        end = sent.written ? sent.entry.end() : end;
      }
      if (end != next.start()) {
        throw new IOException(
            "Cannot go on with log "
                + id
                + ": its ledgers hold "
                + next.start()
                + " bytes, which is not the end of an entry; acknowledged are "
                + acknowledged);
      }
      acknowledgeWritten();
      current = next;
      tail = new Tail(next.handle().getId(), -1);
      impaired = false;
    }
    state = State.WRITING;
    writingSince = System.nanoTime();
    for (Sent sent : underWay) {
      write(next, sent);
    }
    send();
    lock.notifyAll();
  }

  private void watch() {
    LedgerChange.Current ledger;
    IOException late = null;
    synchronized (lock) {
      ledger = current;
      long now = System.nanoTime();
      if (failure == null && !idle()) {
        if (now - progress > options.appendTimeout().toNanos()) {
          late = late(now);
        } else if (state != State.CHANGING
            && now - Math.max(progress, writingSince) > 3 * options.requestTimeout().toNanos()) {
          // A hanging client does not even say that a write has failed.
          giveUp("its bookies do not answer");
        }
      }
    }
    if (late != null) {
      fail(late);
    } else {
      lookAtBookies(ledger);
    }
  }

  private IOException late(long now) {
    return new IOException(
        "Cannot append to log "
            + id
            + ": nothing was acknowledged in "
            + TimeUnit.NANOSECONDS.toMillis(now - progress)
            + " ms (breakwater.wal.bookkeeper.append-timeout); look at the bookies of ledger "
            + current.handle().getId()
            + (change.problem() == null ? "" : ": " + change.problem()));
  }

  private void lookAtBookies(LedgerChange.Current ledger) {
    var metadata = ledger.handle().getLedgerMetadata();
    if (health.impaired(metadata)) {
      becomesImpaired(ledger, "a bookie of it is gone or takes nothing");
    } else if (metadata.getEnsembleSize() < options.ensemble()
        && ledger.lookForMore(RETRY_FULL_ENSEMBLE)) {
      work.execute(
          () -> {
            if (health.enough(options.ensemble())) {
              becomesImpaired(ledger, "there are more bookies again");
            }
          });
    }
  }

  private void becomesImpaired(LedgerChange.Current ledger, String reason) {
    synchronized (lock) {
      if (ledger == current && !impaired) {
        impaired = true;
        LOG.info("Log {} leaves ledger {}: {}", id, ledger.handle().getId(), reason);
        send();
      }
    }
    acknowledgements.run();
  }

  /** Fails all that is pending, and all that comes: after a hole nothing may be acknowledged. */
  private void fail(Exception cause) {
    IOException reported;
    if (cause instanceof WorkspaceOwnedException) {
      reported = new LogFencedException(cause.getMessage());
      reported.initCause(cause);
    } else if (cause instanceof IOException io) {
      reported = io;
    } else {
      reported = new IOException("Cannot append to log " + id + ": " + cause, cause);
    }
    synchronized (lock) {
      if (failure == null) {
        failure = reported;
        refusal = reported;
      }
      underWay.forEach(sent -> sent.entry.ending().forEach(this::failed));
      backlog.clear().forEach(this::failed);
      underWay.clear();
      pendingBytes = 0;
      underWayBytes = 0;
      lock.notifyAll();
    }
    acknowledgements.run();
  }

  private void failed(Backlog.Append append) {
    acknowledgements.add(() -> append.done().completeExceptionally(failure));
  }

  @Override
  public void close() throws IOException {
    boolean failedBefore;
    IOException interrupted = null;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      failedBefore = failure != null;
      lock.notifyAll();
      try {
        while (failure == null && !(idle() && state == State.WRITING)) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        interrupted =
            ZooKeeperSession.interrupted("close log " + id + ", its recovery will seal it", e);
      }
      // From here on nothing of the ledger counts but what sealing it finds.
      state = State.CHANGING;
    }
    watchdog.cancel(false);
    try {
      if (interrupted != null) {
        fail(interrupted);
        throw interrupted;
      }
      if (failure == null) {
        change.seal(current, acknowledged);
      } else {
        change.recover(acknowledged);
        if (!failedBefore && failure instanceof LogFencedException) {
          throw failure;
        }
      }
    } finally {
      onClose.run();
    }
  }
}
