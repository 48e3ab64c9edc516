package io.breakwater.iceberg.plan;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * What a procedure works on: one branch of one table.
 *
 * @param table the table
 * @param branch the branch whose head is read and that commits go to
 */
public record Target(Table table, String branch) {

  /** The main branch of {@code table}. */
  public static Target main(Table table) {
    return new Target(table, SnapshotRef.MAIN_BRANCH);
  }

  /** The name of the table and, if it is not main, of the branch, for messages. */
  public String name() {
    return branch.equals(SnapshotRef.MAIN_BRANCH)
        ? table.name()
        : table.name() + ".branch_" + branch;
  }

  /** The head of the branch as last refreshed, null if the table has no snapshot yet. */
  public Snapshot snapshot() {
    return SnapshotUtil.latestSnapshot(table, branch);
  }

  /** Sends a commit to the branch. */
  public <T extends SnapshotUpdate<T>> T commitTo(T update) {
    return update.toBranch(branch);
  }
}
