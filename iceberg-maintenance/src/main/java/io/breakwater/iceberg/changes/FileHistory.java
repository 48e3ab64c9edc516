package io.breakwater.iceberg.changes;

import static io.breakwater.iceberg.changes.FileChanges.NEVER;

import io.breakwater.iceberg.changes.FileChanges.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;

/** Follows one data file through the commits of a range. */
final class FileHistory {
  private final DataFile file;
  private final int addedAt;
  private final List<DeleteFile> addedDeletes;
  private final List<Step> steps = new ArrayList<>();
  private List<DeleteFile> deletes;

  /**
   * @param addedAt the commit whose rows these are, {@link FileChanges#NEVER} if they were there
   * @param deletes the deletes on the file at that commit, or before the range
   */
  FileHistory(DataFile file, int addedAt, List<DeleteFile> deletes) {
    this.file = file;
    this.addedAt = addedAt;
    this.addedDeletes = deletes;
    this.deletes = deletes;
  }

  /** The deletes are now {@code after}, and rows disappeared or came back. */
  void step(int ordinal, List<DeleteFile> after) {
    steps.add(new Step(ordinal, deletes, after));
    deletes = after;
  }

  /** The deletes are now {@code after}, but no row disappeared. */
  void rewriteDeletes(List<DeleteFile> after) {
    deletes = after;
  }

  DataFile file() {
    return file;
  }

  FileChanges changes() {
    return changes(NEVER);
  }

  FileChanges changes(int removedAt) {
    return new FileChanges(file, addedAt, addedDeletes, List.copyOf(steps), removedAt, deletes);
  }

  boolean isUnchanged() {
    return addedAt == NEVER && steps.isEmpty();
  }
}
