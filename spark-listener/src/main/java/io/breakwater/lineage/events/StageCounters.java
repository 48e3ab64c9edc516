package io.breakwater.lineage.events;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a stage has done since it was opened. Safe for use by many threads. */
public final class StageCounters {

  private final LongAdder received = new LongAdder();
  private final LongAdder passedOn = new LongAdder();
  private final LongAdder stepFailures = new LongAdder();
  private final LongAdder reduced = new LongAdder();
  private final Map<StageDropReason, LongAdder> dropped = new EnumMap<>(StageDropReason.class);

  StageCounters() {
    for (StageDropReason reason : StageDropReason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  /** Events that OpenLineage has built. */
  public long received() {
    return received.sum();
  }

  /** Events given to the spool: those received, less what steps withheld, more what they added. */
  public long passedOn() {
    return passedOn.sum();
  }

  /** Times that a step threw; the event went on without it. Alert when this increases. */
  public long stepFailures() {
    return stepFailures.sum();
  }

  /** Events that lack facets because they were larger than an event may be. */
  public long reduced() {
    return reduced.sum();
  }

  /** Events lost for {@code reason}. Alert when this increases. */
  public long dropped(StageDropReason reason) {
    return dropped.get(reason).sum();
  }

  /** Events lost for any reason. Alert when this increases. */
  public long dropped() {
    return dropped.values().stream().mapToLong(LongAdder::sum).sum();
  }

  void countReceived() {
    received.increment();
  }

  void countPassedOn() {
    passedOn.increment();
  }

  void countStepFailure() {
    stepFailures.increment();
  }

  void countReduced() {
    reduced.increment();
  }

  void countDropped(StageDropReason reason, long events) {
    dropped.get(reason).add(events);
  }
}
