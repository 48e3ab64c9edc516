package io.breakwater.iceberg.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.changes.Ledger.Change;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The feed says what the writer's own book says, whatever maintenance ran between the commits. */
class RowChangesLedgerTest {
  private static final List<String> MAINTENANCE =
      List.of(
          "CALL lake.system.rewrite_deletion_vectors(table => 'db.%s', options => map('rewrite-all', 'true'))",
          "CALL lake.system.rewrite_data_files(table => 'db.%s', options => map('rewrite-all', 'true'))",
          "CALL lake.system.rewrite_manifests(table => 'db.%s')",
          "CALL lake.system.rewrite_data_files(table => 'db.%s', options => map('delete-file-threshold', '1'))");
  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1, merge-on-read, ''",
    "2, merge-on-read, PARTITIONED BY (part)",
    "3, mixed, ''",
  })
  void feed_ofRandomHistory_equalsLedger(long seed, String mode, String partitioning) {
    String name = "t" + seed;
    String table = "lake.db." + name;
    spark.createTable(table, 400, 4, partitioning);
    setMode(table, mode.equals("mixed") ? "merge-on-read" : mode);
    Ledger ledger = new Ledger(spark, table, 400, seed);
    ledger.anyStatement();
    long start = spark.table(table).currentSnapshot().snapshotId();

    for (int i = 0; i < 9; i++) {
      if (mode.equals("mixed")) {
        setMode(table, i % 3 == 2 ? "copy-on-write" : "merge-on-read");
      }
      ledger.anyStatement();
      if (i % 2 == 1) {
        spark.sql(MAINTENANCE.get(i / 2).formatted(name));
      }
    }

    List<Row> full = feed(name, start, false);
    List<Row> net = feed(name, start, true);

    assertThat(full.stream().map(Change::of))
        .containsExactlyInAnyOrderElementsOf(ledger.changesAfter(start));
    assertThat(net.stream().map(Change::of))
        .containsExactlyInAnyOrderElementsOf(ledger.netAfter(start));
    assertThat(rowIds(full)).containsAllEntriesOf(rowIds(net));
    Map<Long, Long> inTable = rowIds(spark.sql("SELECT id, _row_id FROM " + table));
    rowIds(net)
        .forEach((id, rowId) -> assertThat(inTable.getOrDefault(id, rowId)).isEqualTo(rowId));
  }

  /** The row id of each id, which must be one and the same in every row. */
  private static Map<Long, Long> rowIds(List<Row> rows) {
    Map<Long, Long> rowIds = new HashMap<>();
    for (Row row : rows) {
      Long rowId = row.getAs("_row_id");
      assertThat(rowIds.merge(row.getAs("id"), rowId, (old, now) -> old)).isEqualTo(rowId);
    }
    assertThat(rowIds.values()).doesNotHaveDuplicates();
    return rowIds;
  }

  private static List<Row> feed(String name, long start, boolean net) {
    spark.sql(
        "CALL lake.system.create_row_changes_view(table => 'db.%s', start_snapshot_id => %d, net => %s, changes_view => 'feed')"
            .formatted(name, start, net));
    return spark.sql("SELECT * FROM feed");
  }

  private static void setMode(String table, String mode) {
    spark.sql(
        ("ALTER TABLE %s SET TBLPROPERTIES ('write.delete.mode'='%s', 'write.update.mode'='%s',"
                + " 'write.merge.mode'='%s')")
            .formatted(table, mode, mode, mode));
  }
}
