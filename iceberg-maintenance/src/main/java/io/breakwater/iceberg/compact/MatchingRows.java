package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.BaseFileScanTask;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PartitionSpecParser;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ResidualEvaluator;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where the rows are that match a predicate, deleted or not: Spark reads every data file that any
 * snapshot has and that may hold one by its statistics, with the deleted rows in it.
 */
final class MatchingRows {
  private static final long SPLIT_BYTES = 128L << 20;
  private static final String PATH = MetadataColumns.FILE_PATH.name();
  private static final String DELETED = MetadataColumns.IS_DELETED.name();

  private final SparkSession spark;
  private final Target target;
  private final String where;
  private final Expression filter;

  /**
   * What was found.
   *
   * @param deleted per data file of the head, how many of its deleted rows match
   * @param outside per data file that only other snapshots have, how many of its rows match
   * @param liveRows rows of the head that match and are not deleted
   * @param files data files that any snapshot has
   * @param scannedFiles data files that were read; no row of the others can match
   */
  record Found(
      Map<String, Long> deleted,
      Map<String, Long> outside,
      long liveRows,
      long files,
      long scannedFiles) {

    boolean isClean() {
      return deleted.isEmpty() && outside.isEmpty();
    }
  }

  MatchingRows(SparkSession spark, Target target, String where, Expression filter) {
    this.spark = spark;
    this.target = target;
    this.where = where;
    this.filter = filter;
  }

  /** Reads what is reachable from the table as last refreshed. */
  Found find() {
    Snapshot head = target.snapshot();
    ReachableFiles reachable = new ReachableFiles(target.table());
    Set<String> headPaths = reachable.pathsOf(head);
    List<FileScanTask> ofHead = tasksOf(head);
    ReachableFiles.Outside others = reachable.outside(head, headPaths, filter);
    List<FileScanTask> ofOthers = withoutDeletes(others.candidates());
    StagedTasks staged = new StagedTasks(spark, target);
    Map<String, Long> deleted = new TreeMap<>();
    Map<String, Long> outside = new TreeMap<>();
    long live = 0;
    for (Row row : matches(staged, ofHead)) {
      if (row.getBoolean(1)) {
        deleted.merge(row.getString(0), row.getLong(2), Long::sum);
      } else {
        live += row.getLong(2);
      }
    }
    for (Row row : matches(staged, ofOthers)) {
      outside.merge(row.getString(0), row.getLong(2), Long::sum);
    }
    return new Found(
        deleted, outside, live, headPaths.size() + others.files(), ofHead.size() + ofOthers.size());
  }

  private List<Row> matches(StagedTasks staged, List<FileScanTask> tasks) {
    return tasks.isEmpty()
        ? List.of()
        : staged.with(
            tasks,
            id ->
                staged
                    .readWithMetadata(id, SPLIT_BYTES)
                    .filter(where)
                    .select(PATH, DELETED)
                    .groupBy(PATH, DELETED)
                    .count()
                    .collectAsList());
  }

  private List<FileScanTask> tasksOf(Snapshot head) {
    List<FileScanTask> tasks = new ArrayList<>();
    try (CloseableIterable<FileScanTask> all =
        target
            .table()
            .newScan()
            .useSnapshot(head.snapshotId())
            .caseSensitive(false)
            .filter(filter)
            .planFiles()) {
      all.forEach(tasks::add);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan the data files of %s: %s".formatted(target.name(), e.getMessage()), e);
    }
    return tasks;
  }

  private List<FileScanTask> withoutDeletes(List<DataFile> files) {
    Table table = target.table();
    String schema = SchemaParser.toJson(table.schema());
    List<FileScanTask> tasks = new ArrayList<>();
    for (DataFile file : files) {
      PartitionSpec spec = table.specs().get(file.specId());
      tasks.add(
          new BaseFileScanTask(
              file,
              new DeleteFile[0],
              schema,
              PartitionSpecParser.toJson(spec),
              ResidualEvaluator.of(spec, filter, false)));
    }
    return tasks;
  }
}
