package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Target;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.FileRewriteCoordinator;
import org.apache.iceberg.spark.ScanTaskSetManager;
import org.apache.iceberg.spark.SparkReadOptions;
import org.apache.iceberg.spark.SparkSQLProperties;
import org.apache.iceberg.spark.SparkTableCache;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.Option;

/**
 * Lets Spark read exactly the given files, by Iceberg's staged scan. Schema, properties and default
 * partition spec are those of the time of construction, whatever is altered meanwhile. Thread-safe.
 */
final class StagedTasks {
  private final SparkSession session;
  private final Table table;

  StagedTasks(SparkSession spark, Target target) {
    this.session = spark.cloneSession();
    session.conf().set("spark.sql.adaptive.enabled", false);
    session.conf().set(SparkSQLProperties.EXECUTOR_CACHE_DELETE_FILES_ENABLED, "false");
    this.table =
        new BaseTable(
            new StaticTableOperations(
                ((HasTableOperations) target.table()).operations().current(),
                target.table().io(),
                target.table().locationProvider()),
            target.table().name());
  }

  Table table() {
    return table;
  }

  /** Runs {@code work} with an id under which {@code tasks} can be read and rewritten. */
  <R> R with(List<FileScanTask> tasks, Function<String, R> work) {
    String id = UUID.randomUUID().toString();
    try {
      SparkTableCache.get().add(id, table);
      ScanTaskSetManager.get().stageTasks(table, id, tasks);
      return work.apply(id);
    } finally {
      SparkTableCache.get().remove(id);
      ScanTaskSetManager.get().removeTasks(table, id);
      FileRewriteCoordinator.get().clearRewrite(table, id);
    }
  }

  /**
   * The rows of the tasks under {@code id}, their row ids and sequence numbers among the columns,
   * packed into Spark tasks of {@code splitBytes}.
   */
  Dataset<Row> read(String id, long splitBytes) {
    return session
        .read()
        .format("iceberg")
        .option(SparkReadOptions.SCAN_TASK_SET_ID, id)
        .option(SparkReadOptions.SPLIT_SIZE, splitBytes)
        .option(SparkReadOptions.FILE_OPEN_COST, "0")
        .load(id);
  }

  /**
   * The rows with the table's own columns and Iceberg's metadata columns; if {@code _deleted} is
   * selected, deleted rows are among them.
   */
  Dataset<Row> readWithMetadata(String id, long splitBytes) {
    return Dataset.ofRows(
        session,
        DataSourceV2Relation.create(
            new SparkTable(table, false),
            Option.empty(),
            Option.empty(),
            new CaseInsensitiveStringMap(
                Map.of(
                    SparkReadOptions.SCAN_TASK_SET_ID,
                    id,
                    SparkReadOptions.SPLIT_SIZE,
                    String.valueOf(splitBytes)))));
  }
}
