package io.breakwater.iceberg.procedure;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.breakwater.iceberg.changes.Bookmark;
import io.breakwater.iceberg.changes.ChangeCommit;
import io.breakwater.iceberg.changes.ChangeRange;
import io.breakwater.iceberg.changes.ChangeRange.Bound;
import io.breakwater.iceberg.changes.RowChanges;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.procedure.CreateRowChangesViewProcedure.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** {@code CALL catalog.system.create_row_changes_view(table => 'db.t', net => true)}. */
public final class CreateRowChangesViewProcedure extends TableProcedure<Row> {
  static final String NAME = "create_row_changes_view";

  private static final long MICROS_PER_MILLI = 1000;

  private static final Argument START_SNAPSHOT_ID =
      new Argument(
          "start_snapshot_id",
          LongType,
          false,
          "the beginning of the table",
          "Changes after this snapshot: its own are not among them.");
  private static final Argument END_SNAPSHOT_ID =
      new Argument(
          "end_snapshot_id",
          LongType,
          false,
          "the newest snapshot",
          "Changes up to this snapshot: its own are among them.");
  private static final Argument START_TIMESTAMP =
      new Argument(
          "start_timestamp",
          TimestampType,
          false,
          "NULL",
          "Changes of commits after this time, instead of `start_snapshot_id`.");
  private static final Argument END_TIMESTAMP =
      new Argument(
          "end_timestamp",
          TimestampType,
          false,
          "NULL",
          "Changes of commits up to this time, instead of `end_snapshot_id`.");
  private static final Argument BOOKMARK =
      new Argument(
          "bookmark",
          StringType,
          false,
          "NULL",
          "Changes after the snapshot that the bookmark of this name holds, instead of a start. If"
              + " nobody has advanced it yet, the start counts. It is the table property"
              + " `breakwater.changes.bookmark.<name>`; give each reader its own.");
  private static final Argument ADVANCE_BOOKMARK =
      new Argument(
          "advance_bookmark",
          BooleanType,
          false,
          "false",
          "Move the bookmark to the end, which must be given as `end_snapshot_id`: call it so after"
              + " the changes were used, with the `end_snapshot_id` of the call that made the view.");
  private static final Argument NET =
      new Argument(
          "net",
          BooleanType,
          false,
          "false",
          "One change per row, from before the first commit to after the last; a row inserted and"
              + " deleted between is not shown. Else every change of every commit.");
  private static final Argument CHANGES_VIEW =
      new Argument(
          "changes_view",
          StringType,
          false,
          "`<table>_changes`",
          "The name of the temporary view; one of that name is replaced.");

  private static final List<Argument> ARGUMENTS =
      List.of(
          TABLE,
          START_SNAPSHOT_ID,
          END_SNAPSHOT_ID,
          START_TIMESTAMP,
          END_TIMESTAMP,
          BOOKMARK,
          ADVANCE_BOOKMARK,
          NET,
          CHANGES_VIEW,
          DRY_RUN,
          WHERE);

  private static final List<Column<Row>> COLUMNS =
      List.of(
          new Column<>(
              "scope",
              StringType,
              "`commit` (one commit of the range) or `table` (all, the last row).",
              Row::scope),
          new Column<>(
              "status",
              StringType,
              "`created`, `planned` (with `dry_run`) or, of a commit, `shown` or `no changes`.",
              Row::status),
          new Column<>(
              "changes_view",
              StringType,
              "The temporary view; only of the `table`.",
              Row::changesView),
          new Column<>(
              "start_snapshot_id",
              LongType,
              "The snapshot before the changes; NULL for the beginning of the table.",
              Row::startSnapshotId),
          new Column<>(
              "end_snapshot_id",
              LongType,
              "The snapshot after the changes; of a `commit` its own.",
              Row::endSnapshotId),
          new Column<>(
              "change_ordinal",
              IntegerType,
              "`_change_ordinal` of the commit in the view.",
              Row::ordinal),
          new Column<>("operation", StringType, "What Iceberg calls the commit.", Row::operation),
          new Column<>(
              "added_data_files_count",
              LongType,
              "Data files whose rows appear.",
              Row::addedDataFiles),
          new Column<>(
              "removed_data_files_count",
              LongType,
              "Data files whose rows disappear.",
              Row::removedDataFiles),
          new Column<>(
              "changed_deletion_vectors_count",
              LongType,
              "Data files of which single rows disappear.",
              Row::changedVectors),
          new Column<>(
              "data_files_count",
              LongType,
              "Data files that a query of the view reads, each once; only of the `table`.",
              Row::dataFiles),
          new Column<>(
              "data_file_bytes_count",
              LongType,
              "The sizes of these files; only of the `table`.",
              Row::dataFileBytes),
          new Column<>(
              "bookmark_snapshot_id",
              LongType,
              "The snapshot that the bookmark holds now, if there is one.",
              Row::bookmarkSnapshotId));

  private static final Declaration<Row> DECLARATION =
      new Declaration<>(
          NAME,
          "see who inserted, updated and deleted what",
          "Makes a temporary view of the rows that the commits between two snapshots inserted,"
              + " updated and deleted, found from row ids and the differences of deletion vectors; only"
              + " files with changes are read.",
          ARGUMENTS,
          COLUMNS,
          List.of());

  CreateRowChangesViewProcedure(SparkSession spark, TableCatalog catalog) {
    super(spark, catalog, DECLARATION);
  }

