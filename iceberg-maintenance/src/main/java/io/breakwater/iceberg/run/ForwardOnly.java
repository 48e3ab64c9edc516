package io.breakwater.iceberg.run;

import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * Lets a commit fail if the table was rolled back behind the snapshot that was planned for. There a
 * vector that had lost its data file may have it again, and removing it would bring rows back.
 */
final class ForwardOnly implements SnapshotAncestryValidator {
  private final long plannedSnapshotId;

  private ForwardOnly(long plannedSnapshotId) {
    this.plannedSnapshotId = plannedSnapshotId;
  }

  /**
   * Makes {@code rewrite} fail unless it lands on a descendant of the snapshot.
   *
   * @throws UnsupportedOperationException if this Iceberg is older than 1.11 and cannot
   */
  static void require(RewriteFiles rewrite, long plannedSnapshotId, String tableName) {
    try {
      rewrite.validateWith(new ForwardOnly(plannedSnapshotId));
    } catch (LinkageError e) {
      throw new UnsupportedOperationException(
          "Cannot rewrite deletion vectors of %s: some have lost their data file, and Iceberg before"
                  .formatted(tableName)
              + " 1.11 cannot remove them safely; call rewrite_data_files with option"
              + " remove-dangling-deletes first",
          e);
    }
  }

  @Override
  public boolean validate(Iterable<Snapshot> ancestors) {
    for (Snapshot ancestor : ancestors) {
      if (ancestor.snapshotId() == plannedSnapshotId) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String errorMessage() {
    return "the table was rolled back behind snapshot " + plannedSnapshotId;
  }
}
