package io.breakwater.iceberg.history;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.convert.WrittenDeletes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Table;

/**
 * What users do to a table, drawn from a seed: each operation has the same effect on every table of
 * the same content, however its rows lie in files. Not thread-safe.
 */
final class Workload {
  /** Stands for the name of the table in the text of an operation. */
  static final String TABLE = "{table}";

  private static final int MAX_EXTRA_COLUMNS = 4;
  private static final List<String> PARTITION_FIELDS =
      List.of("part", "bucket(2, id)", "truncate(3, name)");

  private final Random random;
  private final List<Column> extra = new ArrayList<>();
  private final List<String> spec = new ArrayList<>();
  private boolean equalityDeletes;
  private long nextId;
  private int names;

  Workload(Random random) {
    this.random = random;
  }

  /**
   * Something that a user does.
   *
   * @param kind what, in one word
   * @param text what, exactly
   * @param act does it
   * @param done tells the workload that it was done
   */
  record Operation(String kind, String text, Act act, Runnable done) {}

  /** Does something to a table. */
  interface Act {
    void on(LocalSpark spark, String table);
  }

  private record Column(String name, String type) {}

  /** Whether some of the deletes are equality deletes of the whole table, as Flink writes them. */
  boolean writesEqualityDeletes() {
    return equalityDeletes;
  }

  /** Creates the table, with one of several distributions and partition specs. */
  Operation create() {
    String field = random.nextInt(3) == 0 ? null : pick(PARTITION_FIELDS);
    String distribution = pick(List.of("none", "hash"));
    return sql(
        "create",
        "CREATE TABLE "
            + TABLE
            + " (id BIGINT, part INT, name STRING) USING iceberg "
            + (field == null ? "" : "PARTITIONED BY (" + field + ") ")
            + "TBLPROPERTIES ('format-version'='3','write.delete.mode'='merge-on-read',"
            + "'write.update.mode'='merge-on-read','write.merge.mode'='merge-on-read',"
            + "'write.spark.fanout.enabled'='true','write.distribution-mode'='%1$s',"
                .formatted("none")
            + "'write.delete.distribution-mode'='%1$s','write.update.distribution-mode'='%1$s',"
                .formatted(distribution)
            + "'commit.manifest-merge.enabled'='%s')".formatted(random.nextBoolean()),
        () -> {
          if (field != null) {
            spec.add(field);
          }
          equalityDeletes = field == null && random.nextBoolean();
        });
  }

  /** Appends many rows. */
  Operation load() {
    return append(250 + random.nextInt(250), 2 + random.nextInt(5));
  }

  /** Draws what happens next. */
  Operation next() {
    int draw = random.nextInt(100);
    if (draw < 32) {
      return equalityDeletes && draw < 16 ? equalityDelete() : delete();
    } else if (draw < 52) {
      return update();
    } else if (draw < 70) {
      return merge();
    } else if (draw < 82) {
      return append(1 + random.nextInt(60), 1 + random.nextInt(2));
    } else if (draw < 92) {
      return evolveSchema();
    } else {
      // A delete of the whole table is one only as long as no file belongs to a partition.
      return equalityDeletes ? evolveSchema() : evolvePartitions();
    }
  }

  /** Deletes by id, among them ids that are not there, or every row without a name. */
  private Operation equalityDelete() {
    List<Object[]> keys = new ArrayList<>();
    boolean byId = random.nextInt(4) > 0;
    if (byId) {
      random
          .longs(1 + random.nextInt(30), 0, nextId + 10)
          .distinct()
          .forEach(id -> keys.add(new Object[] {id}));
    } else {
      keys.add(new Object[] {null});
    }
    String column = byId ? "id" : "name";
    return new Operation(
        "equality delete",
        "equality delete by %s: %s"
            .formatted(column, keys.stream().map(Arrays::toString).collect(Collectors.joining())),
        (spark, name) -> {
          Table table = spark.table(name);
          WrittenDeletes.add(
              table,
              WrittenDeletes.equality(table, null, List.of(column), keys.toArray(new Object[0][])));
        },
        () -> {});
  }

  private Operation append(int rows, int files) {
    long end = nextId + rows;
    return sql(
        "append",
        "INSERT INTO %s (%s) SELECT %s FROM range(%d, %d, 1, %d)"
            .formatted(TABLE, names(), values(random.nextInt()), nextId, end, files),
        () -> nextId = end);
  }

  private Operation delete() {
    return sql("delete", "DELETE FROM " + TABLE + " WHERE " + condition(), () -> {});
  }

  private Operation update() {
    List<Column> columns = columns().skip(1).toList();
    Column first = pick(columns);
    Column second = pick(columns);
    int salt = random.nextInt();
    String set = first.name + " = " + value(first, salt);
    if (!first.equals(second)) {
      set += ", " + second.name + " = " + value(second, salt + 1);
    }
    return sql("update", "UPDATE %s SET %s WHERE %s".formatted(TABLE, set, condition()), () -> {});
  }

