package io.breakwater.iceberg.convert;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.MetadataTableType;
import org.apache.iceberg.MetadataTableUtils;
import org.apache.iceberg.PositionDeletesScanTask;
import org.apache.iceberg.ScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The rows that new deletion vectors of a group must delete, but for those of its old vectors. */
final class Positions {
  /** The number of the data file. */
  static final String CANDIDATE = "candidate";

  /** The row's position in it, from 0. */
  static final String POSITION = "position";

  private Positions() {}

  /** Of equality deletes and version 2 position deletes; nothing if the group has neither. */
  static Optional<Dataset<Row>> of(
      ConvertGroup group, KeyMatch match, SparkSession spark, StagedReads reads, ConvertPlan plan) {
    List<Dataset<Row>> parts = new ArrayList<>();
    group
        .matchings()
        .forEach(
            (keys, matching) -> {
              if (!matching.files().isEmpty()) {
                parts.add(match.positions(keys, matching));
              }
            });
    List<Candidate> uncovered =
        group.candidates().stream().filter(candidate -> candidate.vector() == null).toList();
    if (!uncovered.isEmpty() && !group.positionDeletes().isEmpty()) {
      parts.add(ofPositionDeletes(group, uncovered, spark, reads, plan));
    }
    return parts.stream().reduce(Dataset::union);
  }

  /** As in a scan, a delete file counts in its own partition, and not beside a deletion vector. */
  private static Dataset<Row> ofPositionDeletes(
      ConvertGroup group,
      List<Candidate> candidates,
      SparkSession spark,
      StagedReads reads,
      ConvertPlan plan) {
    List<Row> files = new ArrayList<>();
    for (Candidate candidate : candidates) {
      files.add(
          RowFactory.create(
              candidate.location(),
              candidate.id(),
              candidate.partition(),
              candidate.file().dataSequenceNumber(),
              candidate.file().recordCount()));
    }
    List<Row> deletes = new ArrayList<>();
    for (DeleteFile delete : group.positionDeletes()) {
      deletes.add(
          RowFactory.create(
              delete.location(), plan.scopes().partitionOf(delete), delete.dataSequenceNumber()));
    }
    Table metadataTable =
        MetadataTableUtils.createMetadataTableInstance(
            reads.table(), MetadataTableType.POSITION_DELETES);
    Dataset<Row> fileRows =
        spark.createDataFrame(
            files,
            new StructType()
                .add("data_file", DataTypes.StringType, false)
                .add(CANDIDATE, DataTypes.IntegerType, false)
                .add("data_partition", DataTypes.IntegerType, false)
                .add("data_sequence", DataTypes.LongType, false)
                .add("data_rows", DataTypes.LongType, false));
    Dataset<Row> deleteRows =
        spark.createDataFrame(
            deletes,
            new StructType()
                .add("delete_file", DataTypes.StringType, false)
                .add("delete_partition", DataTypes.IntegerType, false)
                .add("delete_sequence", DataTypes.LongType, false));
    return reads
        .read(metadataTable, tasks(metadataTable, group.positionDeletes(), plan))
        .select(
            col(MetadataColumns.DELETE_FILE_PATH.name()).as("deleted_in"),
            col(MetadataColumns.DELETE_FILE_POS.name()).as(POSITION),
            col("delete_file_path"))
        .join(broadcast(deleteRows), col("delete_file_path").equalTo(col("delete_file")))
        .join(
            broadcast(fileRows),
            col("deleted_in")
                .equalTo(col("data_file"))
                .and(col("delete_partition").equalTo(col("data_partition")))
                .and(col("data_sequence").leq(col("delete_sequence")))
                .and(col(POSITION).lt(col("data_rows"))))
        .select(col(CANDIDATE), col(POSITION));
  }

  private static List<ScanTask> tasks(
      Table metadataTable, List<DeleteFile> deletes, ConvertPlan plan) {
    Set<String> wanted = new HashSet<>();
    deletes.forEach(delete -> wanted.add(delete.location()));
    List<ScanTask> tasks = new ArrayList<>();
    try (CloseableIterable<ScanTask> planned =
        metadataTable.newBatchScan().useSnapshot(plan.snapshot().snapshotId()).planFiles()) {
      for (ScanTask task : planned) {
        if (wanted.contains(((PositionDeletesScanTask) task).file().location())) {
          tasks.add(task);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan a scan of %s: %s".formatted(metadataTable.name(), e.getMessage()), e);
    }
    return tasks;
  }
}
