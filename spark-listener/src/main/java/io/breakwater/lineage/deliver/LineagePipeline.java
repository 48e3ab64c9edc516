package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.Damage;
import io.breakwater.lineage.spool.Spool;
import io.breakwater.lineage.spool.SpoolCounters;
import io.breakwater.lineage.spool.SpoolOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way of one driver's encoded events: a spool, a sender, a delegate. Safe for use by many
 * threads.
 */
public final class LineagePipeline {

  private final Spool spool;
  private final Sender sender;
  private final SpoolCopies copies;

  private LineagePipeline(Spool spool, Sender sender, SpoolCopies copies) {
    this.spool = spool;
    this.sender = sender;
    this.copies = copies;
  }

  /**
   * Opens a spool below {@code root} and begins to send from it.
   *
   * @param copies what keeps copies of the spool elsewhere
   * @throws IOException if the spool cannot be opened
   */
  public static LineagePipeline open(
      Path root,
      SpoolOptions spoolOptions,
      DeliveryOptions deliveryOptions,
      Delegate.Factory delegates,
      SpoolCopies copies)
      throws IOException {
    Sender[] sender = new Sender[1];
    Consumer<Damage> onDamage = damage -> sender[0].damaged(damage);
    Spool spool = Spool.open(root, spoolOptions, onDamage);
    sender[0] = new Sender(root, Optional.of(spool.backlog()), delegates, deliveryOptions);
    LineagePipeline pipeline = new LineagePipeline(spool, sender[0], copies);
    spool.onDurable(sender[0]::wake);
    copies.start(spool);
    sender[0].onAdopted(copies::track);
    sender[0].start();
    return pipeline;
  }

  /** Takes an event as UTF-8 JSON; the spool counts and logs what it cannot take. */
  public void append(byte[] event) {
    spool.append(event);
  }

  /** The name of this driver's directory in the spool. */
  public String name() {
    return spool.name();
  }

  /** What the spool has done. */
  public SpoolCounters spoolCounters() {
    return spool.counters();
  }

  /** What the sender has done. */
  public DeliveryCounters deliveryCounters() {
    return sender.counters();
  }

  /** Since when the oldest event that is not delivered is on the disk; nothing if none waits. */
  public Optional<Instant> waitingSince() {
    return spool.waitingSince();
  }

  /** What the events of all drivers of the spool take on the disk. */
  public long bytesOnDisk() {
    return spool.bytesOnDisk();
  }

  /** What has become of the events so far. */
  public LineageCounts counts() {
    return new LineageCounts(
        spool.counters().appended(),
        spool.counters().spooled(),
        sender.counters().delivered(),
        sender.counters().refused(),
        spool.counters().dropped(),
        sender.counters().adopted());
  }

  /**
   * Takes no more events, makes those that it has durable, and sends as many as it can within
   * {@code timeout}. The rest waits on the disk, and in its copies, for the next driver or the
   * tool.
   */
  public void stop(Duration timeout) throws InterruptedException, IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean written = spool.seal(timeout);
    Duration grace = left(deadline).dividedBy(4);
    boolean drained = sender.drain(grace);
    if (!drained || counts().waiting() > 0) {
      copies.hurry();
    }
    sender.stop(left(deadline));
    copies.stop(left(deadline));
    // A writer that hangs in the disk may still write: then the lock must live as long as it.
    if (written) {
      spool.backlog().close();
    }
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }
}
