package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.PuffinLayout;
import io.breakwater.iceberg.plan.RewritePlan;
import io.breakwater.iceberg.plan.RewritePlan.Group;
import io.breakwater.iceberg.plan.RewritePlan.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rewrite did, or would do.
 *
 * @param rows one row per new Puffin file, then one for the table
 * @param complete whether nothing that was planned was left for want of budget
 */
public record RewriteResult(List<Row> rows, boolean complete) {

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
   * @param commits how many commits were done, only of the table
   * @param attempts how many plans were copied for them, only of the table
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
      Integer commits,
      Integer attempts,
      String reason) {}

  /** What was committed. */
  record Commit(List<NewPuffin> puffins, Long snapshotId, Integer manifestsAfter, int attempts) {}

  /**
   * One plan and what became of it.
   *
   * @param commit null if nothing was committed
   */
  record Step(RewritePlan plan, Commit commit) {
    String status() {
      return commit != null ? "rewritten" : plan.isEmpty() ? "nothing to do" : "planned";
    }

    Long snapshotId() {
      return commit == null ? null : commit.snapshotId();
    }
  }

  /** The rows of {@code steps}, at least one. */
  static RewriteResult of(List<Step> steps, boolean complete) {
    List<Row> puffins = new ArrayList<>();
    for (Step step : steps) {
      for (int i = 0; i < step.plan().groups().size(); i++) {
        puffins.add(
            ofPuffin(
                step,
                step.plan().groups().get(i),
                step.commit() == null ? null : step.commit().puffins().get(i)));
      }
    }
    List<Row> rows = new ArrayList<>(puffins);
    rows.add(ofTable(steps, puffins));
    return new RewriteResult(List.copyOf(rows), complete);
  }

  private static Row ofPuffin(Step step, Group group, NewPuffin puffin) {
    return new Row(
        "puffin",
        step.status(),
        puffin == null ? null : puffin.path(),
        group.parts().size(),
        1,
        group.parts().stream().map(Part::source).mapToLong(PuffinLayout::fileBytes).sum(),
        puffin == null ? group.estimatedBytes() : puffin.fileBytes(),
        group.vectors().size(),
        group.vectors().stream().mapToLong(vector -> vector.file().recordCount()).sum(),
        null,
        null,
        null,
        step.plan().deletes().snapshotId(),
        step.snapshotId(),
        null,
        null,
        "packed up to the target size");
  }

  private static Row ofTable(List<Step> steps, List<Row> puffins) {
    Step first = steps.get(0);
    Step last = steps.get(steps.size() - 1);
    boolean committed = last.commit() != null;
    return new Row(
        "table",
        last.status(),
        null,
        steps.stream().mapToLong(step -> step.plan().sources().size()).sum(),
        puffins.size(),
        steps.stream()
            .flatMap(step -> step.plan().sources().stream())
            .mapToLong(source -> source.layout().fileBytes())
            .sum(),
        puffins.stream().mapToLong(Row::addedBytes).sum(),
        puffins.stream().mapToLong(Row::vectors).sum(),
        puffins.stream().mapToLong(Row::deletedRows).sum(),
        steps.stream().mapToLong(step -> step.plan().dangling().size()).sum(),
        first.plan().deletes().deleteManifests(),
        committed ? last.commit().manifestsAfter() : null,
        first.plan().deletes().snapshotId(),
        last.snapshotId(),
        committed ? steps.size() : null,
        committed ? steps.stream().mapToInt(step -> step.commit().attempts()).sum() : null,
        first.plan().reason());
  }
}
