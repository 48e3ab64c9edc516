package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.compact.Purge;
import io.breakwater.iceberg.compact.PurgeOptions;
import io.breakwater.iceberg.compact.PurgeRow;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.purge_deleted_rows(table => 'db.t', where => 'user_id = 7')}. */
public final class PurgeDeletedRowsProcedure extends TableProcedure<PurgeRow> {
  static final String NAME = "purge_deleted_rows";

  private static final Argument ROWS =
      new Argument(
          "where",
          StringType,
          true,
          null,
          "Which deleted rows, as an SQL predicate on any columns of the table: `user_id = 7`. What"
              + " Iceberg can push down skips data files by their statistics.");

  private static final List<Argument> ARGUMENTS = List.of(TABLE, ROWS, DRY_RUN, OPTIONS);

  private static final List<Column<PurgeRow>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`file` (a data file with matching deleted rows), `snapshot` (that had one),"
                  + " `reference` (a branch or tag that is in the way, only with `dry_run`), `proof`"
                  + " (what a read of all reachable data files found at the end) or `table` (the"
                  + " sum, the last row).",
              PurgeRow::scope),
          new Column<>(
              "status",
              StringType,
              "`planned` (with `dry_run`); a file: `erased`, `still there` or `not clean` (found by"
                  + " the proof); a snapshot: `expired`; the proof: `clean` or `not clean`; the"
                  + " table: `erased`, `nothing to do` or `not clean`.",
              PurgeRow::status),
          new Column<>(
              "name", StringType, "The path of a file, the name of a reference.", PurgeRow::name),
          new Column<>(
              "snapshot_id",
              LongType,
              "The snapshot itself; of a file, the one that removed it from the branch.",
              PurgeRow::snapshotId),
          new Column<>(
              "matching_deleted_rows_count",
              LongType,
              "Deleted rows that match: of a file and the table before, of the proof after. In a"
                  + " file that only other snapshots have, every matching row counts.",
              PurgeRow::matchingRows),
          new Column<>(
              "data_files_count",
              LongType,
              "1 of a file, all reachable ones of the proof, those with matching rows of the table.",
              PurgeRow::files),
          new Column<>("reason", StringType, "The rest, for people.", PurgeRow::reason));

  private static final Declaration<PurgeRow> DECLARATION =
      new Declaration<>(
          NAME,
          "erase deleted rows from storage for good, and prove it",
          "Erases deleted rows that match from storage: rewrites the data files that hold them,"
              + " expires the snapshots that have those files, deletes them, and reads what is left as a"
              + " proof.",
          ARGUMENTS,
          COLUMNS,
          PurgeOptions.DECLARED);

  PurgeDeletedRowsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<PurgeRow> call(Target target, InternalRow arguments) {
    String where = string(arguments, ROWS);
    if (where.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid %s: '', must be a predicate on the rows".formatted(ROWS.name()));
    }
    PurgeOptions options =
        PurgeOptions.of(strings(arguments, OPTIONS), target.table().properties());
    requirePredicate(sqlName(target, arguments), where);
    Purge purge =
        new Purge(spark(), target, where, filter(string(arguments, TABLE), where), options);
    return booleanOr(arguments, DRY_RUN, false) ? purge.dryRun() : purge.run();
  }

  /** Has Spark resolve a predicate: an error later would not say which argument it is about. */
  private void requirePredicate(String table, String where) {
    try {
      spark().table(table).filter(where);
    } catch (Exception e) { // Scala does not declare AnalysisException.
      throw new IllegalArgumentException(
          "Invalid %s: %s, must be a predicate on the columns of %s: %s"
              .formatted(ROWS.name(), where, table, e.getMessage()),
          e);
    }
  }

  /** What Iceberg can push down, or everything: it only skips files. */
  private Expression filter(String table, String where) {
    try {
      return predicate(table, where);
    } catch (IllegalArgumentException e) {
      return Expressions.alwaysTrue();
    }
  }
}