  private Operation merge() {
    int salt = random.nextInt();
    long from = Math.max(0, nextId - random.nextInt(200));
    long end = from + 20 + random.nextInt(200);
    String source =
        "SELECT %s FROM range(%d, %d, 1, 2) WHERE pmod(hash(id, %d), 3) > 0"
            .formatted(
                columns()
                    .map(column -> value(column, salt) + " AS " + column.name)
                    .collect(Collectors.joining(", ")),
                from,
                end,
                salt);
    String sql =
        "MERGE INTO %s t USING (%s) s ON t.id = s.id".formatted(TABLE, source)
            + " WHEN MATCHED AND pmod(hash(t.id, %d), 4) = 0 THEN DELETE".formatted(salt)
            + " WHEN MATCHED THEN UPDATE SET "
            + columns()
                .skip(1)
                .map(column -> "t." + column.name + " = s." + column.name)
                .collect(Collectors.joining(", "))
            + " WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
                .formatted(
                    names(),
                    columns().map(column -> "s." + column.name).collect(Collectors.joining(", ")));
    if (random.nextInt(4) == 0) {
      sql +=
          " WHEN NOT MATCHED BY SOURCE AND pmod(hash(t.id, %d), 11) = 0 THEN DELETE"
              .formatted(salt + 1);
    }
    return sql("merge", sql, () -> nextId = Math.max(nextId, end));
  }

  private Operation evolveSchema() {
    String alter = "ALTER TABLE " + TABLE + " ";
    int draw = random.nextInt(4);
    if (extra.isEmpty() || (draw == 0 && extra.size() < MAX_EXTRA_COLUMNS)) {
      Column added =
          new Column("c" + names++, pick(List.of("INT", "BIGINT", "STRING", "DOUBLE", "DATE")));
      return sql(
          "add column",
          alter
              + "ADD COLUMN %s %s %s"
                  .formatted(added.name, added.type, pick(List.of("", "FIRST", "AFTER part"))),
          () -> extra.add(added));
    }
    Column old = pick(extra);
    if (draw == 1) {
      return sql("drop column", alter + "DROP COLUMN " + old.name, () -> extra.remove(old));
    } else if (draw == 2 && old.type.equals("INT")) {
      return sql(
          "widen column",
          alter + "ALTER COLUMN " + old.name + " TYPE BIGINT",
          () -> extra.set(extra.indexOf(old), new Column(old.name, "BIGINT")));
    }
    Column renamed = new Column("c" + names++, old.type);
    return sql(
        "rename column",
        alter + "RENAME COLUMN %s TO %s".formatted(old.name, renamed.name),
        () -> extra.set(extra.indexOf(old), renamed));
  }

  private Operation evolvePartitions() {
    String field = pick(PARTITION_FIELDS);
    boolean drop = spec.contains(field);
    return sql(
        "partition field",
        "ALTER TABLE %s %s PARTITION FIELD %s".formatted(TABLE, drop ? "DROP" : "ADD", field),
        () -> {
          if (drop) {
            spec.remove(field);
          } else {
            spec.add(field);
          }
        });
  }

  private String condition() {
    int salt = random.nextInt();
    long from = (long) (random.nextDouble() * nextId);
    return switch (random.nextInt(12)) {
      case 0 -> "part = " + random.nextInt(3);
      case 1 -> "name IS NULL AND pmod(hash(id, %d), 2) = 0".formatted(salt);
      case 2 ->
          "id IN (SELECT id FROM %s WHERE part = %d AND pmod(hash(id, %d), 3) = 0)"
              .formatted(TABLE, random.nextInt(3), salt);
      case 3, 4, 5 -> "pmod(hash(id, %d), %d) = 0".formatted(salt, 5 + random.nextInt(40));
      case 6 -> "id = " + from;
      default -> "id BETWEEN %d AND %d".formatted(from, from + random.nextInt(40));
    };
  }

  private Stream<Column> columns() {
    return Stream.concat(
        Stream.of(
            new Column("id", "BIGINT"), new Column("part", "INT"), new Column("name", "STRING")),
        extra.stream());
  }

  private String names() {
    return columns().map(Column::name).collect(Collectors.joining(", "));
  }

  private String values(int salt) {
    return columns().map(column -> value(column, salt)).collect(Collectors.joining(", "));
  }

  /** A value that depends on the row's id, the column and the salt; NULL in one of ten rows. */
  private static String value(Column column, int salt) {
    if (column.name.equals("id")) {
      return "id";
    }
    String hash = "pmod(hash(id, '%s', %d), ".formatted(column.name, salt);
    String value =
        switch (column.type) {
          case "STRING" -> "concat('v', " + hash + "20), '-', id)";
          case "DATE" -> "date_add(DATE '2026-01-01', " + hash + "60))";
          case "DOUBLE" -> hash + "1000) / 8.0D";
          default ->
              "CAST("
                  + hash
                  + (column.name.equals("part") ? "3" : "1000")
                  + ") AS "
                  + column.type
                  + ")";
        };
    return "if(%s10) = 9, NULL, %s)".formatted(hash, value);
  }

  /** A statement; one that alters the table does so for all branches. */
  private static Operation sql(String kind, String sql, Runnable done) {
    return new Operation(
        kind,
        sql,
        (spark, table) ->
            spark.sql(
                sql.replace(TABLE, sql.startsWith("ALTER TABLE") ? Twins.ofBranch(table) : table)),
        done);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
