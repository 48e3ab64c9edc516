package io.breakwater.iceberg;

import io.breakwater.iceberg.convert.WrittenDeletes;
import io.breakwater.iceberg.history.Upkeep;
import io.breakwater.iceberg.history.Upkeep.Call;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;

/**
 * Calls every procedure once, each on a table of its own that has much to do, and fails if an
 * answer of the table changes. A main class: {@link RuntimesIT} runs it on several Icebergs.
 */
public final class EveryProcedure {
  private EveryProcedure() {}

  public static void main(String[] args) {
    System.out.println("on " + IcebergRuntimeTest.jar());
    try (LocalSpark spark = LocalSpark.start()) {
      for (Upkeep upkeep : Upkeep.ours()) {
        System.out.printf("%s %d rows%n", upkeep.procedure(), call(spark, upkeep).size());
      }
    }
  }

  private static List<Row> call(LocalSpark spark, Upkeep upkeep) {
    String name = "db." + upkeep.procedure();
    String table = "lake." + name;
    spark.createTable(table, 400, 4, "PARTITIONED BY (part)");
    spark.sql("UPDATE " + table + " SET name = 'changed' WHERE id % 97 = 0");
    spark.scatterDeletes(table, 400, 4, 4);
    if (!upkeep.procedure().equals("create_row_changes_view")) {
      addEqualityDelete(spark.table(table));
    }
    String answer = spark.answer(table);
    long snapshot = spark.table(table).currentSnapshot().snapshotId();

    Call call = upkeep.firstCall("lake", name);
    List<Row> rows = spark.sql(call.sql());

    String after = spark.answer(table);
    if (rows.isEmpty() || !after.equals(answer)) {
      throw new AssertionError(
          "%s: %d rows, the answer was %s, is %s"
              .formatted(call.sql(), rows.size(), answer, after));
    }
    if (call.mayCommit() == (spark.table(table).currentSnapshot().snapshotId() == snapshot)) {
      throw new AssertionError(
          call.sql() + (call.mayCommit() ? ": nothing was committed" : ": it committed"));
    }
    return rows;
  }

  private static void addEqualityDelete(Table table) {
    WrittenDeletes.add(
        table,
        WrittenDeletes.equality(
            table,
            WrittenDeletes.partition(table.spec(), 1L),
            List.of("id"),
            WrittenDeletes.row(151L),
            WrittenDeletes.row(152L)));
  }
}
