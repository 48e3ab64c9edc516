package io.breakwater.lineage.spool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a spool has done since it was opened. Safe for use by many threads. */
public final class SpoolCounters {

  private final LongAdder appended = new LongAdder();
  private final LongAdder spooled = new LongAdder();
  private final LongAdder spooledBytes = new LongAdder();
  private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

  SpoolCounters() {
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  /** Records given to {@link Spool#append}: spooled, dropped, or still in the buffer. */
  public long appended() {
    return appended.sum();
  }

  /** Records that are on the disk. */
  public long spooled() {
    return spooled.sum();
  }

  /** Payload bytes that are on the disk. */
  public long spooledBytes() {
    return spooledBytes.sum();
  }

  /** Records lost for {@code reason}. Alert when this increases. */
  public long dropped(DropReason reason) {
    return dropped.get(reason).sum();
  }

  /** Records lost for any reason. Alert when this increases. */
  public long dropped() {
    return dropped.values().stream().mapToLong(LongAdder::sum).sum();
  }

  void countAppended() {
    appended.increment();
  }

  void countSpooled(long records, long bytes) {
    spooled.add(records);
    spooledBytes.add(bytes);
  }

  void countDropped(DropReason reason, long records) {
    dropped.get(reason).add(records);
  }
}
