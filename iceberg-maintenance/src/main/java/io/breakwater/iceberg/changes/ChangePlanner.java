package io.breakwater.iceberg.changes;

import static io.breakwater.iceberg.changes.FileChanges.NEVER;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.Tasks;
import org.apache.iceberg.util.ThreadPools;

/**
 * Finds the data files in which the changes of a range are, from the manifests that its commits
 * wrote. Rows are not read.
 *
 * <p>A commit that Iceberg calls {@code replace} changes no row; its files are followed only so far
 * as later commits touch them.
 */
final class ChangePlanner {
  private final Target target;
  private final Table table;
  private final ChangeRange range;
  private final PartitionFilter where;

  private final Map<String, FileHistory> open = new HashMap<>();
  private final List<FileChanges> changes = new ArrayList<>();
  private final List<ChangeCommit> commits = new ArrayList<>();
  private final Set<String> goneDeletes = new HashSet<>();
  private final Set<String> touched = new HashSet<>();
  private StartState start;

  ChangePlanner(Target target, ChangeRange range, PartitionFilter where) {
    this.target = target;
    this.table = target.table();
    this.range = range;
    this.where = where;
  }

  /**
   * Makes the plan.
   *
   * @throws UnsupportedOperationException if a commit cannot be told apart into rows: it was
   *     written before the table had row ids, or added equality deletes
   */
  ChangePlan plan() {
    requireTellable();
    List<SnapshotFiles> snapshots = readSnapshots();
    start = StartState.read(table, range, where, touchedOlderFiles(snapshots));
    int ordinal = 0;
    for (SnapshotFiles snapshot : snapshots) {
      if (snapshot.isSilent()) {
        follow(snapshot, NEVER);
      } else {
        requireNoOtherDeletes(snapshot);
        follow(snapshot, ordinal++);
      }
    }
    open.values().stream()
        .filter(file -> !file.isUnchanged())
        .map(FileHistory::changes)
        .forEach(changes::add);
    changes.forEach(this::requireReadable);
    return new ChangePlan(range, List.copyOf(commits), split(false), split(true));
  }

  private List<SnapshotFiles> readSnapshots() {
    SnapshotFiles[] read = new SnapshotFiles[range.snapshots().size()];
    Tasks.range(read.length)
        .executeWith(ThreadPools.getWorkerPool())
        .stopOnFailure()
        .throwFailureWhenFinished()
        .run(i -> read[i] = SnapshotFiles.read(range.snapshots().get(i), table.io(), where));
    return List.of(read);
  }

  /** Files that visible commits touch, and of those the ones that no commit of the range added. */
  private Set<String> touchedOlderFiles(List<SnapshotFiles> snapshots) {
    Set<String> older = new HashSet<>();
    Set<String> added = new HashSet<>();
    for (SnapshotFiles snapshot : snapshots) {
      snapshot.addedData().forEach(file -> added.add(file.location()));
      if (!snapshot.isSilent()) {
        touched.addAll(snapshot.touched());
        snapshot.touched().stream().filter(path -> !added.contains(path)).forEach(older::add);
      }
    }
    return older;
  }

  private void follow(SnapshotFiles snapshot, int ordinal) {
    Map<String, DeleteFile> vectors = new HashMap<>(snapshot.vectors());
    snapshot.removedData().forEach(file -> remove(file, ordinal));
    requireSameRowIds(snapshot);
    for (DataFile file : snapshot.addedData()) {
      DeleteFile vector = vectors.remove(file.location());
      if (ordinal != NEVER || touched.contains(file.location())) {
        open.put(file.location(), new FileHistory(file, ordinal, listOf(vector)));
      }
    }
    vectors.forEach((path, vector) -> changeDeletes(path, List.of(vector), ordinal));
    snapshot.withdrawnVectors().forEach(path -> changeDeletes(path, List.of(), ordinal));
    goneDeletes.addAll(snapshot.removedDeletes());
    boolean silent = ordinal == NEVER;
    commits.add(
        new ChangeCommit(
            ordinal,
            snapshot.snapshot().snapshotId(),
            snapshot.snapshot().timestampMillis(),
            snapshot.snapshot().operation(),
            silent ? 0 : snapshot.addedData().size(),
            silent ? 0 : snapshot.removedData().size(),
            silent ? 0 : vectors.size() + snapshot.withdrawnVectors().size()));
  }

  private void remove(DataFile removed, int ordinal) {
    FileHistory history = open.remove(removed.location());
    if (history == null) {
      if (ordinal == NEVER) {
        return;
      }
      history = olderFile(removed.location(), removed);
    }
    if (ordinal != NEVER) {
      requireNoEqualityDeletes(history.file());
    }
    if (ordinal != NEVER || !history.isUnchanged()) {
      changes.add(history.changes(ordinal));
    }
  }

