package io.breakwater.iceberg.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A rewrite touches the branch and the partitions that it was told, and nothing else. */
class RewriteScopeTest {
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
  void rewrite_ofABranch_leavesMainAsItWas() {
    spark.createTable("lake.db.b", 1000, 8, "");
    spark.scatterDeletes("lake.db.b", 1000, 8, 6);
    spark.sql("ALTER TABLE lake.db.b CREATE BRANCH audit");
    spark.sql("DELETE FROM lake.db.b.branch_audit WHERE id IN (990, 991)");
    long main = spark.table("lake.db.b").currentSnapshot().snapshotId();
    String mainAnswer = spark.answer("lake.db.b");
    String answer = spark.answer("lake.db.b.branch_audit");
    assertThat(answer).isNotEqualTo(mainAnswer);

    Row row =
        spark.tableRow("CALL lake.system.rewrite_deletion_vectors(table => 'db.b.branch_audit')");

    assertThat(row.<String>getAs("status")).isEqualTo("rewritten");
    assertThat(row.<Long>getAs("snapshot_id"))
        .isEqualTo(spark.table("lake.db.b").snapshot("audit").snapshotId());
    assertThat(spark.table("lake.db.b").currentSnapshot().snapshotId()).isEqualTo(main);
    assertThat(spark.answer("lake.db.b.branch_audit")).isEqualTo(answer);
    assertThat(spark.answer("lake.db.b")).isEqualTo(mainAnswer);
    assertThat(
            spark
                .tableRow("CALL lake.system.deletion_vector_stats('db.b.branch_audit')")
                .<Long>getAs("puffin_count"))
        .isEqualTo(1);
  }

  @Test
  void rewrite_where_leavesPuffinsOfOtherPartitions() {
    spark.createTable("lake.db.w", 1000, 1, "PARTITIONED BY (part)");
    for (int id = 0; id < 12; id++) {
      spark.sql("DELETE FROM lake.db.w WHERE part = %d AND id = %d".formatted(id % 2, 100 + id));
      if (id < 10) {
        spark.append("lake.db.w", 1000 + 10 * id, 1010 + 10 * id, 1);
        spark.sql("DELETE FROM lake.db.w WHERE id = " + (1000 + 11 * id));
      }
    }
    String answer = spark.answer("lake.db.w");
    List<Row> others = vectorsOf(1);

    Row row =
        spark.tableRow(
            "CALL lake.system.rewrite_deletion_vectors(table => 'db.w', where => 'part = 0')");

    assertThat(row.<String>getAs("status")).isEqualTo("rewritten");
    assertThat(vectorsOf(1)).isEqualTo(others);
    assertThat(vectorsOf(0)).extracting(vector -> vector.getString(0)).hasSizeGreaterThan(3);
    assertThat(vectorsOf(0)).extracting(vector -> vector.getString(0)).containsOnly(path(0));
    assertThat(spark.answer("lake.db.w")).isEqualTo(answer);
  }

  private static String path(int part) {
    return vectorsOf(part).get(0).getString(0);
  }

  private static List<Row> vectorsOf(int part) {
    return spark.sql(
        "SELECT file_path, referenced_data_file, content_offset FROM lake.db.w.delete_files WHERE"
            + " partition.part = "
            + part
            + " ORDER BY 2");
  }
}
