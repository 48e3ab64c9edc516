package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.Damage;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpooledRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits below a root to a delegate, on a daemon thread of its own: this driver's events
 * and, in turn with them, those of drivers that are gone. One event at a time, in the order of each
 * driver; a failure is tried again until it succeeds. The runs that a driver that is gone has left
 * open are ended behind its last event.
 *
 * <p>Safe for use by many threads.
 */
public final class Sender {

  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final String DELIVER = "Cannot deliver lineage events";
  private static final int TURN_RECORDS = 64;
  private static final long RESCAN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path root;
  private final Optional<Backlog> own;
  private final Delegate.Factory delegates;
  private final DeliveryOptions options;
  private final DeadLetters deadLetters;
  private final Backoff backoff;
  private final DeliveryCounters counters = new DeliveryCounters();
  private final ProblemLog problems = new ProblemLog(LOG);
  private final List<Backlog> orphans = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "breakwater-lineage-sender");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Consumer<Backlog> onAdopted = backlog -> {};
  private boolean wakened;
  private volatile boolean idle;
  private volatile boolean draining;
  private volatile boolean abandoned;
  private volatile boolean gaveUp;

  private Delegate delegate;
  private long nextScan = System.nanoTime();

  /**
   * A sender that is not started yet.
   *
   * @param root where drivers have their directories
   * @param own the backlog of this driver; nothing for a sender of orphans alone
   */
  public Sender(
      Path root, Optional<Backlog> own, Delegate.Factory delegates, DeliveryOptions options) {
    this.root = root;
    this.own = own;
    this.delegates = delegates;
    this.options = options;
    this.deadLetters = new DeadLetters(root);
    this.backoff =
        new Backoff(options.minBackoff(), options.maxBackoff(), RandomGenerator.getDefault());
    thread.setDaemon(true);
    own.ifPresent(backlog -> backlog.keepDigest(OpenRuns::new));
  }

  /** What this sender has done. */
  public DeliveryCounters counters() {
    return counters;
  }

  /** Has {@code listener} called with what a driver that is gone has left; before the start. */
  public void onAdopted(Consumer<Backlog> listener) {
    onAdopted = listener;
  }

  /** Begins to send. To be called once. */
  public void start() {
    thread.start();
  }

  /** Says that more is there to be sent. */
  public void wake() {
    lock.lock();
    try {
      wakened = true;
      idle = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is nothing to send.
   *
   * @return false if {@code timeout} passed first
   */
  public boolean awaitIdle(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long nanos = timeout.toNanos();
      while (!idle) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends what is there until nothing is left or an attempt fails; then no more.
   *
   * @return false if {@code timeout} passed first; it then goes on
   */
  public boolean drain(Duration timeout) throws InterruptedException {
    draining = true;
    wake();
    thread.join(Math.max(1, timeout.toMillis()));
    return !thread.isAlive();
  }

  /**
   * Sends what is there until nothing is left, an attempt fails, or {@code timeout} has passed;
   * then leaves the rest where it is. An attempt that hangs is left to itself: whatever becomes of
   * it, its event is sent again by whoever comes next.
   */
  public void stop(Duration timeout) throws InterruptedException {
    drain(timeout);
    abandoned = true;
    for (Backlog orphan : orphans) {
      release(orphan);
    }
  }

  private void run() {
    try {
      while (!abandoned && !gaveUp) {
        adoptOrphans();
        boolean progress = deliverTurn();
        if (!progress) {
          if (draining) {
            return;
          }
          pause(TimeUnit.SECONDS.toNanos(1), true);
        }
      }
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot go on sending lineage events, they stay in the spool", e);
    } finally {
      closeDelegate();
    }
  }

  private void adoptOrphans() {
    if (!options.adoptOrphans() || draining || System.nanoTime() - nextScan < 0) {
      return;
    }
    nextScan = System.nanoTime() + RESCAN_NANOS;
    try {
      for (Path path : SpoolDirectory.list(root)) {
        adoptIfOrphan(path);
      }
    } catch (IOException e) {
      problems.warn(
          "Cannot look for events of other drivers in " + root, e, "they stay where they are");
    }
  }

  private void adoptIfOrphan(Path path) {
    try {
      Optional<SpoolDirectory> claimed = SpoolDirectory.claim(path);
      if (claimed.isPresent()) {
        adopt(claimed.get());
      }
    } catch (AccessDeniedException e) {
      LOG.debug("Leaving {} to the user that owns it", path);
    } catch (IOException e) {
      problems.warn("Cannot take over the events in " + path, e, "they stay there");
    }
  }

  private void adopt(SpoolDirectory directory) throws IOException {
    Backlog backlog;
    try {
      backlog = Backlog.recover(directory, this::damaged);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
    backlog.keepDigest(OpenRuns::new);
    if (!backlog.isDelivered()) {
      LOG.info("Sending the lineage events that {} has left in {}", directory.name(), root);
    }
    onAdopted.accept(backlog);
    orphans.add(backlog);
  }

  /** Reports what {@link Backlog} could not read. */
  void damaged(Damage damage) {
    if (damage.tornTail()) {
      LOG.warn("{}", damage.describe());
    } else {
      counters.countDamage();
      LOG.error("{}; the events behind it are sent", damage.describe());
    }
  }

  /** Sends some records of each backlog; false if there was nothing or the sender shall stop. */
  private boolean deliverTurn() {
    boolean progress = own.isPresent() && deliverSome(own.get(), true);
    for (Backlog orphan : List.copyOf(orphans)) {
      if (gaveUp) {
        return false;
      }
      if (deliverSome(orphan, false)) {
        progress = true;
      } else if (!abandoned && isDone(orphan) && runsAreEnded(orphan)) {
        orphans.remove(orphan);
        release(orphan);
      }
    }
    return progress;
  }

  private boolean deliverSome(Backlog backlog, boolean isOwn) {
    for (int i = 0; i < TURN_RECORDS; i++) {
      try {
        Optional<SpooledRecord> record = backlog.next();
        if (record.isEmpty()) {
          return i > 0;
        }
        if (!deliver(backlog, record.get(), isOwn)) {
          return false;
        }
        backlog.delivered(record.get());
      } catch (IOException e) {
        problems.warn("Cannot read or advance the spool of " + backlog.name(), e, "trying again");
        return false;
      }
    }
    return true;
  }

  private boolean isDone(Backlog backlog) {
    try {
      return backlog.isDelivered();
    } catch (IOException e) {
      problems.warn("Cannot read the spool of " + backlog.name(), e, "trying again");
      return false;
    }
  }

  /** Ends the runs that a driver that is gone has left open; true if there are none. */
  private boolean runsAreEnded(Backlog orphan) {
    try {
      List<byte[]> ends = ((OpenRuns) orphan.digest()).ends(orphan.name());
      if (ends.isEmpty()) {
        return true;
      }
      orphan.append(ends);
      counters.countEnded(ends.size());
      LOG.info("Sending {} events that end the runs of {}", ends.size(), orphan.name());
      wake();
    } catch (IOException | UncheckedIOException e) {
      problems.warn("Cannot end the runs of " + orphan.name(), e, "trying again");
    }
    return false;
  }

  private boolean deliver(Backlog backlog, SpooledRecord record, boolean isOwn) throws IOException {
    EncodedEvent event;
    try {
      event = EncodedEvent.of(record.payload());
    } catch (IOException e) {
      refuse(backlog, record, isOwn, e.getMessage());
      return true;
    }
    while (!abandoned) {
      try {
        openDelegate().deliver(event);
        if (abandoned) {
          return false;
        }
        counters.countDelivered(isOwn);
        backoff.reset();
        problems.over(DELIVER);
        return true;
      } catch (EventRefusedException e) {
        refuse(backlog, record, isOwn, e.getMessage());
        return true;
      } catch (Exception | LinkageError e) {
        counters.countFailure();
        problems.warn(DELIVER, e, "they stay in the spool " + root + " and are sent later");
        if (!draining) {
          pause(backoff.next(), false);
        }
        if (draining) {
          gaveUp = true;
          return false;
        }
      }
    }
    return false;
  }

  private void refuse(Backlog backlog, SpooledRecord record, boolean isOwn, String reason)
      throws IOException {
    deadLetters.add(backlog.name(), record.payload(), reason);
    counters.countRefused(isOwn);
    problems.warn(
        "Cannot deliver a lineage event",
        new EventRefusedException(reason, null),
        "it is in " + deadLetters.file(backlog.name()));
  }

  private Delegate openDelegate() throws Exception {
    if (delegate == null) {
      delegate = delegates.open();
    }
    return delegate;
  }

  /** Waits; new events end the wait only if {@code forEvents}, a stop always does. */
  private void pause(long nanos, boolean forEvents) {
    lock.lock();
    try {
      if (forEvents && !wakened) {
        idle = true;
        changed.signalAll();
      }
      long left = nanos;
      while (left > 0 && !draining && !(forEvents && wakened)) {
        left = changed.awaitNanos(left);
      }
      wakened = false;
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      abandoned = true;
    } finally {
      lock.unlock();
    }
  }

  private void release(Backlog backlog) {
    try {
      backlog.close();
    } catch (IOException e) {
      problems.warn("Cannot release the spool of " + backlog.name(), e, "going on without it");
    }
  }

  private void closeDelegate() {
    if (delegate != null) {
      try {
        delegate.close();
      } catch (Exception e) {
        problems.warn("Cannot close the OpenLineage transport", e, "going on without it");
      }
    }
  }
}
