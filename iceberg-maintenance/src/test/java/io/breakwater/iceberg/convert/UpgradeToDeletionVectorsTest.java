package io.breakwater.iceberg.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call brings a version 2 table and all its delete files to deletion vectors. */
class UpgradeToDeletionVectorsTest {
  private static final String ANSWER =
      "SELECT count(*), sum(hash(id, part, name)), min(id), max(id) FROM lake.db.%s";

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
  @ValueSource(strings = {"file", "partition"})
  void upgrade_convertsPositionDeletesOfEitherGranularity(String granularity) {
    String table = "v2_" + granularity;
    createVersion2(table, granularity);
    List<Row> answer = spark.sql(ANSWER.formatted(table));
    long start = spark.table("lake.db." + table).currentSnapshot().snapshotId();

    List<Row> rows = upgrade(table, "");

    assertThat(spark.sql(ANSWER.formatted(table))).isEqualTo(answer);
    assertThat(TableUtil.formatVersion(spark.table("lake.db." + table))).isEqualTo(3);
    assertThat(spark.sql("SELECT DISTINCT file_format FROM lake.db." + table + ".delete_files"))
        .extracting(row -> row.getString(0))
        .containsExactly("PUFFIN");
    assertThat(rows)
        .extracting(row -> row.<String>getAs("step") + ": " + row.<String>getAs("status"))
        .containsExactly("format version: done", "deletes: done", "verification: done");
    Row verification = rows.get(2);
    assertThat(verification.<Long>getAs("row_count_before"))
        .isEqualTo(verification.<Long>getAs("row_count_after"))
        .isEqualTo(answer.get(0).getLong(0));
    assertThat(verification.<Long>getAs("starting_snapshot_id")).isEqualTo(start);
    assertThat(upgrade(table, ""))
        .extracting(row -> row.<String>getAs("status"))
        .containsOnly("nothing to do");
  }

  @Test
  void dryRun_countsWhatItWouldConvertAndTouchesNothing() {
    createVersion2("dry", "partition");
    long snapshot = spark.table("lake.db.dry").currentSnapshot().snapshotId();

    List<Row> rows = upgrade("dry", ", dry_run => true");

    assertThat(rows).extracting(row -> row.<String>getAs("status")).containsOnly("planned");
    assertThat(rows.get(1).<Long>getAs("position_delete_files_count")).isPositive();
    assertThat(TableUtil.formatVersion(spark.table("lake.db.dry"))).isEqualTo(2);
    assertThat(spark.table("lake.db.dry").currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void equalityDeletes_stayUnlessAskedFor() {
    createVersion2("equality", "file");
    Table table = spark.table("lake.db.equality");
    WrittenDeletes.add(
        table,
        WrittenDeletes.equality(
            table,
            WrittenDeletes.partition(table.spec(), 1L),
            List.of("id"),
            WrittenDeletes.row(51L)));
    List<Row> answer = spark.sql(ANSWER.formatted("equality"));

    upgrade("equality", "");
    assertThat(spark.sql("SELECT * FROM lake.db.equality.delete_files WHERE content = 2"))
        .hasSize(1);
    List<Row> rows = upgrade("equality", ", equality_deletes => true");

    assertThat(rows.get(1).<Long>getAs("equality_delete_files_count")).isEqualTo(1);
    assertThat(spark.sql("SELECT * FROM lake.db.equality.delete_files WHERE content = 2"))
        .isEmpty();
    assertThat(spark.sql(ANSWER.formatted("equality"))).isEqualTo(answer);
  }

  @Test
  void commitThatChangesRows_isFoundAndRolledBack() {
    spark.createTable("lake.db.wrong", 100, 2, "");
    long start = spark.table("lake.db.wrong").currentSnapshot().snapshotId();
    spark.sql("DELETE FROM lake.db.wrong WHERE id = 7");

    assertThatThrownBy(() -> verify("wrong"))
        .hasMessageContaining("shows 99 rows, the one before it 100")
        .hasMessageContaining("rolled back to snapshot " + start + ", format version 3 stays");

    assertThat(spark.sql("SELECT count(*) FROM lake.db.wrong").get(0).getLong(0)).isEqualTo(100);
  }

  @Test
  void commitThatChangesRows_underAnotherCommit_isFoundAndLeft() {
    spark.createTable("lake.db.late", 100, 2, "");
    spark.sql("DELETE FROM lake.db.late WHERE id = 7");
    Upgrade upgrade = upgradeOf("late");
    ConvertRow row = committed(spark.table("lake.db.late").currentSnapshot());
    spark.append("lake.db.late", 100, 110, 1);

    assertThatThrownBy(() -> upgrade.verified(List.of(row)))
        .hasMessageContaining("others have committed since, so it is not rolled back");

    assertThat(spark.sql("SELECT count(*) FROM lake.db.late").get(0).getLong(0)).isEqualTo(109);
  }

  private static void verify(String table) {
    Snapshot head = spark.table("lake.db." + table).currentSnapshot();
    upgradeOf(table).verified(List.of(committed(head)));
  }

  private static Upgrade upgradeOf(String table) {
    return new Upgrade(
        spark.session(),
        Target.main(spark.table("lake.db." + table)),
        "lake.db." + table,
        ConvertOptions.of(Map.of()),
        false,
        true);
  }

  private static ConvertRow committed(Snapshot snapshot) {
    return new ConvertRow(
        "group",
        "converted",
        0,
        0,
        0,
        0,
        0,
        0,
        0L,
        0L,
        0L,
        0L,
        0L,
        null,
        null,
        snapshot.snapshotId(),
        1,
        "");
  }

  private static void createVersion2(String table, String granularity) {
    spark.sql(
        "CREATE TABLE lake.db."
            + table
            + " (id BIGINT, part BIGINT, name STRING) USING iceberg PARTITIONED BY (part)"
            + " TBLPROPERTIES ('format-version'='2','write.delete.mode'='merge-on-read',"
            + "'write.delete.granularity'='"
            + granularity
            + "','write.distribution-mode'='none')");
    spark.append("lake.db." + table, 0, 400, 4);
    spark.sql("DELETE FROM lake.db." + table + " WHERE id % 10 = 3");
    spark.sql("DELETE FROM lake.db." + table + " WHERE id BETWEEN 100 AND 120");
  }

  private static List<Row> upgrade(String table, String more) {
    return spark.sql(
        "CALL lake.system.upgrade_to_deletion_vectors(table => 'db." + table + "'" + more + ")");
  }
}
