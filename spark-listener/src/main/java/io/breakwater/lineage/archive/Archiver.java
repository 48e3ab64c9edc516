package io.breakwater.lineage.archive;

import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.deliver.SpoolCopies;
import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.Position;
import io.breakwater.lineage.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what waits in a driver's spool to an {@link Archive}, on a daemon thread of its own: every
 * interval, and once more at the end. A file system that hangs holds up this thread alone.
 *
 * <p>Nothing is copied as long as events are delivered within a second. Safe for use by many
 * threads.
 */
public final class Archiver implements SpoolCopies {

  /** How long at least a driver that has said nothing is taken for alive. */
  static final Duration MIN_LEASE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
  private static final String COPY = "Cannot copy lineage events off this machine";
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final Duration ROLL_TIMEOUT = Duration.ofSeconds(10);

  private final Archive.Factory archives;
  private final ArchiveOptions options;
  private final Duration lease;
  private final List<DriverCopy> copies = new CopyOnWriteArrayList<>();
  private final ProblemLog problems = new ProblemLog(LOG);
  private final LongAdder copied = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Thread thread = new Thread(this::run, "breakwater-lineage-archiver");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean hurried;
  private boolean finishing;
  private volatile boolean abandoned;

  private Spool spool;
  private Archive archive;

  /** An archiver that is not started yet. */
  public Archiver(Archive.Factory archives, ArchiveOptions options) {
    this.archives = archives;
    this.options = options;
    Duration intervals = options.interval().multipliedBy(3);
    this.lease = intervals.compareTo(MIN_LEASE) > 0 ? intervals : MIN_LEASE;
    thread.setDaemon(true);
  }

  @Override
  public void start(Spool own) {
    spool = own;
    track(own.backlog());
    thread.start();
  }

  @Override
  public void track(Backlog backlog) {
    try {
      copies.add(new DriverCopy(backlog));
    } catch (IOException e) {
      problems.warn("Cannot tell where copies of " + backlog.name() + " are", e, "none are made");
    }
  }

  /** Segments that were copied. */
  public long copied() {
    return copied.sum();
  }

  /** Attempts to copy or to delete copies that failed. Alert when this increases. */
  public long failures() {
    return failures.sum();
  }

  @Override
  public void hurry() {
    lock.lock();
    try {
      hurried = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      finishing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.join(Math.max(1, timeout.toMillis()));
    abandoned = true;
    if (thread.isAlive()) {
      LOG.warn(
          "Cannot bring the copies of lineage events in {} up to date within {} ms; they stay in"
              + " the spool of this machine",
          options.path().map(Object::toString).orElse(""),
          timeout.toMillis());
    }
  }

  private enum Wake {
    TICK,
    HURRY,
    FINISH
  }

  private void run() {
    Duration settle = options.interval().dividedBy(2);
    settle = settle.compareTo(SETTLE) < 0 ? settle : SETTLE;
    try {
      Wake wake = pause(options.interval());
      while (!abandoned && wake != Wake.FINISH) {
        if (wake == Wake.TICK) {
          Position seen = spool.durableEnd();
          wake = pause(settle);
          if (wake == Wake.TICK) {
            rollIfWaiting(seen);
            pass(lease);
            wake = pause(options.interval());
          }
        } else {
          pass(Duration.ZERO);
          wake = pause(options.interval());
        }
      }
      pass(Duration.ZERO);
    } catch (InterruptedException e) {
      LOG.debug("Ended by an interrupt", e);
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot go on copying lineage events, they stay in the spool", e);
    }
  }

  private Wake pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = time.toNanos();
      while (nanos > 0 && !hurried && !finishing) {
        nanos = changed.awaitNanos(nanos);
      }
      if (hurried) {
        hurried = false;
        return Wake.HURRY;
      }
      return finishing ? Wake.FINISH : Wake.TICK;
    } finally {
      lock.unlock();
    }
  }

  /** Has the segment closed that holds records which wait since {@code seen} was the end. */
  private void rollIfWaiting(Position seen) throws InterruptedException {
    if (spool.backlog().position().compareTo(seen) < 0) {
      spool.roll(ROLL_TIMEOUT);
    }
  }

  private void pass(Duration leaseOfThis) {
    boolean failed = false;
    for (DriverCopy copy : copies) {
      try {
        copied.add(copy.sync(this::archive, leaseOfThis, () -> abandoned));
      } catch (IOException | RuntimeException | LinkageError e) {
        if (abandoned) {
          return;
        }
        failed = true;
        failures.increment();
        problems.warn(COPY, e, "they stay in the spool of this machine, and it is tried again");
      }
    }
    copies.removeIf(DriverCopy::isDone);
    if (!failed) {
      problems.over(COPY);
    }
  }

  private Archive archive() throws IOException {
    if (archive == null) {
      archive = archives.open();
    }
    return archive;
  }
}
