package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing side of one driver: takes records without waiting for the disk and forces them to it
 * in groups, on a thread of its own.
 *
 * <p>A record is durable once {@link SpoolCounters#spooled} counts it, or {@link #flush} has
 * returned true after its append. A record that cannot be kept is dropped, counted under its {@link
 * DropReason}, and logged once per reason; {@link #append} never throws because of the disk. Safe
 * for use by many threads; the order of records is the order of their appends.
 */
public final class Spool implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  private static final int GROUP_BYTES = 1 << 20;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final SpoolDirectory directory;
  private final SpoolOptions options;
  private final DiskUsage disk;
  private final Backlog backlog;
  private final Thread writerThread;
  private final SpoolCounters counters = new SpoolCounters();
  private final Set<DropReason> logged = EnumSet.noneOf(DropReason.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition appended = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final ArrayDeque<byte[]> buffer = new ArrayDeque<>();
  private long bufferedBytes;
  private long appendedRecords;
  private long settledRecords;
  private boolean sealed;
  private final WaitingSince waitingSince = new WaitingSince();
  private volatile Runnable onDurable = () -> {};

  // Only the writer thread uses these two.
  private SegmentWriter segment;
  private long lastSegment;

  private boolean rollRequested;
  private volatile long sealedThrough;
  private volatile Position durableEnd = new Position(0, 0);

  private Spool(
      Path root, SpoolDirectory directory, SpoolOptions options, Consumer<Damage> onDamage)
      throws IOException {
    this.directory = directory;
    this.options = options;
    this.disk = new DiskUsage(root);
    this.backlog =
        new Backlog(
            directory, () -> durableEnd, () -> sealedThrough, bytes -> disk.add(-bytes), onDamage);
    this.writerThread = new Thread(this::write, "breakwater-lineage-spool");
    writerThread.setDaemon(true);
  }

  /**
   * Opens a spool in a new directory below {@code root}.
   *
   * @param onDamage hears of bytes that are no records when they are read back
   * @throws IOException if {@code root} cannot be made or written
   */
  public static Spool open(Path root, SpoolOptions options, Consumer<Damage> onDamage)
      throws IOException {
    SpoolDirectory directory = SpoolDirectory.create(root);
    Spool spool;
    try {
      spool = new Spool(root, directory, options, onDamage);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
    spool.writerThread.start();
    return spool;
  }

  /**
   * Takes {@code payload}, which must not be changed afterwards. Returns at once unless the buffer
   * is full; then it waits up to {@link SpoolOptions#bufferTimeout}.
   *
   * @return false if the record was dropped
   */
  public boolean append(byte[] payload) {
    counters.countAppended();
    if (!SegmentFormat.isPayloadLength(payload.length)) {
      return drop(DropReason.TOO_LARGE, 1, null);
    }
    lock.lock();
    try {
      if (!awaitRoom(payload.length)) {
        return drop(sealed ? DropReason.CLOSED : DropReason.BUFFER_FULL, 1, null);
      }
      if (disk.bytes() + bufferedBytes + payload.length > options.maxBytes()) {
        return drop(DropReason.QUOTA, 1, null);
      }
      buffer.add(payload);
      bufferedBytes += payload.length;
      appendedRecords++;
      appended.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitRoom(int bytes) {
    long nanos = options.bufferTimeout().toNanos();
    // An empty buffer takes any record, so that one larger than the buffer does not wait for ever.
    while (!sealed && bufferedBytes > 0 && bufferedBytes + bytes > options.bufferBytes()) {
      if (nanos <= 0) {
        return false;
      }
      try {
        nanos = written.awaitNanos(nanos);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return !sealed;
  }

  /**
   * Waits until every record appended before is on the disk or dropped.
   *
   * @return false if {@code timeout} passed first
   */
  public boolean flush(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long target = appendedRecords;
      long nanos = timeout.toNanos();
      while (settledRecords < target) {
        if (nanos <= 0) {
          return false;
        }
        nanos = written.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has the segment closed that is written at the moment, so that it can be copied; the next record
   * begins another one.
   *
   * @return false if {@code timeout} passed first
   */
  public boolean roll(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      rollRequested = true;
      appended.signal();
      long nanos = timeout.toNanos();
      while (rollRequested && !sealed) {
        if (nanos <= 0) {
          return false;
        }
        nanos = written.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What waits for delivery in this spool. Closed with the spool. */
  public Backlog backlog() {
    return backlog;
  }

  /** What this spool has done. */
  public SpoolCounters counters() {
    return counters;
  }

  /** Behind the last record that is on the disk. */
  public Position durableEnd() {
    return durableEnd;
  }

  /** Since when the oldest record that is not delivered is on the disk; nothing if none waits. */
  public Optional<Instant> waitingSince() {
    return waitingSince.oldest(backlog.position());
  }

  /** Bytes of all drivers' segments below the root, as far as this spool knows. */
  public long bytesOnDisk() {
    return disk.bytes();
  }

  /** The name of this spool's directory below its root. */
  public String name() {
    return directory.name();
  }

  /** Has {@code listener} called, on the writer thread, whenever more records are durable. */
  public void onDurable(Runnable listener) {
    onDurable = listener;
  }

  /**
   * Takes no more records, and waits until those that it has are on the disk.
   *
   * @return false if {@code timeout} passed first; the writer then goes on
   */
  public boolean seal(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      sealed = true;
      appended.signal();
      written.signalAll();
    } finally {
      lock.unlock();
    }
    writerThread.join(Math.max(1, timeout.toMillis()));
    return !writerThread.isAlive();
  }

  private void write() {
    try {
      while (awaitWork()) {
        rollIfRequested();
        List<byte[]> group = takeGroup();
        if (!group.isEmpty()) {
          writeGroup(group);
          settle(group);
        }
      }
    } finally {
      closeSegment();
    }
  }

  /** Waits for something to do; false if the spool is sealed and empty. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (buffer.isEmpty() && !sealed && !rollRequested) {
        appended.awaitUninterruptibly();
      }
      return !buffer.isEmpty() || !sealed;
    } finally {
      lock.unlock();
    }
  }

  private void rollIfRequested() {
    lock.lock();
    try {
      if (!rollRequested) {
        return;
      }
    } finally {
      lock.unlock();
    }
    closeSegment();
    lock.lock();
    try {
      rollRequested = false;
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Some records, in order; none if none wait. */
  private List<byte[]> takeGroup() {
    List<byte[]> group = new ArrayList<>();
    lock.lock();
    try {
      int bytes = 0;
      while (!buffer.isEmpty() && (bytes == 0 || bytes + buffer.peek().length <= GROUP_BYTES)) {
        byte[] payload = buffer.remove();
        bytes += payload.length;
        group.add(payload);
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void writeGroup(List<byte[]> group) {
    try {
      appendToSegment(group);
    } catch (IOException first) {
      // What a failed force leaves in the page cache is not known: begin a new file.
      abandonSegment();
      try {
        appendToSegment(group);
      } catch (IOException second) {
        abandonSegment();
        second.addSuppressed(first);
        drop(DropReason.WRITE_FAILED, group.size(), second);
        return;
      }
    }
    counters.countSpooled(group.size(), payloadBytes(group));
    onDurable.run();
  }

  private void appendToSegment(List<byte[]> group) throws IOException {
    if (segment != null && segment.end().offset() >= options.segmentBytes()) {
      closeSegment();
      disk.measure();
    }
    if (segment == null) {
      lastSegment++;
      segment = new SegmentWriter(directory, lastSegment);
    }
    long before = segment.end().offset();
    segment.append(group);
    disk.add(segment.end().offset() - before);
    durableEnd = segment.end();
    waitingSince.add(durableEnd, Instant.now());
  }

  private void abandonSegment() {
    if (segment == null) {
      return;
    }
    try {
      if (durableEnd.segment() == lastSegment) {
        segment.cut(durableEnd);
      }
    } catch (IOException e) {
      LOG.warn("Cannot cut the failed write off {}: {}", segment, e.toString());
    }
    closeSegment();
  }

  private void closeSegment() {
    if (segment != null) {
      try {
        segment.close();
      } catch (IOException e) {
        LOG.warn("Cannot close {}: {}", segment, e.toString());
      }
      segment = null;
    }
    sealedThrough = lastSegment;
  }

  private void settle(List<byte[]> group) {
    lock.lock();
    try {
      bufferedBytes -= payloadBytes(group);
      settledRecords += group.size();
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean drop(DropReason reason, int records, IOException cause) {
    counters.countDropped(reason, records);
    boolean first;
    synchronized (logged) {
      first = logged.add(reason);
    }
    if (first) {
      LOG.error(
          "Cannot spool a lineage event in {}: {}; further ones are counted, not logged",
          directory.path(),
          reason.meaning(),
          cause);
    }
    return false;
  }

  private static long payloadBytes(List<byte[]> group) {
    return group.stream().mapToLong(payload -> payload.length).sum();
  }

  /**
   * Seals the spool and releases its directory; deletes it if everything was delivered.
   *
   * @throws IOException if the disk hangs: the directory then stays locked as long as the process
   *     lives, because the writer may still write
   */
  @Override
  public void close() throws IOException {
    boolean written;
    try {
      written = seal(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      written = false;
    }
    if (!written) {
      throw new IOException(
          "Cannot close the spool " + directory.path() + ": its last records are not written yet");
    }
    backlog.close();
  }
}
