package io.breakwater.iceberg.convert;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Refuses a commit that would lose a delete or bring a row back because of what others committed
 * since the plan:
 *
 * <ul>
 *   <li>the branch no longer descends from the planned snapshot (it was rolled back, or the
 *       snapshots between were expired);
 *   <li>a data file that gets a vector has left the table, or got another vector or a version 2
 *       position delete;
 *   <li>a data file came with a sequence number below that of a removed equality delete, as
 *       compaction writes them: the delete may hold for its rows.
 * </ul>
 *
 * Plain appends, new equality deletes and changes of other files are no conflict. That the removed
 * delete files are still there is checked by the commit itself.
 */
final class ConcurrentChanges {
  private final ConvertPlan plan;
  private final FileIO io;
  private final Set<String> dataFiles = new HashSet<>();
  private final Set<Integer> partitions = new HashSet<>();
  private final boolean global;
  private final OptionalLong newestEqualityDelete;

  ConcurrentChanges(
      ConvertPlan plan, ConvertGroup group, Collection<DeleteFile> vectors, FileIO io) {
    this.plan = plan;
    this.io = io;
    List<DeleteFile> equalityDeletes = group.equalityDeletes();
    vectors.forEach(vector -> dataFiles.add(vector.referencedDataFile()));
    equalityDeletes.forEach(delete -> partitions.add(plan.scopes().partitionOf(delete)));
    this.global = equalityDeletes.stream().anyMatch(plan.scopes()::isGlobal);
    this.newestEqualityDelete =
        equalityDeletes.stream().mapToLong(DeleteFile::dataSequenceNumber).max();
  }

  /** Looks at every snapshot between the plan and {@code head}. */
  void check(TableMetadata base, Snapshot head) {
    long planned = plan.snapshot().snapshotId();
    Snapshot snapshot = head;
    while (snapshot != null && snapshot.snapshotId() != planned) {
      check(snapshot);
      snapshot = snapshot.parentId() == null ? null : base.snapshot(snapshot.parentId());
    }
    ValidationException.check(
        snapshot != null, "the branch no longer descends from planned snapshot %s", planned);
  }

  // Iceberg 1.12 deprecates these methods for a class that 1.10 does not have.
  @SuppressWarnings("deprecation")
  private void check(Snapshot snapshot) {
    for (DataFile file : snapshot.removedDataFiles(io)) {
      ValidationException.check(
          !dataFiles.contains(file.location()),
          "snapshot %s removed data file %s",
          snapshot.snapshotId(),
          file.location());
    }
    for (DataFile file : snapshot.addedDataFiles(io)) {
      ValidationException.check(
          !mayBeDeletedFrom(file),
          "snapshot %s added data file %s with older sequence number %s, for which the equality"
              + " deletes may hold",
          snapshot.snapshotId(),
          file.location(),
          file.dataSequenceNumber());
    }
    for (DeleteFile file : snapshot.addedDeleteFiles(io)) {
      ValidationException.check(
          !deletesFromOurs(file),
          "snapshot %s added delete file %s",
          snapshot.snapshotId(),
          file.location());
    }
  }

  private boolean mayBeDeletedFrom(DataFile file) {
    return newestEqualityDelete.isPresent()
        && file.dataSequenceNumber() < newestEqualityDelete.getAsLong()
        && (global || partitions.contains(plan.scopes().partitionOf(file)));
  }

  private boolean deletesFromOurs(DeleteFile file) {
    if (ContentFileUtil.isDV(file)) {
      return dataFiles.contains(file.referencedDataFile());
    }
    return file.content() == FileContent.POSITION_DELETES && !dataFiles.isEmpty();
  }
}
