package io.breakwater.iceberg.changes;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.BinPacking.ListPacker;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.types.StructType;

/** Packs data files into tasks of the size that the table has for its splits. */
final class ChangeScan implements Scan, Batch {
  private static final int LOOKBACK = 10;

  private final Table table;
  private final Schema columns;
  private final StructType readSchema;
  private final List<FileChanges> files;
  private final List<ChangeCommit> commits;

  ChangeScan(
      Table table,
      Schema columns,
      StructType readSchema,
      List<FileChanges> files,
      List<ChangeCommit> commits) {
    this.table = table;
    this.columns = columns;
    this.readSchema = readSchema;
    this.files = files;
    this.commits = commits;
  }

  @Override
  public StructType readSchema() {
    return readSchema;
  }

  @Override
  public String description() {
    return "changed rows in %d data files of %s".formatted(files.size(), table.name());
  }

  @Override
  public Batch toBatch() {
    return this;
  }

  @Override
  public InputPartition[] planInputPartitions() {
    long target = property(TableProperties.SPLIT_SIZE, TableProperties.SPLIT_SIZE_DEFAULT);
    long openCost =
        property(
            TableProperties.SPLIT_OPEN_FILE_COST, TableProperties.SPLIT_OPEN_FILE_COST_DEFAULT);
    List<FileSlice> slices =
        files.stream().flatMap(file -> FileSlice.of(file, target).stream()).toList();
    return new ListPacker<FileSlice>(target, LOOKBACK, false)
        .pack(slices, slice -> Math.max(slice.length(), openCost)).stream()
            .map(group -> new SliceGroup(List.copyOf(group)))
            .toArray(InputPartition[]::new);
  }

  @Override
  public PartitionReaderFactory createReaderFactory() {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(SparkSession.active().sparkContext());
    return new Factory(context.broadcast(table), columns, List.copyOf(commits));
  }

  private long property(String name, long fallback) {
    return PropertyUtil.propertyAsLong(table.properties(), name, fallback);
  }

  /** What one task reads. */
  record SliceGroup(List<FileSlice> slices) implements InputPartition {}

  private record Factory(Broadcast<Table> table, Schema columns, List<ChangeCommit> commits)
      implements PartitionReaderFactory {
    @Override
    public PartitionReader<InternalRow> createReader(InputPartition partition) {
      return new ChangeReader(table.value(), columns, commits, ((SliceGroup) partition).slices());
    }
  }
}
