package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.LocalSpark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.Row;

/**
 * A writer of a table of (id, part, name) that keeps a book of each change it makes. Ids are never
 * used twice.
 */
final class Ledger {

  /** One line of the book: a row as it was before or is after a change. */
  record Change(long snapshotId, String type, long id, long part, String name) {
    static Change of(Row row) {
      return new Change(
          row.getAs("_commit_snapshot_id"),
          row.getAs("_change_type"),
          row.getAs("id"),
          row.getAs("part"),
          row.getAs("name"));
    }
  }

  private record Values(long part, String name) {}

  private final LocalSpark spark;
  private final String table;
  private final Random random;
  private final TreeMap<Long, Values> rows = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private long nextId;
  private int statements;

  /** Begins with the rows that {@link LocalSpark#createTable} made. */
  Ledger(LocalSpark spark, String table, int rows, long seed) {
    this.spark = spark;
    this.table = table;
    this.random = new Random(seed);
    for (nextId = 0; nextId < rows; nextId++) {
      this.rows.put(nextId, new Values(nextId % 2, "name-" + nextId));
    }
  }

  /** A random statement, which changes a few percent of the rows. */
  void anyStatement() {
    switch (random.nextInt(5)) {
      case 0 -> insert(1 + random.nextInt(30));
      case 1 -> delete(someIds());
      case 2 -> update(someIds());
      case 3 -> move(someIds());
      default -> merge(someIds(), someIds(), 1 + random.nextInt(10));
    }
  }

  void insert(int count) {
    long from = nextId;
    spark.append(table, (int) from, (int) from + count, 1);
    Map<Long, Values> inserted = new HashMap<>();
    for (; nextId < from + count; nextId++) {
      inserted.put(nextId, new Values(nextId % 2, "name-" + nextId));
    }
    note(Map.of(), inserted);
  }

  void delete(List<Long> ids) {
    spark.sql("DELETE FROM %s WHERE id IN (%s)".formatted(table, list(ids)));
    note(taken(ids), Map.of());
  }

  void update(List<Long> ids) {
    String name = "update-" + statements;
    spark.sql("UPDATE %s SET name = '%s' WHERE id IN (%s)".formatted(table, name, list(ids)));
    Map<Long, Values> before = taken(ids);
    Map<Long, Values> after = new HashMap<>();
    before.forEach((id, old) -> after.put(id, new Values(old.part(), name)));
    note(before, after);
  }

  /** Updates the column that the table may be partitioned by. */
  void move(List<Long> ids) {
    spark.sql("UPDATE %s SET part = 1 - part WHERE id IN (%s)".formatted(table, list(ids)));
    Map<Long, Values> before = taken(ids);
    Map<Long, Values> after = new HashMap<>();
    before.forEach((id, old) -> after.put(id, new Values(1 - old.part(), old.name())));
    note(before, after);
  }

  /** Updates, deletes and inserts in one commit; an id that is in both lists is deleted. */
  void merge(List<Long> updated, List<Long> deleted, int inserts) {
    String name = "merge-" + statements;
    List<String> source = new ArrayList<>();
    updated.stream()
        .filter(id -> !deleted.contains(id))
        .forEach(id -> source.add("(%dL, 'u')".formatted(id)));
    deleted.forEach(id -> source.add("(%dL, 'd')".formatted(id)));
    long from = nextId;
    LongStream.range(from, from + inserts).forEach(id -> source.add("(%dL, 'i')".formatted(id)));
    spark.sql(
        ("MERGE INTO %s t USING (SELECT * FROM VALUES %s AS s(id, what)) s ON t.id = s.id"
                + " WHEN MATCHED AND s.what = 'd' THEN DELETE"
                + " WHEN MATCHED THEN UPDATE SET name = '%s'"
                + " WHEN NOT MATCHED AND s.what = 'i'"
                + " THEN INSERT (id, part, name) VALUES (s.id, 0, '%s')")
            .formatted(table, String.join(", ", source), name, name));
    nextId += inserts;
    Map<Long, Values> before = taken(deleted);
    Map<Long, Values> after = new HashMap<>();
    taken(updated)
        .forEach(
            (id, old) -> {
              before.put(id, old);
              after.put(id, new Values(old.part(), name));
            });
    LongStream.range(from, from + inserts).forEach(id -> after.put(id, new Values(0, name)));
    note(before, after);
  }

  /** Ids of rows that are there, at least one. */
  List<Long> someIds() {
    int modulus = 11 + random.nextInt(40);
    int remainder = random.nextInt(modulus);
    List<Long> ids = ids(id -> id % modulus == remainder);
    return ids.isEmpty() ? List.of(rows.firstKey()) : ids;
  }

  List<Long> ids(LongPredicate which) {
    return rows.keySet().stream().filter(which::test).toList();
  }

  /** Every change of the commits after {@code start}, in no order. */
  List<Change> changesAfter(long start) {
    return since(start);
  }

  /** The same, but one change per row. */
  List<Change> netAfter(long start) {
    Map<Long, List<Change>> byId = since(start).stream().collect(Collectors.groupingBy(Change::id));
    List<Change> net = new ArrayList<>();
    for (List<Change> ofRow : byId.values()) {
      Change first = ofRow.get(0);
      Change last = ofRow.get(ofRow.size() - 1);
      boolean existed = !first.type().equals("insert");
      boolean exists = !last.type().equals("delete");
      if (existed) {
        net.add(as(first, exists ? "update_preimage" : "delete", last.snapshotId()));
      }
      if (exists) {
        net.add(as(last, existed ? "update_postimage" : "insert", last.snapshotId()));
      }
    }
    return net;
  }

  private static Change as(Change image, String type, long snapshotId) {
    return new Change(snapshotId, type, image.id(), image.part(), image.name());
  }

  private List<Change> since(long start) {
    Snapshot from = spark.table(table).snapshot(start);
    return changes.stream()
        .filter(
            change ->
                spark.table(table).snapshot(change.snapshotId()).sequenceNumber()
                    > from.sequenceNumber())
        .toList();
  }

  private Map<Long, Values> taken(List<Long> ids) {
    Map<Long, Values> taken = new HashMap<>();
    for (long id : ids) {
      Values old = rows.remove(id);
      if (old != null) {
        taken.put(id, old);
      }
    }
    return taken;
  }

  private void note(Map<Long, Values> before, Map<Long, Values> after) {
    long snapshot = spark.table(table).currentSnapshot().snapshotId();
    before.forEach(
        (id, old) ->
            changes.add(
                change(snapshot, after.containsKey(id) ? "update_preimage" : "delete", id, old)));
    after.forEach(
        (id, now) ->
            changes.add(
                change(snapshot, before.containsKey(id) ? "update_postimage" : "insert", id, now)));
    rows.putAll(after);
    statements++;
  }

  private static Change change(long snapshot, String type, long id, Values values) {
    return new Change(snapshot, type, id, values.part(), values.name());
  }

  private static String list(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
