package io.breakwater.iceberg.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A rewrite can go in small commits and leave alone what writers are busy with. */
class RewriteStepsTest {
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
  void rewrite_withPartialProgress_commitsEachStep() {
    spark.createTable("lake.db.steps", 1000, 10, "");
    spark.scatterDeletes("lake.db.steps", 1000, 10, 10);
    String answer = spark.answer("lake.db.steps");
    long puffins = stats("steps").<Long>getAs("puffin_count");

    Row row =
        spark.tableRow(
            "CALL lake.system.rewrite_deletion_vectors(table => 'db.steps', options =>"
                + " map('partial-progress.enabled', 'true', 'partial-progress.max-commits', '3'))");

    assertThat(row.<Integer>getAs("commits_count")).isEqualTo(3);
    assertThat(row.<Integer>getAs("attempts")).isEqualTo(3);
    assertThat(row.<Long>getAs("rewritten_puffin_files_count")).isEqualTo(puffins);
    assertThat(row.<Long>getAs("added_puffin_files_count")).isEqualTo(3);
    assertThat(row.<Long>getAs("snapshot_id"))
        .isEqualTo(spark.table("lake.db.steps").currentSnapshot().snapshotId());
    assertThat(
            spark.sql(
                "SELECT snapshot_id FROM lake.db.steps.snapshots WHERE"
                    + " summary['breakwater.commit-id'] IS NOT NULL"))
        .hasSize(3);
    assertThat(stats("steps").<Long>getAs("puffin_count")).isEqualTo(3);
    assertThat(spark.answer("lake.db.steps")).isEqualTo(answer);
  }

  @Test
  void rewrite_withAMinimumAge_leavesYoungVectors() {
    spark.createTable("lake.db.young", 1000, 8, "");
    spark.scatterDeletes("lake.db.young", 1000, 8, 6);

    assertThat(rewrite("young", "'min-age-seconds', '3600'").<String>getAs("status"))
        .isEqualTo("nothing to do");
    assertThat(rewrite("young", "'min-age-seconds', '0'").<String>getAs("status"))
        .isEqualTo("rewritten");
  }

  private static Row rewrite(String table, String options) {
    return spark.tableRow(
        "CALL lake.system.rewrite_deletion_vectors(table => 'db.%s', options => map(%s))"
            .formatted(table, options));
  }

  private static Row stats(String table) {
    return spark.tableRow("CALL lake.system.deletion_vector_stats('db." + table + "')");
  }
}
