package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Target;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.FileRewriteCoordinator;
import org.apache.iceberg.spark.ScanTaskSetManager;
import org.apache.iceberg.spark.SparkReadOptions;
import org.apache.iceberg.spark.SparkSQLProperties;
import org.apache.iceberg.spark.SparkTableCache;
import org.apache.iceberg.spark.SparkWriteOptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads the live rows of data files and writes them into new ones with their {@code _row_id} and
 * {@code _last_updated_sequence_number}, by Iceberg's own staged scan and rewrite write. Schema,
 * properties and default partition spec are those of the time of construction, whatever is altered
 * meanwhile. Thread-safe.
 */
final class FileGroupRewrite {
  private static final double LARGEST_OVER_TARGET = 1.4;

  private final SparkSession session;
  private final Table table;
  private final long targetFileBytes;

  FileGroupRewrite(SparkSession spark, Target target, long targetFileBytes) {
    this.session = spark.cloneSession();
    session.conf().set("spark.sql.adaptive.enabled", false);
    session.conf().set(SparkSQLProperties.EXECUTOR_CACHE_DELETE_FILES_ENABLED, "false");
    this.table = frozen(target);
    this.targetFileBytes = targetFileBytes;
  }

  /** Rewrites {@code group}; if that fails, Spark's write has deleted what it wrote. */
  Set<DataFile> rewrite(FileGroup group) {
    String id = UUID.randomUUID().toString();
    return staged(
        group.files().stream().map(Choice::task).toList(),
        id,
        () -> {
          read(group, id)
              .write()
              .format("iceberg")
              .option(SparkWriteOptions.REWRITTEN_FILE_SCAN_TASK_SET_ID, id)
              .option(
                  SparkWriteOptions.TARGET_FILE_SIZE_BYTES,
                  (long) (LARGEST_OVER_TARGET * targetFileBytes))
              .option(SparkWriteOptions.DISTRIBUTION_MODE, distribution(group).modeName())
              .option(SparkWriteOptions.OUTPUT_SPEC_ID, table.spec().specId())
              .mode("append")
              .save(id);
          return FileRewriteCoordinator.get().fetchNewFiles(table, id);
        });
  }

  private Dataset<Row> read(FileGroup group, String id) {
    long bytes = group.files().stream().mapToLong(file -> file.task().sizeBytes()).sum();
    long outputs = Math.max(1, Math.round((double) group.liveBytes() / targetFileBytes));
    return session
        .read()
        .format("iceberg")
        .option(SparkReadOptions.SCAN_TASK_SET_ID, id)
        .option(
            SparkReadOptions.SPLIT_SIZE, outputs == 1 ? Long.MAX_VALUE : splitBytes(bytes, outputs))
        .option(SparkReadOptions.FILE_OPEN_COST, "0")
        .load(id);
  }

  private static long splitBytes(long bytes, long outputs) {
    return bytes / outputs + (5L << 10);
  }

  private DistributionMode distribution(FileGroup group) {
    return group.partition().specId() == table.spec().specId()
        ? DistributionMode.NONE
        : DistributionMode.RANGE;
  }

  private <R> R staged(List<FileScanTask> tasks, String id, java.util.function.Supplier<R> work) {
    SparkTableCache cache = SparkTableCache.get();
    try {
      cache.add(id, table);
      ScanTaskSetManager.get().stageTasks(table, id, tasks);
      return work.get();
    } finally {
      cache.remove(id);
      ScanTaskSetManager.get().removeTasks(table, id);
      FileRewriteCoordinator.get().clearRewrite(table, id);
    }
  }

  private static Table frozen(Target target) {
    Table table = target.table();
    return new BaseTable(
        new StaticTableOperations(
            ((HasTableOperations) table).operations().current(),
            table.io(),
            table.locationProvider()),
        table.name());
  }
}