  private void changeDeletes(String path, List<DeleteFile> after, int ordinal) {
    if (!open.containsKey(path) && !touched.contains(path)) {
      return;
    }
    FileHistory history = open.computeIfAbsent(path, key -> olderFile(key, start.file(key)));
    if (ordinal == NEVER) {
      history.rewriteDeletes(after);
    } else {
      history.step(ordinal, after);
    }
  }

  private FileHistory olderFile(String path, DataFile removed) {
    DataFile known = start.file(path) == null ? removed : start.file(path);
    if (known == null) {
      throw new IllegalStateException(
          "Cannot show changes of %s: a deletion vector is bound to data file %s, which is not in the table; call verify_deletion_vectors"
              .formatted(target.name(), path));
    }
    return new FileHistory(known, NEVER, start.deletes(known));
  }

  private List<FileChanges> split(boolean matched) {
    Set<Integer> updates = new HashSet<>();
    commits.stream()
        .filter(ChangeCommit::mayUpdate)
        .map(ChangeCommit::ordinal)
        .forEach(updates::add);
    return changes.stream()
        .filter(file -> ordinals(file).anyMatch(updates::contains) == matched)
        .toList();
  }

  private static Stream<Integer> ordinals(FileChanges file) {
    return Stream.concat(
            IntStream.of(file.addedAt(), file.removedAt()).boxed(),
            file.steps().stream().map(FileChanges.Step::ordinal))
        .filter(ordinal -> ordinal != NEVER);
  }

  private static List<DeleteFile> listOf(DeleteFile vector) {
    return vector == null ? List.of() : List.of(vector);
  }

  private void requireTellable() {
    List<Snapshot> snapshots = range.snapshots();
    if (snapshots.size() > RowEvents.MAX_COMMITS) {
      throw cannot(
          "the range has %d commits, must be at most %d"
              .formatted(snapshots.size(), RowEvents.MAX_COMMITS),
          "begin or end elsewhere");
    }
    for (int i = snapshots.size() - 1; i >= 0; i--) {
      if (snapshots.get(i).firstRowId() == null) {
        throw cannot(
            "snapshot %d was written in format version 2, whose rows have no ids"
                .formatted(snapshots.get(i).snapshotId()),
            "begin after it, with start_snapshot_id => " + snapshots.get(i).snapshotId());
      }
    }
  }

  private void requireNoOtherDeletes(SnapshotFiles snapshot) {
    for (DeleteFile delete : snapshot.addedOtherDeletes()) {
      throw cannot(
          "snapshot %d adds the %s delete file %s, which does not say which rows it deletes"
              .formatted(
                  snapshot.snapshot().snapshotId(),
                  delete.content() == FileContent.EQUALITY_DELETES ? "equality" : "position",
                  delete.location()),
          "begin after it, with start_snapshot_id => " + snapshot.snapshot().snapshotId());
    }
  }

  private void requireNoEqualityDeletes(DataFile file) {
    for (DeleteFile delete : start.equalityDeletes(file, goneDeletes)) {
      throw cannot(
          "data file %s was removed while equality delete file %s may have deleted rows of it"
              .formatted(file.location(), delete.location()),
          "convert equality deletes with convert_equality_deletes and begin after that");
    }
  }

  /** A commit that rewrites manifests must carry the first row ids over. */
  private void requireSameRowIds(SnapshotFiles snapshot) {
    for (DataFile file : snapshot.carriedOver(table, touched)) {
      FileHistory history = open.get(file.location());
      DataFile known = history == null ? start.file(file.location()) : history.file();
      if (known != null && !Objects.equals(known.firstRowId(), file.firstRowId())) {
        throw cannot(
            "snapshot %d gave the rows of data file %s new row ids, from %d instead of %d, as rewrite_manifests of Iceberg 1.10 does"
                .formatted(
                    snapshot.snapshot().snapshotId(),
                    file.location(),
                    file.firstRowId(),
                    known.firstRowId()),
            "begin after it, with start_snapshot_id => " + snapshot.snapshot().snapshotId());
      }
    }
  }

  private void requireReadable(FileChanges changed) {
    DataFile file = changed.file();
    if (file.firstRowId() == null) {
      throw cannot(
          "data file %s has no row ids, it left the table in the commit that upgraded it"
              .formatted(file.location()),
          "begin after that commit");
    }
    if (file.format() != FileFormat.PARQUET && file.format() != FileFormat.AVRO) {
      throw cannot(
          "data file %s is %s, in which row ids are not read"
              .formatted(file.location(), file.format()),
          "write the table as Parquet");
    }
  }

  private UnsupportedOperationException cannot(String reason, String fix) {
    return new UnsupportedOperationException(
        "Cannot show changes of %s: %s; %s".formatted(target.name(), reason, fix));
  }
}
