package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.RewriteResult.Row;
import io.breakwater.iceberg.run.VectorRewrite;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.rewrite_deletion_vectors(table => 'db.t', dry_run => true)}. */
public final class RewriteDeletionVectorsProcedure extends TableProcedure<Row> {
  static final String NAME = "rewrite_deletion_vectors";

  private static final List<Argument> ARGUMENTS = List.of(TABLE, DRY_RUN, OPTIONS, WHERE);

  private static final List<Column<Row>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`puffin` (one new Puffin file) or `table` (all, the last row).",
              Row::scope),
          new Column<>(
              "status",
              StringType,
              "`rewritten`, `planned` (with `dry_run`) or `nothing to do`.",
              Row::status),
          new Column<>("path", StringType, "The new Puffin file; NULL if not written.", Row::path),
          new Column<>(
              "rewritten_puffin_files_count",
              LongType,
              "Old Puffin files that the table no longer references. Expiring the older snapshots"
                  + " deletes them.",
              Row::rewrittenPuffins),
          new Column<>(
              "added_puffin_files_count", LongType, "New Puffin files.", Row::addedPuffins),
          new Column<>(
              "rewritten_bytes_count", LongType, "Sizes of the old files.", Row::rewrittenBytes),
          new Column<>(
              "added_bytes_count",
              LongType,
              "Sizes of the new files; an estimate if `planned`.",
              Row::addedBytes),
          new Column<>("deletion_vector_count", LongType, "Deletion vectors copied.", Row::vectors),
          new Column<>(
              "deleted_row_count",
              LongType,
              "Rows that these vectors delete, before as after.",
              Row::deletedRows),
          new Column<>(
              "removed_dangling_count",
              LongType,
              "Deletion vectors without a data file that leave the table; only of the `table`.",
              Row::danglingVectors),
          new Column<>(
              "delete_manifests_before_count",
              IntegerType,
              "Delete manifests with live entries before; only of the `table`.",
              Row::manifestsBefore),
          new Column<>(
              "delete_manifests_after_count",
              IntegerType,
              "The same after the commit; NULL if there was none.",
              Row::manifestsAfter),
          new Column<>(
              "starting_snapshot_id",
              LongType,
              "The snapshot that was planned for.",
              Row::startingSnapshotId),
          new Column<>(
              "snapshot_id",
              LongType,
              "The snapshot of the commit, if any; of the `table`, the last.",
              Row::snapshotId),
          new Column<>(
              "commits_count",
              IntegerType,
              "Commits that were done; only of the `table`.",
              Row::commits),
          new Column<>(
              "attempts",
              IntegerType,
              "As many as commits, and one more for each concurrent commit that took a planned"
                  + " vector; only of the `table`.",
              Row::attempts),
          new Column<>("reason", StringType, "Why these files, or why none.", Row::reason));

  private static final Declaration<Row> DECLARATION =
      new Declaration<>(
          NAME,
          "pack many small Puffin files, drop dead bytes",
          "Copies the live deletion vectors of many small Puffin files into few, checking each;"
              + " no commit of it changes a query's answer.",
          ARGUMENTS,
          COLUMNS,
          RewriteOptions.DECLARED);

  RewriteDeletionVectorsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<Row> call(Target target, InternalRow arguments) {
    RewriteOptions options =
        RewriteOptions.of(strings(arguments, OPTIONS), target.table().properties());
    VectorRewrite rewrite = new VectorRewrite(target, where(target, arguments), options);
    boolean dryRun = booleanOr(arguments, DRY_RUN, false);
    return (dryRun ? rewrite.dryRun() : rewrite.run()).rows();
  }
}
