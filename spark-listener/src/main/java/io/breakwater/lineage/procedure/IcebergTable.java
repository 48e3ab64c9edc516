package io.breakwater.lineage.procedure;

import io.breakwater.lineage.dataset.IcebergDataset;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a call did to a table from the table's metadata.
 *
 * <p>By then other writers, and the job's next statement, may have committed too. The state before
 * is therefore the parent of the call's first commit, the state after its last commit; if it
 * committed nothing, both are what the metadata log says for the moments of its begin and end.
 */
final class IcebergTable {

  private static final Logger LOG = LoggerFactory.getLogger(IcebergTable.class);

  /** Deletion vectors are not counted where that means to read more of delete manifests. */
  private static final long MAX_MANIFEST_BYTES = 64L << 20;

  private static final int FIRST_VERSION_WITH_VECTORS = 3;

  private final SparkSession spark;
  private final TableCatalog catalog;
  private final Identifier identifier;
  private final String branch;
  private final Optional<String> source;

  IcebergTable(
      SparkSession spark,
      TableCatalog catalog,
      Identifier identifier,
      String branch,
      Optional<String> source) {
    this.spark = spark;
    this.catalog = catalog;
    this.identifier = identifier;
    this.branch = branch;
    this.source = source;
  }

  TableReading readAtStart() {
    Optional<Table> table = load();
    return new TableReading(
        table.map(this::dataset),
        sourceDataset(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  TableReading readAtEnd(Instant start, Instant end, List<Commit> known) {
    Optional<Table> loaded = load();
    if (loaded.isEmpty()) {
      return new TableReading(
          Optional.empty(),
          sourceDataset(),
          Optional.empty(),
          Optional.empty(),
          known,
          Optional.of("there is no such table"));
    }
    Table table = loaded.get();
    Optional<ObjectNode> dataset = Optional.of(dataset(table));
    if (!(table instanceof HasTableOperations operations)) {
      return new TableReading(
          dataset,
          sourceDataset(),
          Optional.empty(),
          Optional.empty(),
          known,
          Optional.of("the table shows no metadata"));
    }
    TableMetadata now = operations.operations().current();
    Optional<TableMetadata> atStart = at(table, now, start);
    Optional<TableMetadata> atEnd = at(table, now, end);
    List<Commit> commits = ofBranch(now, known);
    Optional<Long> firstParent =
        commits.isEmpty() ? Optional.empty() : parent(now, commits.get(0).snapshotId());
    Optional<Snapshot> before =
        firstParent.isPresent()
            ? snapshot(firstParent.get(), now, atStart)
            : atStart.flatMap(this::head);
    Optional<Snapshot> after =
        commits.isEmpty()
            ? atEnd.flatMap(this::head)
            : snapshot(commits.get(commits.size() - 1).snapshotId(), now, atEnd);
    return new TableReading(
        dataset,
        sourceDataset(),
        atStart.map(metadata -> state(table, metadata, before)),
        atEnd.map(metadata -> state(table, metadata, after)),
        known,
        Optional.empty());
  }

  private Optional<Table> load() {
    try {
      return catalog.loadTable(identifier) instanceof SparkTable found
          ? Optional.of(found.table())
          : Optional.empty();
    } catch (NoSuchTableException e) {
      LOG.debug("There is no table {} yet", identifier, e);
      return Optional.empty();
    }
  }

  private ObjectNode dataset(Table table) {
    return IcebergDataset.of(spark, catalog, identifier, table);
  }

  private Optional<ObjectNode> sourceDataset() {
    return source.flatMap(name -> SourceTable.dataset(spark, name));
  }

  /** The metadata that was current at {@code moment}; empty if it is gone or never was. */
  private static Optional<TableMetadata> at(Table table, TableMetadata now, Instant moment) {
    if (now.lastUpdatedMillis() <= moment.toEpochMilli()) {
      return Optional.of(now);
    }
    return now.previousFiles().stream()
        .filter(entry -> entry.timestampMillis() <= moment.toEpochMilli())
        .max(Comparator.comparingLong(TableMetadata.MetadataLogEntry::timestampMillis))
        .map(entry -> TableMetadataParser.read(table.io(), entry.file()));
  }

  private Optional<Snapshot> head(TableMetadata metadata) {
    if (branch.equals(SnapshotRef.MAIN_BRANCH)) {
      return Optional.ofNullable(metadata.currentSnapshot());
    }
    return Optional.ofNullable(metadata.ref(branch))
        .map(ref -> metadata.snapshot(ref.snapshotId()));
  }

  /** Those whose snapshots lead to the branch, oldest first; all if the branch is gone. */
  private List<Commit> ofBranch(TableMetadata metadata, List<Commit> commits) {
    Optional<Snapshot> head = head(metadata);
    if (head.isEmpty()) {
      return List.of();
    }
    List<Long> ancestors = new ArrayList<>();
    for (Snapshot at = head.get(); at != null; at = parentOf(metadata, at)) {
      ancestors.add(at.snapshotId());
    }
    return commits.stream()
        .filter(commit -> ancestors.contains(commit.snapshotId()))
        .sorted(Comparator.comparingLong(Commit::sequenceNumber))
        .toList();
  }

  private static Snapshot parentOf(TableMetadata metadata, Snapshot snapshot) {
    return snapshot.parentId() == null ? null : metadata.snapshot(snapshot.parentId());
  }

  private static Optional<Long> parent(TableMetadata metadata, long snapshotId) {
    return Optional.ofNullable(metadata.snapshot(snapshotId)).map(Snapshot::parentId);
  }

  private static Optional<Snapshot> snapshot(
      long id, TableMetadata now, Optional<TableMetadata> then) {
    Optional<Snapshot> found = Optional.ofNullable(now.snapshot(id));
    return found.isPresent() ? found : then.map(metadata -> metadata.snapshot(id));
  }

  private TableState state(Table table, TableMetadata metadata, Optional<Snapshot> snapshot) {
    return new TableState(
        metadata.formatVersion(),
        metadata.snapshots().size(),
        snapshot.map(
            found ->
                new TableState.Snapshot(
                    found.snapshotId(),
                    found.sequenceNumber(),
                    Instant.ofEpochMilli(found.timestampMillis()),
                    SnapshotCounts.count(found.summary(), SnapshotCounts.TOTAL_DATA_FILES),
                    SnapshotCounts.count(found.summary(), SnapshotCounts.TOTAL_DELETE_FILES),
                    deletionVectors(table, metadata, found),
                    SnapshotCounts.count(found.summary(), SnapshotCounts.TOTAL_RECORDS),
                    SnapshotCounts.count(found.summary(), SnapshotCounts.TOTAL_BYTES))));
  }

  /** No snapshot sums them up; they are counted in its delete manifests. */
  private Optional<Long> deletionVectors(Table table, TableMetadata metadata, Snapshot snapshot) {
    Map<String, String> summary = snapshot.summary();
    if (metadata.formatVersion() < FIRST_VERSION_WITH_VECTORS
        || "0".equals(summary.get(SnapshotCounts.TOTAL_DELETE_FILES))) {
      return Optional.of(0L);
    }
    try {
      List<ManifestFile> manifests = snapshot.deleteManifests(table.io());
      if (manifests.stream().mapToLong(ManifestFile::length).sum() > MAX_MANIFEST_BYTES) {
        return Optional.empty();
      }
      long count = 0;
      for (ManifestFile manifest : manifests) {
        try (ManifestReader<DeleteFile> files =
            ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
          for (DeleteFile file : files) {
            count += file.format() == FileFormat.PUFFIN ? 1 : 0;
          }
        }
      }
      return Optional.of(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (org.apache.iceberg.exceptions.NotFoundException e) {
      LOG.debug("The manifests of snapshot {} are gone", snapshot.snapshotId(), e);
      return Optional.empty();
    }
  }
}
