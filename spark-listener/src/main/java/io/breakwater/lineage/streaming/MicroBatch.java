package io.breakwater.lineage.streaming;

import java.util.UUID;

/**
 * What a SQL execution is to a streaming query.
 *
 * @param runId the start of the query
 * @param batchId the number of the micro-batch
 * @param role what part of the micro-batch it is
 */
record MicroBatch(UUID runId, long batchId, Role role) {

  enum Role {
    /** The whole micro-batch. */
    WHOLE,
    /** The same once more: a sink of the newer API is written to by an execution inside. */
    SAME,
    /** A query that the code of a {@code foreachBatch} runs. */
    INNER
  }
}
