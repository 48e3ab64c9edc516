package io.breakwater.iceberg.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.history.Workload.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;

/**
 * A table under maintenance and its twin without, to which the same operations are done.
 *
 * <p>Maintenance commits take sequence numbers, and may take row ids for the files that they write,
 * so the twins count differently. What must hold: a row has the same values in both; the row ids of
 * the twins correspond one to one, for ever; and so do the sequence numbers, in the same order.
 */
final class Twins {
  private static final String ROWS =
      "SELECT *, _row_id, _last_updated_sequence_number FROM %s ORDER BY id";
  private static final String BRANCH = "audit";
  private static final String BRANCH_PREFIX = "branch_";
  private static final int MAX_REMEMBERED = 6;
  private static final int MAX_SHOWN = 5;

  private final LocalSpark spark;
  private String maintained;
  private String twin;
  private Long headOfMain;
  private final Map<Long, Long> rowIds = new HashMap<>();
  private final Set<Long> usedRowIds = new HashSet<>();
  private final TreeMap<Long, Long> sequences = new TreeMap<>();
  private final Map<Long, List<Row>> remembered = new LinkedHashMap<>();

  Twins(LocalSpark spark, String name) {
    this.spark = spark;
    this.maintained = "lake.db." + name;
    this.twin = maintained + "_twin";
  }

  /** From now on everything happens on a branch, and nothing on main. */
  void branch() {
    remember();
    headOfMain = snapshotId();
    for (String table : List.of(maintained, twin)) {
      spark.sql("ALTER TABLE " + table + " CREATE BRANCH " + BRANCH);
    }
    maintained += "." + BRANCH_PREFIX + BRANCH;
    twin += "." + BRANCH_PREFIX + BRANCH;
  }

  /** The table that {@code name} is a branch of, or {@code name}. */
  static String ofBranch(String name) {
    return name.replaceFirst("\\." + BRANCH_PREFIX + ".*", "");
  }

  String maintained() {
    return maintained;
  }

  /** Does an operation to the maintained table; the twin is to follow if this succeeds. */
  void lead(Operation operation) {
    operation.act().on(spark, maintained);
  }

  /** Does to the twin what the maintained table has behind it. */
  void follow(Operation operation) {
    operation.act().on(spark, twin);
    operation.done().run();
  }

  /** Every row of the maintained table with its lineage, by id. */
  List<Row> rows() {
    return spark.sql(ROWS.formatted(maintained));
  }

  /** The snapshot of the maintained table, null if it has none. */
  Long snapshotId() {
    Table table = spark.table(ofBranch(maintained));
    Snapshot snapshot = headOfMain == null ? table.currentSnapshot() : table.snapshot(BRANCH);
    return snapshot == null ? null : snapshot.snapshotId();
  }

  /** Compares the twins as they are. */
  void requireEqual() {
    requireEqual(rows(), spark.sql(ROWS.formatted(twin)));
  }

  /** Keeps the answer of the current snapshot for {@link #requireEqualToRemembered}. */
  void remember() {
    Long snapshot = snapshotId();
    if (snapshot != null && remembered.size() < MAX_REMEMBERED) {
      remembered.put(snapshot, rowsOf(snapshot));
    }
  }

  /** Main is where it was when the branch began. */
  void requireMainUntouched() {
    if (headOfMain != null) {
      assertThat(spark.table(ofBranch(maintained)).currentSnapshot().snapshotId())
          .as("head of main")
          .isEqualTo(headOfMain);
    }
  }

  /** Snapshots of the past that are still there give the answers that they gave then. */
  void requireEqualToRemembered() {
    Set<Long> alive = new HashSet<>();
    spark
        .table(ofBranch(maintained))
        .snapshots()
        .forEach(snapshot -> alive.add(snapshot.snapshotId()));
    remembered.forEach(
        (snapshot, rows) -> {
          if (alive.contains(snapshot)) {
            requireSame("rows of snapshot " + snapshot, rowsOf(snapshot), rows);
          }
        });
  }

  /** Whether no snapshot behind the head has expired, so that the change feed can begin there. */
  boolean hasWholeHistory() {
    Table table = spark.table(ofBranch(maintained));
    Long id = snapshotId();
    while (id != null) {
      Snapshot snapshot = table.snapshot(id);
      if (snapshot == null) {
        return false;
      }
      id = snapshot.parentId();
    }
    return true;
  }

  /** The change feeds of the twins, each change of each commit or net, tell the same story. */
  void requireSameChanges(boolean net) {
    Map<Long, Long> known = Map.copyOf(rowIds);
    requireSame(
        net ? "net changes" : "changes",
        changes(maintained, net, Map.of()),
        changes(twin, net, known));
  }

