package io.breakwater.iceberg.changes;

import java.io.Serializable;

/**
 * One commit of a range and the files that its changes are found in. Immutable.
 *
 * @param ordinal its place among the commits with changes, from 0; -1 if it has none by definition
 * @param snapshotId its snapshot
 * @param timestampMillis when it was committed, in milliseconds since the epoch
 * @param operation what Iceberg calls it: append, overwrite, delete or replace
 * @param addedDataFiles data files whose rows appear
 * @param removedDataFiles data files whose rows disappear
 * @param changedVectors data files of which single rows disappear
 */
public record ChangeCommit(
    int ordinal,
    long snapshotId,
    long timestampMillis,
    String operation,
    int addedDataFiles,
    int removedDataFiles,
    int changedVectors)
    implements Serializable {

  boolean isSilent() {
    return ordinal < 0;
  }

  /** Whether rows may both appear and disappear, so that some may be two images of one row. */
  boolean mayUpdate() {
    int kinds = 0;
    for (int files : new int[] {addedDataFiles, removedDataFiles, changedVectors}) {
      kinds += files > 0 ? 1 : 0;
    }
    return kinds > 1;
  }
}
