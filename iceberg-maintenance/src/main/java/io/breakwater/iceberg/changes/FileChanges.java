package io.breakwater.iceberg.changes;

import java.io.Serializable;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;

/**
 * What the commits of a range did to the rows of one data file. Immutable.
 *
 * <p>Commits are named by their ordinals. Deletes are a deletion vector, or the position delete
 * files that a table keeps from format version 2, or none.
 *
 * @param file the data file
 * @param addedAt the commit that added the file, {@link #NEVER} if it was there or is a rewrite
 * @param addedDeletes the deletes that this commit put on the file
 * @param steps the commits that changed which rows of the file are deleted, the oldest first
 * @param removedAt the commit that removed the file, or {@link #NEVER}
 * @param removedDeletes the deletes that were on the file just before
 */
record FileChanges(
    DataFile file,
    int addedAt,
    List<DeleteFile> addedDeletes,
    List<Step> steps,
    int removedAt,
    List<DeleteFile> removedDeletes)
    implements Serializable {

  static final int NEVER = -1;

  /**
   * A commit that changed the deletes of a data file.
   *
   * @param ordinal the commit
   * @param before the deletes before it
   * @param after the deletes after it
   */
  record Step(int ordinal, List<DeleteFile> before, List<DeleteFile> after)
      implements Serializable {}

  /** Whether every row of the file is looked at, not only the ones that a step names. */
  boolean concernsAllRows() {
    return addedAt != NEVER || removedAt != NEVER;
  }
}
