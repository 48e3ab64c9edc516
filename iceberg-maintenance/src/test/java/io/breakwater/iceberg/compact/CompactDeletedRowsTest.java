package io.breakwater.iceberg.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompactDeletedRowsTest {
  private static final String T = "lake.db.t";
  private static final String CALL = "CALL lake.system.compact_deleted_rows(table => 'db.t'";

  /** Opening costs nothing, so that the share of deleted rows decides. */
  private static final String BY_RATIO = ", options => map('file-open-cost','0'))";

  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void dropTable() {
    spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
  }

  @Test
  void files_withManyDeletedRows_areRewrittenAndOthersStay() {
    spark.createTable(T, 4000, 4, "");
    spark.sql("DELETE FROM lake.db.t WHERE id < 700 OR id IN (1001, 2001, 2500)");
    String answer = spark.answer(T);
    Set<String> before = dataFiles(T);

    Row row = spark.tableRow(CALL + BY_RATIO);

    assertThat(row.<String>getAs("status")).isEqualTo("committed");
    assertThat(row.<Long>getAs("rewritten_data_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("added_data_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("removed_delete_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(700);
    assertThat(row.<Long>getAs("snapshot_id"))
        .isEqualTo(spark.table(T).currentSnapshot().snapshotId());
    assertThat(dataFiles(T)).hasSize(4);
    assertThat(dataFiles(T).stream().filter(before::contains)).hasSize(3);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void updatedRows_keepRowIdsAndSequenceNumbers() {
    spark.createTable(T, 3000, 3, "");
    for (int i = 0; i < 4; i++) {
      spark.sql(
          "UPDATE lake.db.t SET name = concat(name, '-%d') WHERE id %% 7 = %d".formatted(i, i));
    }
    String answer = spark.answer(T);

    Row row = spark.tableRow(CALL + ")");

    assertThat(row.<String>getAs("status")).isEqualTo("committed");
    assertThat(spark.sql("SELECT * FROM lake.db.t.delete_files")).isEmpty();
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(dataFiles(T)).hasSize(1);
  }

  @Test
  void filesWithoutALiveRow_leaveByMetadataOnly() {
    spark.createTable(T, 4000, 4, "");
    spark.sql("DELETE FROM lake.db.t WHERE id < 1000 AND id % 2 = 0");
    spark.sql("DELETE FROM lake.db.t WHERE id < 1000 AND id % 2 = 1 AND name <> ''");
    String answer = spark.answer(T);
    assertThat(dataFiles(T)).hasSize(4);
    Set<?> onDisk = spark.files(".parquet");

    List<Row> rows = spark.sql(CALL + BY_RATIO);

    assertThat(rows.get(0).<String>getAs("action")).isEqualTo("drop");
    assertThat(rows.get(0).<String>getAs("status")).isEqualTo("committed");
    assertThat(rows.get(0).<Long>getAs("rewritten_data_files_count")).isEqualTo(1);
    assertThat(rows.get(0).<Long>getAs("added_data_files_count")).isZero();
    assertThat(dataFiles(T)).hasSize(3);
    assertThat(spark.files(".parquet")).isEqualTo(onDisk);
    assertThat(spark.sql("SELECT * FROM lake.db.t.delete_files")).isEmpty();
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void smallFiles_arePackedPerPartition_unlessThereAreTooFew() {
    spark.createTable(T, 100, 1, "PARTITIONED BY (part)");
    for (int i = 1; i < 4; i++) {
      spark.append(T, 100 * i, 100 * i + 100, 1);
    }
    spark.sql("INSERT INTO lake.db.t VALUES (1000, 0, 'a')");
    String answer = spark.answer(T);

    List<Row> rows = spark.sql(CALL + ")");

    assertThat(rows.get(0).<String>getAs("action")).isEqualTo("repack");
    assertThat(rows.get(0).<String>getAs("partition")).isEqualTo("part=0");
    assertThat(rows.get(0).<Long>getAs("rewritten_data_files_count")).isEqualTo(5);
    assertThat(rows.get(0).<Long>getAs("added_data_files_count")).isEqualTo(1);
    Row left = rows.get(1);
    assertThat(left.<String>getAs("scope")).isEqualTo("left");
    assertThat(left.<Long>getAs("rewritten_data_files_count")).isEqualTo(4);
    assertThat(left.<String>getAs("reason")).contains("fewer than min-input-files");
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void dryRun_showsThePlanWithReasonsAndChangesNothing() {
    spark.createTable(T, 4000, 4, "");
    spark.sql("DELETE FROM lake.db.t WHERE id < 700 OR id = 1001");
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    List<Row> rows = spark.sql(CALL + ", dry_run => true, options => map('file-open-cost','0'))");

    assertThat(rows)
        .extracting(row -> row.<String>getAs("scope"))
        .containsExactly("group", "left", "left", "table");
    assertThat(rows.get(0).<String>getAs("status")).isEqualTo("planned");
    assertThat(rows.get(0).<String>getAs("reason"))
        .isEqualTo("1 files: deletes cost the expected scans more than a rewrite");
    assertThat(rows.get(0).<Double>getAs("gain")).isGreaterThan(rows.get(0).getAs("cost"));
    assertThat(rows)
        .extracting(row -> row.<String>getAs("reason"))
        .contains(
            "deletes cost the expected scans less than a rewrite", "no deletes, and large enough");
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void secondCall_findsNothingToDo() {
    spark.createTable(T, 4000, 8, "PARTITIONED BY (part)");
    spark.sql("DELETE FROM lake.db.t WHERE id % 3 = 0");
    spark.tableRow(CALL + ")");
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    Row row = spark.tableRow(CALL + ")");

    assertThat(row.<String>getAs("status")).isEqualTo("nothing to do");
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void where_limitsToPartitions() {
    spark.createTable(T, 2000, 2, "PARTITIONED BY (part)");
    spark.sql("DELETE FROM lake.db.t WHERE id % 4 < 2");
    String answer = spark.answer(T);

    spark.tableRow(CALL + ", where => 'part = 1')");

    assertThat(spark.sql("SELECT DISTINCT partition.part FROM lake.db.t.delete_files"))
        .extracting(row -> row.getLong(0))
        .containsExactly(0L);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void filesOfAnOlderPartitionSpec_areWrittenInTheCurrentOne() {
    spark.createTable(T, 2000, 2, "");
    spark.sql("ALTER TABLE lake.db.t ADD PARTITION FIELD part");
    spark.append(T, 2000, 3000, 1);
    spark.sql("ALTER TABLE lake.db.t ADD COLUMN extra STRING");
    spark.sql("DELETE FROM lake.db.t WHERE id % 3 = 0");
    String answer = spark.answer(T);

    Row row = spark.tableRow(CALL + ")");

    assertThat(row.<Long>getAs("rewritten_data_files_count")).isEqualTo(4);
    assertThat(spark.sql("SELECT DISTINCT spec_id FROM lake.db.t.files"))
        .extracting(r -> r.getInt(0))
        .containsExactly(spark.table(T).spec().specId());
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void branch_isCompactedAndMainStays() {
    spark.createTable(T, 2000, 2, "");
    spark.sql("DELETE FROM lake.db.t WHERE id < 600");
    spark.sql("ALTER TABLE lake.db.t CREATE BRANCH audit");
    spark.sql("DELETE FROM lake.db.t.branch_audit WHERE id = 1500");
    long main = spark.table(T).currentSnapshot().snapshotId();
    String answer = spark.answer(T + ".branch_audit");
    String mainAnswer = spark.answer(T);

    Row row = spark.tableRow("CALL lake.system.compact_deleted_rows(table => 'db.t.branch_audit')");

    assertThat(row.<Long>getAs("rewritten_data_files_count")).isEqualTo(2);
    assertThat(row.<Long>getAs("snapshot_id"))
        .isEqualTo(spark.table(T).snapshot("audit").snapshotId());
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(main);
    assertThat(spark.answer(T + ".branch_audit")).isEqualTo(answer);
    assertThat(spark.answer(T)).isEqualTo(mainAnswer);
  }

  @Test
  void targetFileSize_dividesALargeGroup() {
    spark.createTable(T, 20_000, 8, "");
    spark.sql("DELETE FROM lake.db.t WHERE id % 2 = 0");
    String answer = spark.answer(T);

    Row row = spark.tableRow(CALL + ", options => map('target-file-size-bytes','40000'))");

    assertThat(row.<Long>getAs("rewritten_data_files_count")).isEqualTo(8);
    assertThat(row.<Long>getAs("added_data_files_count")).isBetween(2L, 6L);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void deleteRatioThreshold_rewritesWhateverItCosts() {
    spark.createTable(T, 2000, 2, "");
    spark.sql("DELETE FROM lake.db.t WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)");

    Row row =
        spark.tableRow(
            CALL + ", options => map('file-open-cost','0','delete-ratio-threshold','0.01'))");

    assertThat(row.<Long>getAs("rewritten_data_files_count")).isEqualTo(1);
  }

  @Test
  void emptyTable_hasNothingToDo() {
    spark.sql(
        "CREATE TABLE lake.db.t (id BIGINT) USING iceberg TBLPROPERTIES('format-version'='3')");

    assertThat(spark.tableRow(CALL + ")").<String>getAs("status")).isEqualTo("nothing to do");
  }

  @Test
  void minFileSize_notBelowTheTarget_isRefused() {
    spark.createTable(T, 10, 1, "");

    assertThatThrownBy(
            () ->
                spark.sql(
                    CALL
                        + ", options => map('target-file-size-bytes','100','min-file-size-bytes','100'))"))
        .hasMessageContaining(
            "Invalid min-file-size-bytes: 100, must be less than target-file-size-bytes, which is"
                + " 100");
  }

  private static Set<String> dataFiles(String table) {
    return spark.sql("SELECT file_path FROM " + table + ".files WHERE content = 0").stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }
}
