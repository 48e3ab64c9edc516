package io.breakwater.iceberg.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinReader;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The numbers are those that one gets by hand from metadata tables and Puffin files. */
class DeletionVectorStatsTest {
  private static final String CALL = "CALL lake.system.deletion_vector_stats('db.%s')";
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
  void stats_afterManySmallDeletes_agreeWithMetadataTablesAndFiles() throws IOException {
    spark.createTable("lake.db.t", 4000, 8, "");
    int deleted = spark.scatterDeletes("lake.db.t", 4000, 8, 12);

    List<Row> rows = spark.sql(CALL.formatted("t"));

    List<Row> entries =
        spark.sql(
            "SELECT file_path, file_size_in_bytes, content_offset, content_size_in_bytes,"
                + " record_count FROM lake.db.t.delete_files");
    Row table = rows.get(rows.size() - 1);
    assertThat(table.<String>getAs("scope")).isEqualTo("table");
    assertThat(table.<Long>getAs("deletion_vector_count")).isEqualTo(entries.size());
    assertThat(table.<Long>getAs("deleted_row_count"))
        .isEqualTo(deleted)
        .isEqualTo(entries.stream().mapToLong(row -> row.getAs("record_count")).sum());
    assertThat(table.<Long>getAs("live_blob_bytes"))
        .isEqualTo(entries.stream().mapToLong(row -> row.getAs("content_size_in_bytes")).sum());
    assertThat(table.<Long>getAs("data_row_count")).isEqualTo(4000);
    assertThat(table.<Double>getAs("deleted_row_ratio"))
        .isEqualTo(table.<Long>getAs("deleted_row_count") / 4000.0);
    assertThat(table.<Integer>getAs("delete_manifest_count"))
        .isEqualTo(
            (int)
                spark
                    .sql(
                        "SELECT count(*) FROM lake.db.t.manifests WHERE content = 1 AND"
                            + " added_delete_files_count + existing_delete_files_count > 0")
                    .get(0)
                    .getLong(0));

    Map<String, Long> sizes = new HashMap<>();
    entries.forEach(row -> sizes.put(row.getAs("file_path"), row.getAs("file_size_in_bytes")));
    List<Row> puffins = rows.stream().filter(row -> row.getAs("scope").equals("puffin")).toList();
    assertThat(puffins).extracting(row -> row.<String>getAs("path")).containsAll(sizes.keySet());
    long dead = 0;
    for (Row puffin : puffins) {
      List<Long> live =
          entries.stream()
              .filter(row -> row.getAs("file_path").equals(puffin.getAs("path")))
              .map(row -> row.<Long>getAs("content_offset"))
              .toList();
      long deadBytes = 0;
      long end = 4;
      for (BlobMetadata blob : blobs(spark.table("lake.db.t"), puffin.getAs("path"))) {
        end = Math.max(end, blob.offset() + blob.length());
        deadBytes += live.contains(blob.offset()) ? 0 : blob.length();
      }
      assertThat(puffin.<Long>getAs("dead_blob_bytes")).isEqualTo(deadBytes);
      assertThat(puffin.<Long>getAs("footer_bytes"))
          .isEqualTo(sizes.get(puffin.<String>getAs("path")) - end);
      dead += deadBytes;
    }
    assertThat(table.<Long>getAs("dead_blob_bytes")).isEqualTo(dead).isPositive();
    assertThat(table.<Long>getAs("pinned_bytes"))
        .isBetween(dead, dead + table.<Long>getAs("footer_bytes"));
    assertThat(table.<Long>getAs("estimated_freed_bytes")).isPositive();
    assertThat(table.<Long>getAs("file_bytes"))
        .isEqualTo(sizes.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(
            4L * sizes.size()
                + table.<Long>getAs("live_blob_bytes")
                + table.<Long>getAs("dead_blob_bytes")
                + table.<Long>getAs("footer_bytes"));
    assertThat(table.<String>getAs("recommended_action")).isEqualTo("rewrite_deletion_vectors");
  }

  @Test
  void stats_ofAPartitionedTable_haveARowPerPartition() {
    spark.createTable("lake.db.p", 1000, 1, "PARTITIONED BY (part)");
    spark.sql("DELETE FROM lake.db.p WHERE id IN (1, 2, 3)");

    List<Row> rows =
        spark.sql(CALL.formatted("p")).stream()
            .filter(row -> row.getAs("scope").equals("partition"))
            .toList();

    assertThat(rows)
        .extracting(row -> row.getAs("partition"), row -> row.getAs("deleted_row_count"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("part=0", 1L),
            org.assertj.core.groups.Tuple.tuple("part=1", 2L));
  }

  @Test
  void stats_where_countWhatItIsAboutOnly() {
    spark.createTable("lake.db.w", 1000, 1, "PARTITIONED BY (part)");
    spark.sql("DELETE FROM lake.db.w WHERE id IN (1, 2, 3)");

    List<Row> rows =
        spark.sql("CALL lake.system.deletion_vector_stats(table => 'db.w', where => 'part = 1')");

    assertThat(rows)
        .extracting(row -> row.getAs("scope"), row -> row.getAs("deleted_row_count"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("puffin", 3L),
            org.assertj.core.groups.Tuple.tuple("partition", 2L),
            org.assertj.core.groups.Tuple.tuple("table", 2L));
  }

  @Test
  void stats_showHowTheDeletedRowsAreSpread() {
    spark.createTable("lake.db.spread", 1000, 4, "");
    spark.sql("DELETE FROM lake.db.spread WHERE id IN (1, 250, 251) OR id BETWEEN 500 AND 600");

    Row table = spark.tableRow(CALL.formatted("spread"));

    assertThat(table.<Long, String>getJavaMap(index(table, "deletion_vectors_by_cardinality")))
        .isEqualTo(Map.of("1-9", 2L, "100-999", 1L));
    assertThat(table.<Long, String>getJavaMap(index(table, "data_files_by_deleted_row_ratio")))
        .isEqualTo(Map.of("0-1%", 2L, "30-50%", 1L));
    assertThat(table.<Long>getAs("estimated_written_bytes"))
        .isLessThan(table.<Long>getAs("estimated_read_bytes"));
  }

  private static int index(Row row, String column) {
    return row.fieldIndex(column);
  }

  @Test
  void stats_ofAFileWithManyDeletedRows_adviseToRewriteTheData() {
    spark.createTable("lake.db.many", 1000, 2, "");
    spark.sql("DELETE FROM lake.db.many WHERE id < 400");

    Row table = spark.tableRow(CALL.formatted("many"));

    assertThat(table.<Double>getAs("max_deleted_row_ratio")).isEqualTo(0.8);
    assertThat(table.<Long>getAs("data_files_over_ratio_count")).isEqualTo(1);
    assertThat(table.<String>getAs("recommended_action")).isEqualTo("compact_deleted_rows");
  }

  @Test
  void stats_ofLeftOverPositionDeletes_countThemAndAdviseToConvert() {
    spark.sql(
        "CREATE TABLE lake.db.old (id BIGINT) USING iceberg TBLPROPERTIES ('format-version'='2',"
            + "'write.delete.mode'='merge-on-read')");
    spark.sql("INSERT INTO lake.db.old SELECT id FROM range(0, 100, 1, 1)");
    spark.sql("DELETE FROM lake.db.old WHERE id = 5");
    spark.sql("ALTER TABLE lake.db.old SET TBLPROPERTIES ('format-version'='3')");

    Row table = spark.tableRow(CALL.formatted("old"));

    assertThat(table.<Integer>getAs("position_delete_file_count")).isEqualTo(1);
    assertThat(table.<Long>getAs("deletion_vector_count")).isZero();
    assertThat(table.<String>getAs("recommended_action")).isEqualTo("upgrade_to_deletion_vectors");
  }

  @Test
  void stats_ofATableWithoutSnapshot_areZeros() {
    spark.sql(
        "CREATE TABLE lake.db.empty (id BIGINT) USING iceberg TBLPROPERTIES ('format-version'='3')");

    List<Row> rows = spark.sql(CALL.formatted("empty"));

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).<Long>getAs("puffin_count")).isZero();
    assertThat(rows.get(0).<String>getAs("recommended_action")).isEqualTo("none");
  }

  private static List<BlobMetadata> blobs(Table table, String path) throws IOException {
    try (PuffinReader reader = Puffin.read(table.io().newInputFile(path)).build()) {
      return reader.fileMetadata().blobs();
    }
  }
}
