package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.convert.ConvertOptions;
import io.breakwater.iceberg.convert.Upgrade;
import io.breakwater.iceberg.convert.UpgradeRow;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.upgrade_to_deletion_vectors(table => 'db.t', dry_run => true)}. */
public final class UpgradeToDeletionVectorsProcedure extends TableProcedure<UpgradeRow> {
  static final String NAME = "upgrade_to_deletion_vectors";

  private static final Argument EQUALITY_DELETES =
      new Argument(
          "equality_deletes",
          BooleanType,
          false,
          "false",
          "Convert equality deletes, too, as `convert_equality_deletes` does.");
  private static final Argument VERIFY =
      new Argument(
          "verify",
          BooleanType,
          false,
          "true",
          "Compare which rows of which data files the table shows before and after each commit, and"
              + " roll back if they differ. Reads file names and positions, no columns.");
  private static final List<Argument> ARGUMENTS =
      List.of(TABLE, EQUALITY_DELETES, VERIFY, DRY_RUN, OPTIONS);

  private static final List<Column<UpgradeRow>> COLUMNS =
      List.of(
          new Column<>(
              "step",
              StringType,
              "`format version`, `deletes` or `verification`.",
              UpgradeRow::step),
          new Column<>(
              "status",
              StringType,
              "`done`, `planned` (with `dry_run`) or `nothing to do`.",
              UpgradeRow::status),
          new Column<>(
              "format_version_before",
              IntegerType,
              "Of the table.",
              UpgradeRow::formatVersionBefore),
          new Column<>(
              "format_version_after", IntegerType, "Of the table.", UpgradeRow::formatVersionAfter),
          new Column<>(
              "position_delete_files_count",
              LongType,
              "Version 2 position delete files that leave the table.",
              UpgradeRow::positionDeleteFiles),
          new Column<>(
              "equality_delete_files_count",
              LongType,
              "Equality delete files that leave the table.",
              UpgradeRow::equalityDeleteFiles),
          new Column<>(
              "added_deletion_vectors_count",
              LongType,
              "New deletion vectors; NULL if `planned`.",
              UpgradeRow::addedVectors),
          new Column<>(
              "row_count_before",
              LongType,
              "Rows that a query finds before the first commit; only of the `verification`.",
              UpgradeRow::rowsBefore),
          new Column<>(
              "row_count_after",
              LongType,
              "Rows that a query finds after the last commit; only of the `verification`.",
              UpgradeRow::rowsAfter),
          new Column<>(
              "starting_snapshot_id",
              LongType,
              "The snapshot before.",
              UpgradeRow::startingSnapshotId),
          new Column<>(
              "snapshot_id", LongType, "The snapshot of the last commit.", UpgradeRow::snapshotId),
          new Column<>("reason", StringType, "Why.", UpgradeRow::reason));

  private static final Declaration<UpgradeRow> DECLARATION =
      new Declaration<>(
          NAME,
          "move a table from version 2 to 3 with all its deletes",
          "Brings a table to format version 3 and its delete files to deletion vectors in one call,"
              + " compares the rows before and after, and rolls back if they differ.",
          ARGUMENTS,
          COLUMNS,
          ConvertOptions.DECLARED);

  UpgradeToDeletionVectorsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<UpgradeRow> call(Target target, InternalRow arguments) {
    Upgrade upgrade =
        new Upgrade(
            spark(),
            target,
            sqlName(target, arguments),
            ConvertOptions.of(strings(arguments, OPTIONS)),
            booleanOr(arguments, EQUALITY_DELETES, false),
            booleanOr(arguments, VERIFY, true));
    return booleanOr(arguments, DRY_RUN, false) ? upgrade.dryRun() : upgrade.run();
  }
}
