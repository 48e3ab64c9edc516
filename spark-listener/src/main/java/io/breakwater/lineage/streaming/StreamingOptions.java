package io.breakwater.lineage.streaming;

import java.time.Duration;

/**
 * How much is said of streaming queries.
 *
 * @param runningInterval the least time between two RUNNING events of a query
 * @param batchEvery which micro-batches are runs of their own: every nth; none if 0
 * @param batchInterval the least time between two micro-batches that are
 */
public record StreamingOptions(Duration runningInterval, int batchEvery, Duration batchInterval) {}
