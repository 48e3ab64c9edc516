package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.plan.PartitionFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * What the manifests say about the data files that were there before the range and that it touches.
 * Memory follows those, not the table.
 */
final class StartState {
  private final Table table;
  private final Map<String, DataFile> files = new HashMap<>();
  private final Map<String, DeleteFile> vectors = new HashMap<>();
  private final List<DeleteFile> positionDeletes = new ArrayList<>();
  private final List<DeleteFile> equalityDeletes = new ArrayList<>();

  private StartState(Table table) {
    this.table = table;
  }

  /**
   * Reads the deletes of the snapshot before the range, and looks the data files up in the first
   * snapshot of the range: a table that was upgraded has no row ids before it.
   *
   * @param wanted paths of data files
   */
  static StartState read(
      Table table, ChangeRange range, PartitionFilter where, Set<String> wanted) {
    StartState state = new StartState(table);
    if (range.start() != null && !range.snapshots().isEmpty()) {
      for (ManifestFile manifest : range.start().deleteManifests(table.io())) {
        if (hasLiveFiles(manifest)) {
          state.readDeletes(manifest, where, wanted);
        }
      }
      if (!wanted.isEmpty()) {
        state.readFiles(range.snapshots().get(0).dataManifests(table.io()), wanted);
      }
    }
    return state;
  }

  /** The data file at {@code path}, null if the first commit of the range removed it. */
  DataFile file(String path) {
    return files.get(path);
  }

  /** The deletes on {@code file}. */
  List<DeleteFile> deletes(DataFile file) {
    DeleteFile vector = vectors.get(file.location());
    if (vector != null) {
      return List.of(vector);
    }
    return positionDeletes.stream()
        .filter(delete -> delete.dataSequenceNumber() >= file.dataSequenceNumber())
        .filter(delete -> samePartition(delete, file))
        .filter(
            delete ->
                delete.referencedDataFile() == null
                    || delete.referencedDataFile().equals(file.location()))
        .toList();
  }

  /**
   * The equality deletes that may delete rows of {@code file}, save those of {@code gone} paths.
   */
  List<DeleteFile> equalityDeletes(DataFile file, Set<String> gone) {
    return equalityDeletes.stream()
        .filter(delete -> !gone.contains(delete.location()))
        .filter(delete -> delete.dataSequenceNumber() > file.dataSequenceNumber())
        .filter(
            delete ->
                table.specs().get(delete.specId()).isUnpartitioned() || samePartition(delete, file))
        .toList();
  }

  private boolean samePartition(DeleteFile delete, DataFile file) {
    PartitionSpec spec = table.specs().get(file.specId());
    return delete.specId() == file.specId()
        && spec.partitionToPath(delete.partition()).equals(spec.partitionToPath(file.partition()));
  }

  private void readDeletes(ManifestFile manifest, PartitionFilter where, Set<String> wanted) {
    try (ManifestReader<DeleteFile> reader =
        ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      for (DeleteFile file : reader) {
        if (!where.matches(file)) {
          continue;
        }
        if (file.content() == FileContent.EQUALITY_DELETES) {
          equalityDeletes.add(file.copyWithoutStats());
        } else if (!ContentFileUtil.isDV(file)) {
          positionDeletes.add(file.copyWithoutStats());
        } else if (wanted.contains(file.referencedDataFile())) {
          vectors.put(file.referencedDataFile(), file.copyWithoutStats());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read delete manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
    }
  }

  private void readFiles(List<ManifestFile> manifests, Set<String> wanted) {
    Set<String> missing = new HashSet<>(wanted);
    for (ManifestFile manifest : manifests) {
      if (missing.isEmpty()) {
        return;
      }
      if (!hasLiveFiles(manifest)) {
        continue;
      }
      try (ManifestReader<DataFile> reader =
          ManifestFiles.read(manifest, table.io(), table.specs())) {
        for (DataFile file : reader) {
          if (missing.remove(file.location())) {
            files.put(file.location(), file.copyWithoutStats());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read data manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
      }
    }
  }

  private static boolean hasLiveFiles(ManifestFile manifest) {
    return manifest.hasAddedFiles() || manifest.hasExistingFiles();
  }
}