  private List<String> changes(String table, boolean net, Map<Long, Long> toMaintained) {
    spark.sql(
        "CALL lake.system.create_row_changes_view(table => '%s', net => %s, changes_view => 'feed')"
            .formatted(table.substring("lake.".length()), net));
    List<Row> rows = spark.sql("SELECT * FROM feed ORDER BY _change_ordinal");
    Set<Object> commits = new LinkedHashSet<>();
    List<String> changes = new ArrayList<>();
    for (Row row : rows) {
      commits.add(row.getAs("_commit_snapshot_id"));
      long rowId = row.<Long>getAs("_row_id");
      StringBuilder change = new StringBuilder();
      change.append(net ? "" : "commit " + commits.size() + " ");
      change.append(row.<String>getAs("_change_type")).append(" of row ");
      change.append(toMaintained.getOrDefault(rowId, rowId));
      for (String column : row.schema().fieldNames()) {
        if (!column.startsWith("_")) {
          change.append(' ').append(column).append('=').append(row.<Object>getAs(column));
        }
      }
      changes.add(change.toString());
    }
    return changes;
  }

  /** Every data and delete file on disk belongs to a snapshot of the maintained table. */
  void requireNoOrphans() {
    Set<String> files = new TreeSet<>();
    Path data = localPath(spark.table(ofBranch(maintained)).location()).resolve("data");
    try (Stream<Path> paths = Files.walk(data)) {
      paths
          .filter(Files::isRegularFile)
          .map(Path::toString)
          .filter(path -> !path.endsWith(".crc"))
          .forEach(files::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spark
        .sql("SELECT DISTINCT file_path FROM " + ofBranch(maintained) + ".all_files")
        .forEach(row -> files.remove(localPath(row.getString(0)).toString()));
    assertThat(files).as("files that no snapshot references").isEmpty();
  }

  void drop() {
    spark.sql("DROP TABLE " + ofBranch(maintained) + " PURGE");
    spark.sql("DROP TABLE " + ofBranch(twin) + " PURGE");
  }

  private List<Row> rowsOf(long snapshot) {
    return spark.sql(ROWS.formatted(ofBranch(maintained) + " VERSION AS OF " + snapshot));
  }

  private static Path localPath(String location) {
    return Path.of(location.replaceFirst("^file:/*", "/"));
  }

  /** Fails with the first rows that differ, not with all that there are. */
  static void requireSame(String what, List<?> rows, List<?> expected) {
    List<?> surplus = difference(rows, expected);
    List<?> missing = difference(expected, rows);
    assertThat(surplus.isEmpty() && missing.isEmpty() && rows.size() == expected.size())
        .as(
            "%s: %d, must be %d; too many, the first: %s; missing, the first: %s",
            what, rows.size(), expected.size(), surplus, missing)
        .isTrue();
  }

  private static List<?> difference(List<?> rows, List<?> others) {
    Set<Object> there = new HashSet<>(others);
    return rows.stream().filter(row -> !there.contains(row)).limit(MAX_SHOWN).toList();
  }

  private void requireEqual(List<Row> rows, List<Row> expected) {
    requireSame("rows", withoutLineage(rows), withoutLineage(expected));
    for (int i = 0; i < rows.size(); i++) {
      int lineage = rows.get(i).size() - 2;
      Row row = rows.get(i);
      Row other = expected.get(i);
      requireSameRowId(row, row.getLong(lineage), other.getLong(lineage));
      requireSameCommit(row, row.getLong(lineage + 1), other.getLong(lineage + 1));
    }
  }

  private void requireSameRowId(Row row, long rowId, long inTwin) {
    Long known = rowIds.putIfAbsent(inTwin, rowId);
    if (known != null) {
      assertThat(rowId).as("_row_id of %s", row).isEqualTo(known);
    } else {
      assertThat(usedRowIds.add(rowId)).as("_row_id %d of %s is new", rowId, row).isTrue();
    }
  }

  private void requireSameCommit(Row row, long sequence, long inTwin) {
    Long known = sequences.putIfAbsent(inTwin, sequence);
    if (known != null) {
      assertThat(sequence).as("_last_updated_sequence_number of %s", row).isEqualTo(known);
      return;
    }
    Map.Entry<Long, Long> before = sequences.lowerEntry(inTwin);
    Map.Entry<Long, Long> after = sequences.higherEntry(inTwin);
    assertThat(sequence)
        .as("_last_updated_sequence_number of %s, %d in the twin", row, inTwin)
        .isGreaterThan(before == null ? 0 : before.getValue())
        .isLessThan(after == null ? Long.MAX_VALUE : after.getValue());
  }

  private static List<List<Object>> withoutLineage(List<Row> rows) {
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, row.size() - 2).mapToObj(row::get).collect(Collectors.toList()))
        .toList();
  }
}
