package io.breakwater.iceberg.compact;

import java.util.List;
import java.util.Map;

/**
 * What is to be done to the data files of one snapshot.
 *
 * @param snapshotId the snapshot, null for a table without one
 * @param groups the files that leave, those with the largest gain for their cost first
 * @param left the files that stay, by the reason
 */
record CompactionPlan(Long snapshotId, List<FileGroup> groups, Map<String, Left> left) {

  /** Files that stay for one reason. */
  record Left(long files, long bytes, long deletedRows) {
    static final Left NONE = new Left(0, 0, 0);

    Left plus(Choice choice) {
      return new Left(files + 1, bytes + choice.bytes(), deletedRows + choice.deletedRows());
    }
  }
}
