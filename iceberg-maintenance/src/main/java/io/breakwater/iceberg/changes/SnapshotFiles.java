package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.plan.PartitionFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * What one commit added and removed, as its own manifests say.
 *
 * @param snapshot the commit
 * @param addedData data files it added
 * @param removedData data files it removed
 * @param vectors the deletion vectors it added, by data file
 * @param withdrawnVectors data files that lost their deletion vector and got no other
 * @param addedOtherDeletes delete files it added that are not deletion vectors
 * @param removedDeletes paths of delete files it removed that are not deletion vectors
 */
record SnapshotFiles(
    Snapshot snapshot,
    List<DataFile> addedData,
    List<DataFile> removedData,
    Map<String, DeleteFile> vectors,
    Set<String> withdrawnVectors,
    List<DeleteFile> addedOtherDeletes,
    Set<String> removedDeletes) {

  @SuppressWarnings("deprecation") // SnapshotChanges, which replaces it, is not in Iceberg 1.10
  static SnapshotFiles read(Snapshot snapshot, FileIO io, PartitionFilter where) {
    Map<String, DeleteFile> vectors = new HashMap<>();
    List<DeleteFile> others = new ArrayList<>();
    for (DeleteFile file : snapshot.addedDeleteFiles(io)) {
      if (!where.matches(file)) {
        continue;
      }
      if (ContentFileUtil.isDV(file)) {
        vectors.put(file.referencedDataFile(), file);
      } else {
        others.add(file);
      }
    }
    Set<String> withdrawn = new HashSet<>();
    Set<String> removed = new HashSet<>();
    for (DeleteFile file : snapshot.removedDeleteFiles(io)) {
      if (!ContentFileUtil.isDV(file)) {
        removed.add(file.location());
      } else if (where.matches(file) && !vectors.containsKey(file.referencedDataFile())) {
        withdrawn.add(file.referencedDataFile());
      }
    }
    List<DataFile> addedData = included(snapshot.addedDataFiles(io), where);
    List<DataFile> removedData = included(snapshot.removedDataFiles(io), where);
    removedData.forEach(file -> withdrawn.remove(file.location()));
    return new SnapshotFiles(snapshot, addedData, removedData, vectors, withdrawn, others, removed);
  }

  /** Whether the commit changes how rows are stored but not the rows. */
  boolean isSilent() {
    return DataOperations.REPLACE.equals(snapshot.operation());
  }

  /**
   * Paths of data files whose rows this commit made disappear, wholly or in part, or brought back.
   */
  Set<String> touched() {
    Set<String> paths = new HashSet<>(vectors.keySet());
    paths.addAll(withdrawnVectors);
    removedData.forEach(file -> paths.add(file.location()));
    return paths;
  }

  /** Of the data files at {@code paths} those that the commit wrote again into its manifests. */
  List<DataFile> carriedOver(Table table, Set<String> paths) {
    List<DataFile> files = new ArrayList<>();
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      if (paths.isEmpty()
          || !Objects.equals(manifest.snapshotId(), snapshot.snapshotId())
          || !manifest.hasExistingFiles()) {
        continue;
      }
      try (ManifestReader<DataFile> reader =
          ManifestFiles.read(manifest, table.io(), table.specs())) {
        for (DataFile file : reader) {
          if (paths.contains(file.location())) {
            files.add(file.copyWithoutStats());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read data manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
      }
    }
    return files;
  }

  private static List<DataFile> included(Iterable<DataFile> files, PartitionFilter where) {
    List<DataFile> included = new ArrayList<>();
    for (DataFile file : files) {
      if (where.matches(file)) {
        included.add(file.copyWithoutStats());
      }
    }
    return included;
  }
}
