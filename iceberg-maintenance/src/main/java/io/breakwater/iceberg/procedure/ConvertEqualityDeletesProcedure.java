package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.convert.ConvertOptions;
import io.breakwater.iceberg.convert.ConvertRow;
import io.breakwater.iceberg.convert.DeleteConversion;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.convert_equality_deletes(table => 'db.t', dry_run => true)}. */
public final class ConvertEqualityDeletesProcedure extends TableProcedure<ConvertRow> {
  static final String NAME = "convert_equality_deletes";

  private static final List<Argument> ARGUMENTS = List.of(TABLE, DRY_RUN, OPTIONS, WHERE);

  static final List<Column<ConvertRow>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`group` (one commit) or `table` (all, the last row).",
              ConvertRow::scope),
          new Column<>(
              "status",
              StringType,
              "`converted`, `planned` (with `dry_run`) or `nothing to do`.",
              ConvertRow::status),
          new Column<>(
              "equality_delete_files_count",
              LongType,
              "Equality delete files that leave the table.",
              ConvertRow::equalityDeleteFiles),
          new Column<>(
              "equality_delete_rows_count",
              LongType,
              "Rows in these files.",
              ConvertRow::equalityDeleteRows),
          new Column<>(
              "position_delete_files_count",
              LongType,
              "Version 2 position delete files that leave the table, since the new vectors include"
                  + " what they delete.",
              ConvertRow::positionDeleteFiles),
          new Column<>(
              "partitions_count",
              LongType,
              "Partitions with a data file that the deletes may apply to.",
              ConvertRow::partitions),
          new Column<>(
              "data_files_count",
              LongType,
              "Data files that the deletes may apply to, by sequence number, partition and column"
                  + " bounds. Only their key columns are read.",
              ConvertRow::dataFiles),
          new Column<>("data_bytes_count", LongType, "Their sizes.", ConvertRow::dataBytes),
          new Column<>(
              "added_deletion_vectors_count",
              LongType,
              "New deletion vectors; NULL if `planned`, as all of the following counts.",
              ConvertRow::addedVectors),
          new Column<>(
              "replaced_deletion_vectors_count",
              LongType,
              "Old deletion vectors that new ones include and replace.",
              ConvertRow::replacedVectors),
          new Column<>(
              "added_puffin_files_count", LongType, "New Puffin files.", ConvertRow::addedPuffins),
          new Column<>("added_bytes_count", LongType, "Their sizes.", ConvertRow::addedBytes),
          new Column<>(
              "deleted_row_count",
              LongType,
              "Rows that the new vectors delete and the old ones did not. A row of an equality"
                  + " delete file may match none, or many.",
              ConvertRow::deletedRows),
          new Column<>(
              "skipped_equality_delete_files_count",
              LongType,
              "Equality delete files that stay because of `where`; only of the `table`.",
              ConvertRow::skippedEqualityDeleteFiles),
          new Column<>(
              "starting_snapshot_id",
              LongType,
              "The snapshot that was planned for.",
              ConvertRow::startingSnapshotId),
          new Column<>(
              "snapshot_id",
              LongType,
              "The snapshot of the commit, if any; of the `table` the last.",
              ConvertRow::snapshotId),
          new Column<>(
              "attempts",
              IntegerType,
              "1, and one more for each concurrent commit that changed a file of the group; of the"
                  + " `table` the sum.",
              ConvertRow::attempts),
          new Column<>("reason", StringType, "Why these files, or why none.", ConvertRow::reason));

  private static final Declaration<ConvertRow> DECLARATION =
      new Declaration<>(
          NAME,
          "get rid of equality deletes without rewriting data",
          "Turns equality deletes, as Flink, Kafka Connect and CDC tools write them, into deletion"
              + " vectors, without rewriting data files; changes no query's answer.",
          ARGUMENTS,
          COLUMNS,
          ConvertOptions.DECLARED);

  ConvertEqualityDeletesProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<ConvertRow> call(Target target, InternalRow arguments) {
    DeleteConversion conversion =
        DeleteConversion.ofEqualityDeletes(
            spark(),
            target,
            where(target, arguments),
            ConvertOptions.of(strings(arguments, OPTIONS)));
    return booleanOr(arguments, DRY_RUN, false) ? conversion.dryRun() : conversion.run();
  }
}
