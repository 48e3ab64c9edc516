package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.maintain.Maintenance;
import io.breakwater.iceberg.maintain.MaintenanceOptions;
import io.breakwater.iceberg.maintain.MaintenanceRow;
import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.maintain_deletion_vectors(table => 'db.t', max_minutes => 30)}. */
public final class MaintainDeletionVectorsProcedure extends TableProcedure<MaintenanceRow> {
  static final String NAME = "maintain_deletion_vectors";

  private static final long MAX_MINUTES = 365L * 24 * 60;

  private static final Argument MAX_BYTES =
      new Argument(
          "max_bytes",
          LongType,
          false,
          "unlimited",
          "How many bytes of files may be read to be written again, at least 1. What pays most goes"
              + " first; what does not fit is left for the next call.");
  private static final Argument MAX_MINUTES_ARGUMENT =
      new Argument(
          "max_minutes",
          LongType,
          false,
          "unlimited",
          "After so many minutes no further file group is begun, at least 1. What runs is finished.");
  private static final List<Argument> ARGUMENTS =
      List.of(TABLE, MAX_BYTES, MAX_MINUTES_ARGUMENT, DRY_RUN, OPTIONS, WHERE);

  private static final List<Column<MaintenanceRow>> COLUMNS =
      List.of(
          new Column<>(
              "phase",
              StringType,
              "`plan` (what is due, before anything is done) or `run` (what was done).",
              MaintenanceRow::phase),
          new Column<>("step", IntegerType, "Number of the step, from 1.", MaintenanceRow::step),
          new Column<>(
              "action",
              StringType,
              "The procedure that does the same alone, ours or Iceberg's.",
              MaintenanceRow::action),
          new Column<>(
              "status",
              StringType,
              "Of the plan `planned` or `nothing to do`; of the run `done`, `partly done` or"
                  + " `skipped` (over the budget), or `conflict` (concurrent commits in every"
                  + " attempt; the table is as it was).",
              MaintenanceRow::status),
          new Column<>(
              "planned_bytes_count",
              LongType,
              "Bytes to be read and written again; only of the plan.",
              MaintenanceRow::plannedBytes),
          new Column<>(
              "rewritten_bytes_count",
              LongType,
              "Sizes of the files that were replaced; only of the run.",
              MaintenanceRow::rewrittenBytes),
          new Column<>(
              "added_bytes_count",
              LongType,
              "Sizes of the new files; only of the run.",
              MaintenanceRow::addedBytes),
          new Column<>(
              "snapshot_id",
              LongType,
              "The snapshot of the last commit.",
              MaintenanceRow::snapshotId),
          new Column<>(
              "duration_ms", LongType, "How long the step took.", MaintenanceRow::milliseconds),
          new Column<>("reason", StringType, "The numbers behind it.", MaintenanceRow::reason));

  private static final Declaration<MaintenanceRow> DECLARATION =
      new Declaration<>(
          NAME,
          "do all that is due, on a schedule, within a budget",
          "The one to schedule: plans all that is due, converts equality deletes, compacts, repacks"
              + " deletion vectors and merges delete manifests, in small commits and within a budget.",
          ARGUMENTS,
          COLUMNS,
          MaintenanceOptions.DECLARED);

  MaintainDeletionVectorsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<MaintenanceRow> call(Target target, InternalRow arguments) {
    MaintenanceOptions options =
        MaintenanceOptions.of(strings(arguments, OPTIONS), target.table().properties());
    long maxBytes = longOr(arguments, MAX_BYTES, 1, Long.MAX_VALUE);
    long maxMinutes = longOr(arguments, MAX_MINUTES_ARGUMENT, 1, MAX_MINUTES);
    Maintenance maintenance = new Maintenance(spark(), target, where(target, arguments), options);
    return booleanOr(arguments, DRY_RUN, false)
        ? maintenance.dryRun()
        : maintenance.run(Budget.of(Clock.systemUTC(), Duration.ofMinutes(maxMinutes), maxBytes));
  }
}