  /** One row of the result; see {@link #COLUMNS}. */
  record Row(
      String scope,
      String status,
      String changesView,
      Long startSnapshotId,
      Long endSnapshotId,
      Integer ordinal,
      String operation,
      long addedDataFiles,
      long removedDataFiles,
      long changedVectors,
      Long dataFiles,
      Long dataFileBytes,
      Long bookmarkSnapshotId) {}

  @Override
  List<Row> call(Target target, InternalRow arguments) {
    target.table().refresh();
    Optional<Bookmark> bookmark =
        Optional.of(string(arguments, BOOKMARK))
            .filter(name -> !name.isEmpty())
            .map(name -> new Bookmark(target, name));
    boolean advance = booleanOr(arguments, ADVANCE_BOOKMARK, false);
    requireAdvanceable(arguments, bookmark, advance);
    ChangeRange range =
        ChangeRange.of(
            target, start(arguments, bookmark), bound(arguments, END_SNAPSHOT_ID, END_TIMESTAMP));
    RowChanges changes = RowChanges.of(target, range, where(target, arguments));
    boolean dryRun = booleanOr(arguments, DRY_RUN, false);
    String view = view(target, arguments);
    if (!dryRun) {
      changes
          .feed(spark(), booleanOr(arguments, NET, false))
          .createOrReplaceTempView("`" + view.replace("`", "``") + "`");
      if (advance) {
        bookmark.orElseThrow().advance(range.end().snapshotId());
      }
    }
    return rows(range, changes, view, dryRun, bookmark);
  }

  private void requireAdvanceable(
      InternalRow arguments, Optional<Bookmark> bookmark, boolean advance) {
    if (!advance) {
      return;
    }
    if (bookmark.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid %s: true, must come with %s"
              .formatted(ADVANCE_BOOKMARK.name(), BOOKMARK.name()));
    }
    if (isNull(arguments, END_SNAPSHOT_ID)) {
      throw new IllegalArgumentException(
          "Invalid %s: true, must come with %s, the end of the changes that were used"
              .formatted(ADVANCE_BOOKMARK.name(), END_SNAPSHOT_ID.name()));
    }
  }

  private Bound start(InternalRow arguments, Optional<Bookmark> bookmark) {
    Bound given = bound(arguments, START_SNAPSHOT_ID, START_TIMESTAMP);
    if (bookmark.isEmpty() || bookmark.get().snapshotId().isEmpty()) {
      return given;
    }
    long held = bookmark.get().snapshotId().getAsLong();
    if (!given.equals(Bound.OPEN)) {
      throw new IllegalArgumentException(
          "Invalid %s: the changes begin where bookmark %s is, after snapshot %d; leave out %s and %s, or unset the table property %s to begin elsewhere"
              .formatted(
                  given.snapshotId() == null ? START_TIMESTAMP.name() : START_SNAPSHOT_ID.name(),
                  bookmark.get().name(),
                  held,
                  START_SNAPSHOT_ID.name(),
                  START_TIMESTAMP.name(),
                  bookmark.get().property()));
    }
    return new Bound(held, null);
  }

  private Bound bound(InternalRow arguments, Argument snapshotId, Argument timestamp) {
    Long id = isNull(arguments, snapshotId) ? null : arguments.getLong(ordinal(snapshotId));
    Long millis =
        isNull(arguments, timestamp)
            ? null
            : Math.floorDiv(arguments.getLong(ordinal(timestamp)), MICROS_PER_MILLI);
    if (id != null && millis != null) {
      throw new IllegalArgumentException(
          "Invalid %s: must not come with %s, give one of them"
              .formatted(timestamp.name(), snapshotId.name()));
    }
    return new Bound(id, millis);
  }

  private String view(Target target, InternalRow arguments) {
    String given = string(arguments, CHANGES_VIEW);
    if (!given.isEmpty()) {
      return given;
    }
    String table = target.table().name();
    return table.substring(table.lastIndexOf('.') + 1) + "_changes";
  }

  private static List<Row> rows(
      ChangeRange range,
      RowChanges changes,
      String view,
      boolean dryRun,
      Optional<Bookmark> bookmark) {
    List<Row> rows = new ArrayList<>();
    Long before = id(range.start());
    for (ChangeCommit commit : changes.commits()) {
      rows.add(row(commit, before));
      before = commit.snapshotId();
    }
    rows.add(
        new Row(
            "table",
            dryRun ? "planned" : "created",
            view,
            id(range.start()),
            id(range.end()),
            null,
            null,
            rows.stream().mapToLong(Row::addedDataFiles).sum(),
            rows.stream().mapToLong(Row::removedDataFiles).sum(),
            rows.stream().mapToLong(Row::changedVectors).sum(),
            changes.dataFiles(),
            changes.dataFileBytes(),
            bookmark
                .map(Bookmark::snapshotId)
                .map(id -> id.isPresent() ? (Long) id.getAsLong() : null)
                .orElse(null)));
    return rows;
  }

  private static Row row(ChangeCommit commit, Long before) {
    boolean shown = commit.ordinal() >= 0;
    return new Row(
        "commit",
        shown ? "shown" : "no changes",
        null,
        before,
        commit.snapshotId(),
        shown ? commit.ordinal() : null,
        commit.operation(),
        commit.addedDataFiles(),
        commit.removedDataFiles(),
        commit.changedVectors(),
        null,
        null,
        null);
  }

  private static Long id(Snapshot snapshot) {
    return snapshot == null ? null : snapshot.snapshotId();
  }

  private boolean isNull(InternalRow arguments, Argument argument) {
    return arguments.isNullAt(ordinal(argument));
  }

  private int ordinal(Argument argument) {
    return ARGUMENTS.indexOf(argument);
  }
}
