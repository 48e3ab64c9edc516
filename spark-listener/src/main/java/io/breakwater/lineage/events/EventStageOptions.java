package io.breakwater.lineage.events;

import java.time.Duration;

/**
 * The bounds of an {@link EventStage}.
 *
 * @param queueSize Spark events, with what OpenLineage made of them, that may wait for the stage
 * @param queueTimeout how long the lineage queue waits for room before it drops what it has
 * @param maxBytes the size as JSON beyond which facets are left out of an event
 */
public record EventStageOptions(int queueSize, Duration queueTimeout, long maxBytes) {

  private static final long LEAST_QUEUE_BYTES = 16L << 20;

  /** 256 events, 1 s, 1000 KiB. */
  public static EventStageOptions defaults() {
    return new EventStageOptions(256, Duration.ofSeconds(1), 1000L << 10);
  }

  /** The JSON that may wait for the stage: 16 MiB, or two of the largest events. */
  long maxQueueBytes() {
    return Math.max(LEAST_QUEUE_BYTES, 2 * maxBytes);
  }
}
