package io.breakwater.iceberg.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One call does what is due, in order, within its budget, and changes no answer. */
class MaintainDeletionVectorsTest {
  private static final String CALL =
      "CALL lake.system.maintain_deletion_vectors(table => 'db.%s'%s)";

  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void maintenance_printsItsPlanAndThenDoesIt() {
    spark.createTable("lake.db.t", 2000, 8, "");
    spark.scatterDeletes("lake.db.t", 2000, 8, 12);
    spark.sql("DELETE FROM lake.db.t WHERE id < 200");
    String answer = spark.answer("lake.db.t");

    List<Row> rows = call("t", "");

    assertThat(rows.subList(0, 5))
        .extracting(row -> row.<String>getAs("phase") + " " + row.<String>getAs("action"))
        .containsExactly(
            "plan upgrade_to_deletion_vectors",
            "plan convert_equality_deletes",
            "plan compact_deleted_rows",
            "plan rewrite_deletion_vectors",
            "plan rewrite_manifests");
    assertThat(rows.subList(5, rows.size()))
        .extracting(row -> row.<String>getAs("action") + " " + row.<String>getAs("status"))
        .contains("compact_deleted_rows done");
    assertThat(spark.answer("lake.db.t")).isEqualTo(answer);
    assertThat(call("t", "")).extracting(row -> row.<String>getAs("phase")).containsOnly("plan");
  }

  @Test
  void dryRun_returnsThePlanAndTouchesNothing() {
    spark.createTable("lake.db.dry", 1000, 8, "");
    spark.scatterDeletes("lake.db.dry", 1000, 8, 8);
    long snapshot = spark.table("lake.db.dry").currentSnapshot().snapshotId();

    List<Row> rows = call("dry", ", dry_run => true");

    assertThat(rows).hasSize(5).extracting(row -> row.<String>getAs("phase")).containsOnly("plan");
    assertThat(rows).extracting(row -> row.<String>getAs("status")).contains("planned");
    assertThat(spark.table("lake.db.dry").currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void positionDeletesOfVersion2_becomeVectors() {
    spark.sql(
        "CREATE TABLE lake.db.old (id BIGINT, part BIGINT, name STRING) USING iceberg TBLPROPERTIES"
            + " ('format-version'='2','write.delete.mode'='merge-on-read')");
    spark.append("lake.db.old", 0, 100, 2);
    spark.sql("DELETE FROM lake.db.old WHERE id = 5");
    spark.sql("ALTER TABLE lake.db.old SET TBLPROPERTIES ('format-version'='3')");

    List<Row> rows = call("old", "");

    assertThat(rows)
        .extracting(row -> row.<String>getAs("action") + " " + row.<String>getAs("status"))
        .contains("upgrade_to_deletion_vectors done");
    assertThat(spark.sql("SELECT id FROM lake.db.old WHERE id IN (4, 5)")).hasSize(1);
    assertThat(
            spark
                .tableRow("CALL lake.system.deletion_vector_stats('db.old')")
                .<Integer>getAs("position_delete_file_count"))
        .isZero();
  }

  @Test
  void work_overTheBudget_isLeftForTheNextCall() {
    spark.createTable("lake.db.budget", 1000, 8, "");
    spark.scatterDeletes("lake.db.budget", 1000, 8, 8);
    long snapshot = spark.table("lake.db.budget").currentSnapshot().snapshotId();

    List<Row> rows = call("budget", ", max_bytes => 1");

    assertThat(rows.subList(5, rows.size()))
        .isNotEmpty()
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("status")).isEqualTo("skipped");
              assertThat(row.<String>getAs("reason")).contains("over the budget");
            });
    assertThat(spark.table("lake.db.budget").currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void tableWithADamagedVector_isRefusedBeforeAnythingChanges() throws Exception {
    spark.createTable("lake.db.damaged", 1000, 8, "");
    spark.scatterDeletes("lake.db.damaged", 1000, 8, 8);
    Row vector =
        spark
            .sql("SELECT file_path, content_offset FROM lake.db.damaged.delete_files LIMIT 1")
            .get(0);
    Path puffin = Path.of(vector.getString(0).replaceFirst("^file:", ""));
    byte[] bytes = Files.readAllBytes(puffin);
    bytes[(int) vector.getLong(1) + 20] ^= 1;
    Files.write(puffin, bytes);
    Files.deleteIfExists(puffin.resolveSibling("." + puffin.getFileName() + ".crc"));
    long snapshot = spark.table("lake.db.damaged").currentSnapshot().snapshotId();

    assertThatThrownBy(() -> call("damaged", ""))
        .hasMessageContaining("Cannot maintain lake.db.damaged: 1 errors")
        .hasMessageContaining("verify_deletion_vectors");

    assertThat(spark.table("lake.db.damaged").currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void wrongArguments_areNamedWithTheirBounds() {
    spark.createTable("lake.db.wrong", 10, 1, "");

    assertThatThrownBy(() -> call("wrong", ", max_bytes => 0"))
        .hasMessageContaining("Invalid max_bytes: 0, must be a whole number from 1");
    assertThatThrownBy(() -> call("wrong", ", options => map('compact', '1')"))
        .hasMessageContaining("Cannot use options [compact]: unknown, must be among [verify");
    assertThatThrownBy(
            () -> call("wrong", ", options => map('compact_deleted_rows.expected-scans', 'many')"))
        .hasMessageContaining("Invalid expected-scans: many");
  }

  private static List<Row> call(String table, String more) {
    return spark.sql(CALL.formatted(table, more));
  }
}
