package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.compact.Compaction;
import io.breakwater.iceberg.compact.CompactionOptions;
import io.breakwater.iceberg.compact.CompactionRow;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.compact_deleted_rows(table => 'db.t', dry_run => true)}. */
public final class CompactDeletedRowsProcedure extends TableProcedure<CompactionRow> {
  static final String NAME = "compact_deleted_rows";

  private static final List<Argument> ARGUMENTS = List.of(TABLE, DRY_RUN, OPTIONS, WHERE);

  private static final List<Column<CompactionRow>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`group` (files that leave in one commit), `left` (all files that stay for one"
                  + " reason) or `table` (the sum of the groups, the last row).",
              CompactionRow::scope),
          new Column<>(
              "status",
              StringType,
              "`committed`, `planned` (with `dry_run`), `conflict` (a concurrent commit deleted"
                  + " rows of a file or took one; the group is planned again, in a row of its own),"
                  + " `left` or `nothing to do`.",
              CompactionRow::status),
          new Column<>(
              "action",
              StringType,
              "`drop` (every row is deleted: by metadata only), `rewrite` (for deleted rows, small"
                  + " files of the partition with it), `repack` (small files) or `leave`.",
              CompactionRow::action),
          new Column<>(
              "partition", StringType, "Partition path of a group.", CompactionRow::partition),
          new Column<>(
              "spec_id", IntegerType, "Partition spec of the partition.", CompactionRow::specId),
          new Column<>(
              "rewritten_data_files_count",
              LongType,
              "Data files that leave, or stay if `left`.",
              CompactionRow::files),
          new Column<>(
              "added_data_files_count",
              LongType,
              "New data files; NULL if `planned`.",
              CompactionRow::addedFiles),
          new Column<>(
              "rewritten_bytes_count", LongType, "Sizes of the former.", CompactionRow::bytes),
          new Column<>(
              "added_bytes_count",
              LongType,
              "Sizes of the latter; an estimate if `planned`.",
              CompactionRow::addedBytes),
          new Column<>(
              "removed_delete_files_count",
              LongType,
              "Deletion vectors and file-scoped position deletes that leave with their data files.",
              CompactionRow::deleteFiles),
          new Column<>(
              "deleted_row_count", LongType, "Rows that these delete.", CompactionRow::deletedRows),
          new Column<>(
              "cost", DoubleType, "What the rewrite costs by the prices.", CompactionRow::cost),
          new Column<>(
              "gain",
              DoubleType,
              "What it saves the expected scans by the prices.",
              CompactionRow::gain),
          new Column<>(
              "starting_snapshot_id",
              LongType,
              "The snapshot that was planned for.",
              CompactionRow::startingSnapshotId),
          new Column<>(
              "snapshot_id",
              LongType,
              "The snapshot of the commit, of the last one for the `table`.",
              CompactionRow::snapshotId),
          new Column<>(
              "attempts",
              IntegerType,
              "1, and one more for each concurrent commit that the group met.",
              CompactionRow::attempts),
          new Column<>(
              "reason", StringType, "Why these files, or which conflict.", CompactionRow::reason));

  private static final Declaration<CompactionRow> DECLARATION =
      new Declaration<>(
          NAME,
          "get rid of deleted rows where that pays",
          "Rewrites the data files whose deleted rows or small size cost scans more than a rewrite,"
              + " and drops wholly deleted ones, in small commits that change no query's answer.",
          ARGUMENTS,
          COLUMNS,
          CompactionOptions.DECLARED);

  CompactDeletedRowsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<CompactionRow> call(Target target, InternalRow arguments) {
    CompactionOptions options =
        CompactionOptions.of(strings(arguments, OPTIONS), target.table().properties());
    Compaction compaction = new Compaction(spark(), target, where(target, arguments), options);
    return booleanOr(arguments, DRY_RUN, false) ? compaction.dryRun() : compaction.run();
  }
}
