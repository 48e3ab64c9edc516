package io.breakwater.iceberg.run;

import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * Lets a commit fail if the table was rolled back behind the snapshot that was planned for. There a
 * vector that had lost its data file may have it again, and removing it would bring rows back.
 *
 * <p>Iceberg has the hook since 1.11. Only the nested class needs it, so that this one can be asked
 * on every version.
 */
public final class ForwardOnly {
  private ForwardOnly() {}

  /**
   * Makes {@code rewrite} fail unless it lands on a descendant of the snapshot.
   *
   * @throws UnsupportedOperationException if this Iceberg is older than 1.11 and cannot
   */
  public static void require(RewriteFiles rewrite, long plannedSnapshotId, String tableName) {
    try {
      Ancestry.guard(rewrite, plannedSnapshotId);
    } catch (LinkageError e) {
      throw new UnsupportedOperationException(
          "Cannot rewrite deletion vectors of %s: some have lost their data file, and Iceberg before"
                  .formatted(tableName)
              + " 1.11 cannot remove them safely; call rewrite_data_files with option"
              + " remove-dangling-deletes first",
          e);
    }
  }

  /** Whether this Iceberg can do what {@link #require} asks for. */
  public static boolean isSupported() {
    try {
      return Ancestry.isLinked();
    } catch (LinkageError e) {
      return false;
    }
  }

  private record Ancestry(long plannedSnapshotId) implements SnapshotAncestryValidator {

    static boolean isLinked() {
      return true;
    }

    static void guard(RewriteFiles rewrite, long plannedSnapshotId) {
      rewrite.validateWith(new Ancestry(plannedSnapshotId));
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
}
