package io.breakwater.iceberg.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.BaseFileScanTask;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PartitionSpecParser;
import org.apache.iceberg.ScanTask;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.ResidualEvaluator;
import org.apache.iceberg.spark.ScanTaskSetManager;
import org.apache.iceberg.spark.SparkReadOptions;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.Option;

/**
 * Reads chosen files of a table with Iceberg's Spark reader, and with no delete applied. What was
 * staged for the reader is forgotten by {@link #close()}. Not thread-safe.
 */
final class StagedReads implements AutoCloseable {
  private record Staged(Table table, String id) {}

  /** What a task carries as JSON, shared by the tasks. */
  private record Metadata(String schema, String spec) {
    static Metadata of(PartitionSpec spec) {
      return new Metadata(SchemaParser.toJson(spec.schema()), PartitionSpecParser.toJson(spec));
    }
  }

  private final SparkSession spark;
  private final Table table;
  private final List<Staged> staged = new ArrayList<>();

  StagedReads(SparkSession spark, Table table) {
    this.spark = spark;
    this.table = table;
  }

  /** The table whose columns the rows have. */
  Table table() {
    return table;
  }

  /** The rows of data files, deleted ones included. */
  Dataset<Row> dataFiles(List<DataFile> files) {
    Map<Integer, Metadata> ofSpecs = new HashMap<>();
    return read(
        table,
        files.stream()
            .map(
                file ->
                    task(
                        file,
                        ofSpecs.computeIfAbsent(
                            file.specId(), id -> Metadata.of(table.specs().get(id)))))
            .toList());
  }

  /**
   * The rows of equality delete files, with the columns of the table; those that the files do not
   * have are null or the column's default. The values come from the files, never from a partition.
   */
  Dataset<Row> equalityDeletes(List<DeleteFile> files) {
    Metadata unpartitioned =
        new Metadata(
            SchemaParser.toJson(table.schema()),
            PartitionSpecParser.toJson(PartitionSpec.unpartitioned()));
    return read(table, files.stream().map(file -> task(asData(file), unpartitioned)).toList());
  }

  Dataset<Row> read(Table readTable, List<? extends ScanTask> tasks) {
    String id = "breakwater-" + UUID.randomUUID();
    ScanTaskSetManager.get().stageTasks(readTable, id, tasks);
    staged.add(new Staged(readTable, id));
    return Dataset.ofRows(
        spark,
        DataSourceV2Relation.create(
            new SparkTable(readTable, false),
            Option.empty(),
            Option.empty(),
            new CaseInsensitiveStringMap(Map.of(SparkReadOptions.SCAN_TASK_SET_ID, id))));
  }

  @Override
  public void close() {
    staged.forEach(each -> ScanTaskSetManager.get().removeTasks(each.table(), each.id()));
    staged.clear();
  }

  private static FileScanTask task(DataFile file, Metadata metadata) {
    return new BaseFileScanTask(
        file,
        null,
        metadata.schema(),
        metadata.spec(),
        ResidualEvaluator.unpartitioned(Expressions.alwaysTrue()));
  }

  private static DataFile asData(DeleteFile file) {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath(file.location())
        .withFormat(file.format())
        .withFileSizeInBytes(file.fileSizeInBytes())
        .withRecordCount(file.recordCount())
        .withSplitOffsets(file.splitOffsets())
        .build();
  }
}
