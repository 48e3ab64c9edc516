package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.verify.Verification;
import io.breakwater.iceberg.verify.VerifyOptions;
import io.breakwater.iceberg.verify.VerifyRow;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.verify_deletion_vectors(table => 'db.t', repair => true)}. */
public final class VerifyDeletionVectorsProcedure extends TableProcedure<VerifyRow> {
  static final String NAME = "verify_deletion_vectors";

  private static final Argument REPAIR =
      new Argument(
          "repair",
          BooleanType,
          false,
          "false",
          "Repair in one commit what is provably repairable without changing an answer. Without it"
              + " nothing is written.");

  private static final List<Argument> ARGUMENTS = List.of(TABLE, REPAIR, DRY_RUN, OPTIONS, WHERE);

  private static final List<Column<VerifyRow>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`finding` (one thing that is wrong) or `table` (all in numbers, the last row).",
              VerifyRow::scope),
          new Column<>(
              "severity",
              StringType,
              "`ERROR` (queries fail or give wrong rows) or `WARNING` (every answer is right); of the"
                  + " `table` the worst, or `OK`.",
              VerifyRow::severity),
          new Column<>("code", StringType, "What is wrong, see the codes.", VerifyRow::code),
          new Column<>(
              "data_file", StringType, "The data file that it concerns.", VerifyRow::dataFile),
          new Column<>("path", StringType, "The Puffin, delete or manifest file.", VerifyRow::path),
          new Column<>(
              "content_offset",
              LongType,
              "Where the blob of the deletion vector begins.",
              VerifyRow::contentOffset),
          new Column<>(
              "problem", StringType, "The values that contradict each other.", VerifyRow::problem),
          new Column<>("remedy", StringType, "What to do, or what was done.", VerifyRow::remedy),
          new Column<>(
              "repairable",
              BooleanType,
              "Whether `repair => true` repairs it.",
              VerifyRow::repairable),
          new Column<>("repaired", BooleanType, "Whether this call did.", VerifyRow::repaired),
          new Column<>(
              "deletion_vector_count",
              LongType,
              "Deletion vectors checked; only of the `table`.",
              VerifyRow::vectors),
          new Column<>(
              "delete_file_count",
              LongType,
              "Position and equality delete files checked; only of the `table`.",
              VerifyRow::deleteFiles),
          new Column<>(
              "checked_bytes_count",
              LongType,
              "Bytes of deletion vectors read and checked; only of the `table`.",
              VerifyRow::checkedBytes),
          new Column<>(
              "error_count", LongType, "All errors; only of the `table`.", VerifyRow::errors),
          new Column<>(
              "warning_count", LongType, "All warnings; only of the `table`.", VerifyRow::warnings),
          new Column<>(
              "snapshot_id", LongType, "The snapshot that was checked.", VerifyRow::snapshotId),
          new Column<>(
              "repair_snapshot_id",
              LongType,
              "The snapshot of the repair, if there was one.",
              VerifyRow::repairSnapshotId));

  private static final Declaration<VerifyRow> DECLARATION =
      new Declaration<>(
          NAME,
          "know that nothing is damaged; repair what is provable",
          "Checks every deletion vector and delete file of a table, down to the bits, and repairs"
              + " what is provably repairable.",
          ARGUMENTS,
          COLUMNS,
          VerifyOptions.DECLARED);

  VerifyDeletionVectorsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<VerifyRow> call(Target target, InternalRow arguments) {
    Verification verification =
        new Verification(
            spark(),
            target,
            where(target, arguments),
            VerifyOptions.of(strings(arguments, OPTIONS)));
    boolean write = booleanOr(arguments, REPAIR, false) && !booleanOr(arguments, DRY_RUN, false);
    return write ? verification.repair() : verification.check();
  }
}
