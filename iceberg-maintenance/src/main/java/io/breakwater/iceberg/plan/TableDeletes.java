package io.breakwater.iceberg.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseMetadataTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.encryption.PlaintextEncryptionManager;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * The deletes of one snapshot, as its manifests list them. Immutable.
 *
 * @param tableName the name of the table, for messages
 * @param snapshotId the snapshot that was read, null for a table without one
 * @param vectors every deletion vector
 * @param deleteManifests how many delete manifests have a live entry
 * @param positionDeleteFiles v2 position delete files by partition
 * @param equalityDeleteFiles equality delete files by partition
 */
public record TableDeletes(
    String tableName,
    Long snapshotId,
    List<LiveVector> vectors,
    int deleteManifests,
    Map<Partition, FileTotals> positionDeleteFiles,
    Map<Partition, FileTotals> equalityDeleteFiles) {

  private static final int MIN_FORMAT_VERSION = 3;

  /**
   * Reads the manifests of the head of the branch.
   *
   * @throws UnsupportedOperationException if the table cannot have deletion vectors or they cannot
   *     be read here
   */
  public static TableDeletes read(Target target) {
    return read(target, PartitionFilter.all(target.table()));
  }

  /**
   * Reads the manifests of the head of the branch; every vector, but position and equality delete
   * files of the partitions of {@code where} only.
   *
   * @throws UnsupportedOperationException if the table cannot have deletion vectors or they cannot
   *     be read here
   */
  public static TableDeletes read(Target target, PartitionFilter where) {
    Table table = target.table();
    requireSupported(table);
    Snapshot snapshot = target.snapshot();
    if (snapshot == null) {
      return new TableDeletes(target.name(), null, List.of(), 0, Map.of(), Map.of());
    }

    List<DeleteFile> vectors = new ArrayList<>();
    Map<Partition, FileTotals> positionDeletes = new TreeMap<>();
    Map<Partition, FileTotals> equalityDeletes = new TreeMap<>();
    int manifests = 0;
    for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
      if (hasLiveFiles(manifest)) {
        manifests++;
        for (DeleteFile file : deleteFiles(table, manifest)) {
          if (ContentFileUtil.isDV(file)) {
            vectors.add(file);
          } else if (where.matches(file)) {
            Map<Partition, FileTotals> totals =
                file.content() == FileContent.EQUALITY_DELETES ? equalityDeletes : positionDeletes;
            totals.merge(
                Partition.of(spec(table, file.specId()), file),
                new FileTotals(1, file.fileSizeInBytes()),
                FileTotals::plus);
          }
        }
      }
    }
    Map<String, DataFileSize> sizes = sizesOf(table, snapshot, vectors);
    return new TableDeletes(
        target.name(),
        snapshot.snapshotId(),
        vectors.stream()
            .map(file -> liveVector(table, file, sizes.get(file.referencedDataFile())))
            .toList(),
        manifests,
        Map.copyOf(positionDeletes),
        Map.copyOf(equalityDeletes));
  }

  /** The vectors by the Puffin file that holds them, in the order of the paths. */
  public Map<String, List<LiveVector>> byPuffin() {
    return vectors.stream()
        .collect(
            Collectors.groupingBy(
                vector -> vector.file().location(), TreeMap::new, Collectors.toList()));
  }

  /**
   * Refuses a table whose answers are not defined.
   *
   * @throws IllegalStateException if a data file has two deletion vectors
   */
  public void requireOneVectorPerDataFile() {
    Map<String, LiveVector> seen = new HashMap<>();
    for (LiveVector vector : vectors) {
      LiveVector other = seen.put(vector.file().referencedDataFile(), vector);
      if (other != null) {
        throw new IllegalStateException(
            "Cannot rewrite deletion vectors of %s: data file %s has two, in %s and %s; the table is"
                    .formatted(
                        tableName,
                        vector.file().referencedDataFile(),
                        other.file().location(),
                        vector.file().location())
                + " damaged, roll back to a snapshot before the second");
      }
    }
  }

  /**
   * How many delete manifests of {@code snapshot} have a live entry, so that every scan reads them.
   */
  public static int liveDeleteManifests(Table table, Snapshot snapshot) {
    return (int)
        snapshot.deleteManifests(table.io()).stream().filter(TableDeletes::hasLiveFiles).count();
  }

  /**
   * Refuses a table whose Puffin files cannot be read here.
   *
   * @throws UnsupportedOperationException if it is a metadata table or encrypted
   */
  public static void requireReadable(Table table) {
    if (table instanceof BaseMetadataTable) {
      throw new UnsupportedOperationException(
          "Cannot read deletion vectors of %s: it is a metadata table; name the table itself"
              .formatted(table.name()));
    }
    if (!(table.encryption() instanceof PlaintextEncryptionManager)) {
      throw new UnsupportedOperationException(
          "Cannot read deletion vectors of %s: the table is encrypted, which is not supported"
              .formatted(table.name()));
    }
  }

  /**
   * Makes sure that {@code table} can have deletion vectors, and that they can be read here.
   *
   * @throws UnsupportedOperationException if not
   */
  public static void requireSupported(Table table) {
    requireReadable(table);
    int version = TableUtil.formatVersion(table);
    if (version < MIN_FORMAT_VERSION) {
      throw new UnsupportedOperationException(
          "Cannot read deletion vectors of %s: format version %d, must be at least %d; upgrade with"
                  .formatted(table.name(), version, MIN_FORMAT_VERSION)
              + " ALTER TABLE ... SET TBLPROPERTIES ('format-version' = '3')");
    }
  }

  private record DataFileSize(long rows, long bytes) {}

  private static LiveVector liveVector(Table table, DeleteFile file, DataFileSize data) {
    return new LiveVector(
        file,
        Partition.of(spec(table, file.specId()), file),
        data == null ? -1 : data.rows(),
        data == null ? 0 : data.bytes());
  }

  private static List<DeleteFile> deleteFiles(Table table, ManifestFile manifest) {
    List<DeleteFile> files = new ArrayList<>();
    try (ManifestReader<DeleteFile> reader =
        ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      reader.forEach(files::add);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read delete manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
    }
    return files;
  }

  /** Only the referenced data files are kept, so memory follows the vectors, not the table. */
  private static Map<String, DataFileSize> sizesOf(
      Table table, Snapshot snapshot, List<DeleteFile> files) {
    Map<String, DataFileSize> sizes = new HashMap<>();
    Set<String> wanted =
        files.stream()
            .map(DeleteFile::referencedDataFile)
            .collect(Collectors.toCollection(HashSet::new));
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      if (wanted.isEmpty() || !hasLiveFiles(manifest)) {
        continue;
      }
      try (ManifestReader<DataFile> reader =
          ManifestFiles.read(manifest, table.io(), table.specs())
              .select(List.of("file_path", "record_count", "file_size_in_bytes"))) {
        for (DataFile file : reader) {
          if (wanted.contains(file.location())) {
            sizes.put(
                file.location(), new DataFileSize(file.recordCount(), file.fileSizeInBytes()));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read data manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
      }
    }
    return sizes;
  }

  private static boolean hasLiveFiles(ManifestFile manifest) {
    return manifest.hasAddedFiles() || manifest.hasExistingFiles();
  }

  private static PartitionSpec spec(Table table, int id) {
    return table.specs().get(id);
  }
}
