package io.breakwater.iceberg.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A rewrite makes few Puffin files of many and changes no answer. */
class RewriteDeletionVectorsTest {
  private static final String VECTORS =
      "SELECT referenced_data_file, record_count, content_size_in_bytes, spec_id, partition.* FROM"
          + " lake.db.%s.delete_files ORDER BY 1";
  private static final String SEQUENCES =
      "SELECT delete_file.referenced_data_file, sequence_number FROM (SELECT data_file AS"
          + " delete_file, sequence_number, status FROM lake.db.%s.entries) WHERE status < 2 AND"
          + " delete_file.content = 1 ORDER BY 1";

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
  void rewrite_afterManySmallDeletes_leavesOnePuffinAndEqualAnswers() {
    spark.createTable("lake.db.t", 4000, 8, "");
    spark.sql("UPDATE lake.db.t SET name = 'changed' WHERE id % 97 = 0");
    spark.scatterDeletes("lake.db.t", 4000, 8, 12);
    String answer = spark.answer("lake.db.t");
    List<Row> vectors = spark.sql(VECTORS.formatted("t").replace(", partition.*", ""));
    List<Row> sequences = spark.sql(SEQUENCES.formatted("t"));
    Row before = stats("t");

    Row row = rewrite("t", "");

    assertThat(row.<String>getAs("status")).isEqualTo("rewritten");
    assertThat(row.<Long>getAs("rewritten_puffin_files_count"))
        .isEqualTo(before.<Long>getAs("puffin_count"))
        .isGreaterThanOrEqualTo(5);
    assertThat(row.<Long>getAs("added_puffin_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("deleted_row_count"))
        .isEqualTo(before.<Long>getAs("deleted_row_count"));
    assertThat(row.<Integer>getAs("attempts")).isEqualTo(1);
    assertThat(row.<Long>getAs("snapshot_id"))
        .isEqualTo(spark.table("lake.db.t").currentSnapshot().snapshotId());
    assertThat(spark.answer("lake.db.t")).isEqualTo(answer);
    assertThat(spark.sql(VECTORS.formatted("t").replace(", partition.*", ""))).isEqualTo(vectors);
    assertThat(spark.sql(SEQUENCES.formatted("t"))).isEqualTo(sequences);
    Row after = stats("t");
    assertThat(after.<Long>getAs("puffin_count")).isEqualTo(1);
    assertThat(after.<Long>getAs("dead_blob_bytes")).isZero();
    assertThat(after.<Long>getAs("live_blob_bytes"))
        .isEqualTo(before.<Long>getAs("live_blob_bytes"));
    assertThat(after.<Long>getAs("file_bytes")).isEqualTo(row.<Long>getAs("added_bytes_count"));
    assertThat(after.<Integer>getAs("delete_manifest_count"))
        .isEqualTo(row.<Integer>getAs("delete_manifests_after_count"))
        .isLessThan(before.<Integer>getAs("delete_manifest_count"));
    assertThat(rewrite("t", "").<String>getAs("status")).isEqualTo("nothing to do");

    spark.sql("DELETE FROM lake.db.t WHERE id = 1999");
    assertThat(spark.sql("SELECT * FROM lake.db.t WHERE id IN (1999)")).isEmpty();
    assertThat(stats("t").<Long>getAs("deleted_row_count"))
        .isEqualTo(after.<Long>getAs("deleted_row_count") + 1);
  }

  @Test
  void dryRun_hasTheSameColumnsAndTouchesNothing() {
    spark.createTable("lake.db.dry", 1000, 8, "");
    spark.scatterDeletes("lake.db.dry", 1000, 8, 12);
    Set<Path> puffins = spark.puffins();
    long snapshot = spark.table("lake.db.dry").currentSnapshot().snapshotId();

    Row planned = rewrite("dry", ", dry_run => true");

    assertThat(planned.<String>getAs("status")).isEqualTo("planned");
    assertThat(spark.puffins()).isEqualTo(puffins);
    assertThat(spark.table("lake.db.dry").currentSnapshot().snapshotId()).isEqualTo(snapshot);
    Row done = rewrite("dry", "");
    assertThat(done.schema()).isEqualTo(planned.schema());
    for (String same :
        List.of(
            "rewritten_puffin_files_count",
            "added_puffin_files_count",
            "rewritten_bytes_count",
            "deletion_vector_count",
            "deleted_row_count",
            "starting_snapshot_id")) {
      assertThat(done.<Long>getAs(same)).as(same).isEqualTo(planned.<Long>getAs(same));
    }
    double estimate = planned.<Long>getAs("added_bytes_count");
    assertThat(done.<Long>getAs("added_bytes_count") / estimate).isBetween(0.7, 1.3);
  }

  @Test
  void rewrite_ofSeveralSpecsAndPartitions_keepsThemPerVector() {
    spark.createTable("lake.db.p", 1000, 4, "PARTITIONED BY (part)");
    spark.scatterDeletes("lake.db.p", 1000, 4, 6);
    spark.sql("ALTER TABLE lake.db.p ADD PARTITION FIELD bucket(2, id)");
    spark.append("lake.db.p", 1000, 2000, 2);
    spark.sql("DELETE FROM lake.db.p WHERE id IN (1100, 1101)");
    spark.sql("DELETE FROM lake.db.p WHERE id IN (1900, 1903)");
    String answer = spark.answer("lake.db.p");
    List<Row> vectors = spark.sql(VECTORS.formatted("p"));
    assertThat(vectors).extracting(row -> row.getAs("spec_id")).contains(0, 1);

    Row row = rewrite("p", "");

    assertThat(row.<Long>getAs("added_puffin_files_count")).isEqualTo(1);
    assertThat(spark.sql(VECTORS.formatted("p"))).isEqualTo(vectors);
    assertThat(spark.answer("lake.db.p")).isEqualTo(answer);
    assertThat(spark.sql("SELECT count(*) FROM lake.db.p WHERE part = 1").get(0).getLong(0))
        .isEqualTo(
            spark.sql("SELECT count(*) FROM lake.db.p WHERE part + 0 = 1").get(0).getLong(0));
  }

  @Test
  void rewrite_withASmallTarget_fillsSeveralFiles() {
    spark.createTable("lake.db.small", 2000, 10, "");
    spark.scatterDeletes("lake.db.small", 2000, 10, 12);
    String answer = spark.answer("lake.db.small");

    List<Row> rows =
        spark.sql(
            "CALL lake.system.rewrite_deletion_vectors(table => 'db.small', options =>"
                + " map('target-file-size-bytes', '1500', 'rewrite-all', 'true'))");

    assertThat(rows).hasSizeGreaterThan(3);
    assertThat(rows.subList(0, rows.size() - 1))
        .allSatisfy(row -> assertThat(row.<Long>getAs("added_bytes_count")).isLessThan(1800));
    assertThat(spark.answer("lake.db.small")).isEqualTo(answer);
  }

  @Test
  void rewrite_ofFewSmallFiles_isLeftUnlessAskedFor() {
    spark.createTable("lake.db.few", 1000, 4, "");
    spark.sql("DELETE FROM lake.db.few WHERE id IN (1, 300)");
    spark.sql("DELETE FROM lake.db.few WHERE id IN (600, 900)");

    assertThat(rewrite("few", "").<String>getAs("status")).isEqualTo("nothing to do");
    assertThat(rewrite("few", ", options => map('min-input-files', '2')").<String>getAs("status"))
        .isEqualTo("rewritten");
    assertThat(rewrite("few", ", options => map('rewrite-all', 'true')").<String>getAs("status"))
        .isEqualTo("rewritten");
  }

  @Test
  void rewrite_ofOneFileWithManyDeadBytes_givesThemBack() {
    spark.createTable("lake.db.dead", 1000, 4, "");
    spark.sql("DELETE FROM lake.db.dead WHERE id IN (10, 300, 600, 900)");
    spark.sql("DELETE FROM lake.db.dead WHERE id IN (11, 301)");
    assertThat(stats("dead").<Long>getAs("dead_blob_count")).isEqualTo(2);
    String answer = spark.answer("lake.db.dead");

    Row row = rewrite("dead", "");

    assertThat(row.<Long>getAs("rewritten_puffin_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("deletion_vector_count")).isEqualTo(2);
    assertThat(stats("dead").<Long>getAs("dead_blob_bytes")).isZero();
    assertThat(stats("dead").<Long>getAs("puffin_count")).isEqualTo(2);
    assertThat(spark.answer("lake.db.dead")).isEqualTo(answer);
  }

  private static Row stats(String table) {
    return spark.tableRow("CALL lake.system.deletion_vector_stats('db." + table + "')");
  }

  private static Row rewrite(String table, String more) {
    return spark.tableRow(
        "CALL lake.system.rewrite_deletion_vectors(table => 'db." + table + "'" + more + ")");
  }
}
