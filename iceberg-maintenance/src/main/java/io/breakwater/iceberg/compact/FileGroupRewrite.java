package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Target;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.FileRewriteCoordinator;
import org.apache.iceberg.spark.SparkWriteOptions;
import org.apache.spark.sql.SparkSession;

/**
 * Reads the live rows of data files and writes them into new ones with their {@code _row_id} and
 * {@code _last_updated_sequence_number}, by Iceberg's own rewrite write. Thread-safe.
 */
final class FileGroupRewrite {
  private static final double LARGEST_OVER_TARGET = 1.4;
  private static final long SPLIT_SLACK_BYTES = 5 << 10;

  private final StagedTasks tasks;
  private final long targetFileBytes;

  FileGroupRewrite(SparkSession spark, Target target, long targetFileBytes) {
    this.tasks = new StagedTasks(spark, target);
    this.targetFileBytes = targetFileBytes;
  }

  /** Rewrites {@code group}; if that fails, Spark's write has deleted what it wrote. */
  Set<DataFile> rewrite(FileGroup group) {
    Table table = tasks.table();
    return tasks.with(
        group.files().stream().map(Choice::task).toList(),
        id -> {
          tasks
              .read(id, splitBytes(group))
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

  /** Each split becomes a new file. */
  private long splitBytes(FileGroup group) {
    long bytes = group.files().stream().mapToLong(file -> file.task().sizeBytes()).sum();
    long outputs = Math.round((double) group.liveBytes() / targetFileBytes);
    return outputs <= 1 ? Long.MAX_VALUE : bytes / outputs + SPLIT_SLACK_BYTES;
  }

  private DistributionMode distribution(FileGroup group) {
    return group.partition().specId() == tasks.table().spec().specId()
        ? DistributionMode.NONE
        : DistributionMode.RANGE;
  }
}
