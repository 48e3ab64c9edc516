package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.LiveVector;
import io.breakwater.iceberg.plan.PuffinContent;
import io.breakwater.iceberg.plan.RewritePlan;
import io.breakwater.iceberg.plan.RewritePlan.Group;
import io.breakwater.iceberg.plan.RewritePlan.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rewrite did, or would do.
 *
 * @param rows one row per new Puffin file, then one for the table
 */
public record RewriteResult(List<Row> rows) {

  /**
   * The numbers of one new file or of the whole rewrite; a null does not exist in that scope.
   *
   * @param scope "puffin" for one new file, "table" for all
   * @param status "planned", "rewritten" or "nothing to do"
   * @param path the new file; null if it was not written, and for the table
   * @param rewrittenPuffins old files that are replaced
   * @param addedPuffins new files
   * @param rewrittenBytes sizes of the old files
   * @param addedBytes sizes of the new files, an estimate if only planned
   * @param vectors vectors that are copied
   * @param deletedRows rows that they delete
   * @param danglingVectors vectors without a data file that leave the table
   * @param manifestsBefore delete manifests with live entries before, only of the table
   * @param manifestsAfter the same after, null if nothing was committed
   * @param startingSnapshotId the snapshot that was planned for
   * @param snapshotId the snapshot of the commit, null if there was none
   * @param attempts how many plans were copied before a commit succeeded, only of the table
   * @param reason why these files
   */
  public record Row(
      String scope,
      String status,
      String path,
      long rewrittenPuffins,
      long addedPuffins,
      long rewrittenBytes,
      long addedBytes,
      long vectors,
      long deletedRows,
      Long danglingVectors,
      Integer manifestsBefore,
      Integer manifestsAfter,
      Long startingSnapshotId,
      Long snapshotId,
      Integer attempts,
      String reason) {}

  /** What was committed. */
  record Commit(List<NewPuffin> puffins, Long snapshotId, Integer manifestsAfter, int attempts) {}

  static RewriteResult planned(RewritePlan plan) {
    return of(plan, plan.isEmpty() ? "nothing to do" : "planned", null);
  }

  static RewriteResult committed(RewritePlan plan, Commit commit) {
    return of(plan, "rewritten", commit);
  }

  private static RewriteResult of(RewritePlan plan, String status, Commit commit) {
    List<Row> rows = new ArrayList<>();
    long addedBytes = 0;
    for (int i = 0; i < plan.groups().size(); i++) {
      Group group = plan.groups().get(i);
      NewPuffin puffin = commit == null ? null : commit.puffins().get(i);
      long bytes = puffin == null ? group.estimatedBytes() : puffin.fileBytes();
      addedBytes += bytes;
      rows.add(
          new Row(
              "puffin",
              status,
              puffin == null ? null : puffin.path(),
              group.parts().size(),
              1,
              group.parts().stream()
                  .map(Part::source)
                  .mapToLong(source -> source.fileBytes())
                  .sum(),
              bytes,
              group.vectors().size(),
              deletedRows(group.vectors()),
              null,
              null,
              null,
              plan.deletes().snapshotId(),
              commit == null ? null : commit.snapshotId(),
              null,
              "packed up to the target size"));
    }
    List<LiveVector> copied = plan.groups().stream().flatMap(g -> g.vectors().stream()).toList();
    rows.add(
        new Row(
            "table",
            status,
            null,
            plan.sources().size(),
            plan.groups().size(),
            plan.sources().stream().map(PuffinContent::layout).mapToLong(l -> l.fileBytes()).sum(),
            addedBytes,
            copied.size(),
            deletedRows(copied),
            (long) plan.dangling().size(),
            plan.deletes().deleteManifests(),
            commit == null ? null : commit.manifestsAfter(),
            plan.deletes().snapshotId(),
            commit == null ? null : commit.snapshotId(),
            commit == null ? null : commit.attempts(),
            plan.reason()));
    return new RewriteResult(List.copyOf(rows));
  }

  private static long deletedRows(List<LiveVector> vectors) {
    return vectors.stream().mapToLong(vector -> vector.file().recordCount()).sum();
  }
}
