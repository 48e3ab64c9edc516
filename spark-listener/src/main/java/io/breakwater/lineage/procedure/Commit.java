package io.breakwater.lineage.procedure;

import java.util.Map;

/**
 * A snapshot that a call committed.
 *
 * @param snapshotId its id
 * @param sequenceNumber its sequence number
 * @param operation append, replace, overwrite or delete
 * @param counts what the snapshot changed, by the names of {@link SnapshotCounts}
 */
record Commit(long snapshotId, long sequenceNumber, String operation, Map<String, Long> counts) {

  /** A count, 0 if the writer left it out. */
  long count(String property) {
    return counts.getOrDefault(property, 0L);
  }
}
