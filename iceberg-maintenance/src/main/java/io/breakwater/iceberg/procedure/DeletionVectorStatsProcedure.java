package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.PuffinContent;
import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.plan.RewritePlanner;
import io.breakwater.iceberg.plan.RewriteScope;
import io.breakwater.iceberg.plan.StatsRow;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.TableStats;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.PuffinFooters;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.types.DataTypes;

/** {@code CALL catalog.system.deletion_vector_stats(table => 'db.t')}. */
public final class DeletionVectorStatsProcedure extends TableProcedure<StatsRow> {
  static final String NAME = "deletion_vector_stats";

  private static final List<Argument> ARGUMENTS = List.of(TABLE, WHERE);

  private static final List<Column<StatsRow>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "What the row is about: `puffin` (one Puffin file), `partition` (one partition of a"
                  + " partitioned table) or `table` (all, the last row).",
              StatsRow::scope),
          new Column<>(
              "partition",
              StringType,
              "Partition path; only of a `partition`.",
              StatsRow::partition),
          new Column<>(
              "spec_id",
              IntegerType,
              "Partition spec of the partition; only of a `partition`.",
              StatsRow::specId),
          new Column<>("path", StringType, "Puffin file; only of a `puffin`.", StatsRow::path),
          new Column<>(
              "puffin_count",
              LongType,
              "Puffin files with a referenced deletion vector.",
              StatsRow::puffins),
          new Column<>(
              "file_bytes",
              LongType,
              "Sizes of these files; NULL for a `partition`, which may share a file.",
              StatsRow::fileBytes),
          new Column<>(
              "deletion_vector_count",
              LongType,
              "Referenced deletion vectors whose data file is in the table.",
              StatsRow::vectors),
          new Column<>(
              "dangling_deletion_vector_count",
              LongType,
              "Referenced deletion vectors whose data file is gone: they delete nothing.",
              StatsRow::dangling),
          new Column<>(
              "dead_blob_count",
              LongType,
              "Blobs in the Puffin files that no manifest references any more.",
              StatsRow::deadBlobs),
          new Column<>(
              "live_blob_bytes", LongType, "Bytes of referenced blobs.", StatsRow::liveBlobBytes),
          new Column<>(
              "dead_blob_bytes",
              LongType,
              "Bytes of unreferenced blobs: storage that a rewrite gives back.",
              StatsRow::deadBlobBytes),
          new Column<>(
              "footer_bytes",
              LongType,
              "Bytes of Puffin footers, of live and dead blobs.",
              StatsRow::footerBytes),
          new Column<>(
              "pinned_bytes",
              LongType,
              "Dead blobs and their share of the footers: bytes that stay only because another blob of"
                  + " the file is live.",
              StatsRow::pinnedBytes),
          new Column<>(
              "deleted_row_count",
              LongType,
              "Rows that the vectors delete.",
              StatsRow::deletedRows),
          new Column<>(
              "data_row_count",
              LongType,
              "Rows in the data files of the vectors, deleted ones included.",
              StatsRow::dataRows),
          new Column<>(
              "deleted_row_ratio",
              DoubleType,
              "`deleted_row_count` / `data_row_count`.",
              StatsRow::deletedRowRatio),
          new Column<>(
              "max_deleted_row_ratio",
              DoubleType,
              "The largest ratio of one data file.",
              StatsRow::maxDeletedRowRatio),
          new Column<>(
              "data_files_over_ratio_count",
              LongType,
              "Data files with a ratio of 0.3 or more, Iceberg's default for rewriting them.",
              StatsRow::filesOverRatio),
          new Column<>(
              "deletion_vectors_by_cardinality",
              DataTypes.createMapType(StringType, LongType),
              "How many vectors delete 1-9 rows, 10-99 and so on.",
              StatsRow::vectorsByCardinality),
          new Column<>(
              "data_files_by_deleted_row_ratio",
              DataTypes.createMapType(StringType, LongType),
              "How many data files with a vector have 0-1% of their rows deleted, 1-5% and so on; the"
                  + " upper bound is not included.",
              StatsRow::filesByRatio),
          new Column<>(
              "delete_manifest_count",
              IntegerType,
              "Delete manifests with live entries, which the planning of every scan reads; only of"
                  + " the `table`.",
              StatsRow::deleteManifests),
          new Column<>(
              "position_delete_file_count",
              IntegerType,
              "Position delete files left over from format version 2.",
              StatsRow::positionDeleteFiles),
          new Column<>(
              "equality_delete_file_count",
              IntegerType,
              "Equality delete files.",
              StatsRow::equalityDeleteFiles),
          new Column<>(
              "recommended_action",
              StringType,
              "The procedure to call next, ours or Iceberg's, or `none`.",
              row -> row.advice().action()),
          new Column<>(
              "reason",
              StringType,
              "The numbers behind the recommendation.",
              row -> row.advice().reason()),
          new Column<>(
              "estimated_read_bytes",
              LongType,
              "What the action would read; NULL if metadata cannot tell.",
              row -> row.advice().effect().readBytes()),
          new Column<>(
              "estimated_written_bytes",
              LongType,
              "What it would write; NULL if metadata cannot tell.",
              row -> row.advice().effect().writtenBytes()),
          new Column<>(
              "estimated_freed_bytes",
              LongType,
              "By how much storage would shrink once older snapshots are expired; NULL if metadata"
                  + " cannot tell.",
              row -> row.advice().effect().freedBytes()));

  private static final Declaration<StatsRow> DECLARATION =
      new Declaration<>(
          NAME,
          "know what deletes cost, and what to do",
          "Shows the deletion vectors of a table, what they cost and what to do next; reads"
              + " manifests and Puffin footers only.",
          ARGUMENTS,
          COLUMNS,
          List.of());

  DeletionVectorStatsProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  @Override
  List<StatsRow> call(Target target, InternalRow arguments) {
    target.table().refresh();
    PartitionFilter where = where(target, arguments);
    TableDeletes deletes = TableDeletes.read(target, where);
    List<PuffinContent> puffins = PuffinFooters.read(target.table(), deletes);
    RewriteOptions defaults = RewriteOptions.of(Map.of(), target.table().properties());
    return TableStats.rows(
        RewritePlanner.plan(deletes, puffins, RewriteScope.all(target), defaults), puffins, where);
  }
}
