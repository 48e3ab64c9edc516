package io.breakwater.iceberg.plan;

import java.time.Duration;
import org.apache.iceberg.Snapshot;

/**
 * Which Puffin files a rewrite may touch.
 *
 * @param where a file with no vector of these partitions is left alone
 * @param maxSequenceNumber a file with a younger vector is left alone
 */
public record RewriteScope(PartitionFilter where, long maxSequenceNumber) {

  /** Every Puffin file of {@code target}. */
  public static RewriteScope all(Target target) {
    return new RewriteScope(PartitionFilter.all(target.table()), Long.MAX_VALUE);
  }

  /** The files of {@code where} whose vectors were all committed {@code minAge} ago or earlier. */
  public static RewriteScope of(Target target, PartitionFilter where, Duration minAge) {
    long bound = System.currentTimeMillis() - minAge.toMillis();
    long youngest = Long.MAX_VALUE;
    if (!minAge.isZero()) {
      for (Snapshot snapshot : target.table().snapshots()) {
        if (snapshot.timestampMillis() > bound) {
          youngest = Math.min(youngest, snapshot.sequenceNumber() - 1);
        }
      }
    }
    return new RewriteScope(where, youngest);
  }

  boolean holds(PuffinContent puffin) {
    return puffin.vectors().stream().anyMatch(vector -> where.matches(vector.file()))
        && puffin.vectors().stream()
            .allMatch(vector -> vector.file().dataSequenceNumber() <= maxSequenceNumber);
  }
}
