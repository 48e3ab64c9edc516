package io.breakwater.lineage.deliver;

import java.util.concurrent.atomic.LongAdder;

/** What a sender has done since it was started. Safe for use by many threads. */
public final class DeliveryCounters {

  private final LongAdder delivered = new LongAdder();
  private final LongAdder adopted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder refusedAdopted = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder damages = new LongAdder();

  /** Events of this driver that the delegate has taken. */
  public long delivered() {
    return delivered.sum();
  }

  /** Events of drivers that are gone, sent by this one. */
  public long adopted() {
    return adopted.sum();
  }

  /** Events of this driver that the backend refused for good: they are in a dead-letter file. */
  public long refused() {
    return refused.sum();
  }

  /** Events of drivers that are gone, refused for good. */
  public long refusedAdopted() {
    return refusedAdopted.sum();
  }

  /** Attempts that failed and are made again. Alert when this increases without an end. */
  public long failures() {
    return failures.sum();
  }

  /** Events made here to end runs of drivers that are gone. */
  public long ended() {
    return ended.sum();
  }

  /** Places in segments that could not be read. Alert when this increases. */
  public long damages() {
    return damages.sum();
  }

  void countDelivered(boolean own) {
    (own ? delivered : adopted).increment();
  }

  void countRefused(boolean own) {
    (own ? refused : refusedAdopted).increment();
  }

  void countFailure() {
    failures.increment();
  }

  void countEnded(long events) {
    ended.add(events);
  }

  void countDamage() {
    damages.increment();
  }
}
