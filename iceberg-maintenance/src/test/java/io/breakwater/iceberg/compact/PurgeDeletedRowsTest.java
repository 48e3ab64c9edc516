package io.breakwater.iceberg.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.MeddledTable;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeDeletedRowsTest {
  private static final String T = "lake.db.t";
  private static final String CALL = "CALL lake.system.purge_deleted_rows(table => 'db.t', ";

  private static LocalSpark spark;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void createTable() {
    spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
    spark.createTable(T, 4000, 4, "");
    spark.sql("DELETE FROM lake.db.t WHERE id IN (7, 2007, 3333)");
  }

  @Test
  void matchingDeletedRows_areInNoFileAnyMore() {
    String answer = spark.answer(T);
    Set<String> untouched = dataFilesWithout(7, 2007);

    List<Row> rows = spark.sql(CALL + "where => 'id IN (7, 2007)')");

    assertThat(of(rows, "file", "status")).containsExactly("erased", "erased");
    assertThat(of(rows, "proof", "status")).containsExactly("clean");
    assertThat(of(rows, "table", "status")).containsExactly("erased");
    assertThat(of(rows, "table", "matching_deleted_rows_count")).containsExactly(2L);
    assertThat(of(rows, "snapshot", "status")).containsExactly("expired", "expired");
    assertThat(idsOnDisk()).doesNotContain(7L, 2007L).contains(3333L, 8L, 2008L);
    assertThat(dataFiles()).containsAll(untouched).hasSize(3);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void dryRun_namesFilesAndSnapshotsAndChangesNothing() {
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    List<Row> rows = spark.sql(CALL + "where => 'id = 7', dry_run => true)");

    assertThat(of(rows, "file", "status")).containsExactly("planned");
    assertThat(of(rows, "file", "matching_deleted_rows_count")).containsExactly(1L);
    assertThat(of(rows, "snapshot", "status")).containsOnly("planned");
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
    assertThat(idsOnDisk()).contains(7L);
  }

  @Test
  void liveRowsThatMatch_stayAndAreReported() {
    List<Row> rows = spark.sql(CALL + "where => 'id BETWEEN 6 AND 8')");

    assertThat(of(rows, "table", "reason").get(0).toString())
        .isEqualTo("2 live rows match: they are not deleted, so they stay");
    assertThat(idsOnDisk()).contains(6L, 8L).doesNotContain(7L);
  }

  @Test
  void rowsThatOnlyOldSnapshotsHave_areErasedToo() {
    spark.sql(
        "CALL lake.system.rewrite_data_files(table => 'db.t', options => map('rewrite-all','true'))");
    assertThat(idsOnDisk()).contains(7L);
    String answer = spark.answer(T);

    List<Row> rows = spark.sql(CALL + "where => 'id = 7')");

    assertThat(of(rows, "file", "status")).containsExactly("erased");
    assertThat(of(rows, "proof", "status")).containsExactly("clean");
    assertThat(idsOnDisk()).doesNotContain(7L);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void oldVersionsOfUpdatedRows_areDeletedRows() {
    spark.sql("UPDATE lake.db.t SET name = 'new' WHERE id = 100");
    String answer = spark.answer(T);

    spark.sql(CALL + "where => \"name = 'name-100'\")");

    assertThat(spark.sql("SELECT name FROM lake.db.t WHERE id = 100").get(0).getString(0))
        .isEqualTo("new");
    assertThat(namesOnDisk()).doesNotContain("name-100").contains("new");
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void tagThatHasAFile_isRefusedBeforeAnythingChanges() {
    spark.sql("ALTER TABLE lake.db.t CREATE TAG audit");
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    assertThatThrownBy(() -> spark.sql(CALL + "where => 'id = 7')"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(
            "Cannot purge deleted rows of lake.db.t: [audit] still have files with matching rows")
        .hasMessageContaining("DROP BRANCH or TAG");

    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
    assertThat(of(spark.sql(CALL + "where => 'id = 7', dry_run => true)"), "reference", "name"))
        .containsExactly("audit");
  }

  @Test
  void wholeDeletedFiles_leaveByMetadataOnly() {
    spark.sql("DELETE FROM lake.db.t WHERE id BETWEEN 1000 AND 1998");
    spark.sql("DELETE FROM lake.db.t WHERE id = 1999 AND name <> ''");
    String answer = spark.answer(T);
    Set<Path> before = spark.files(".parquet");

    spark.sql(CALL + "where => 'id = 1500')");

    assertThat(before).containsAll(spark.files(".parquet"));
    assertThat(spark.files(".parquet")).hasSize(3);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void partitionsAndOlderSpecs_areSearchedAll() {
    spark.sql("ALTER TABLE lake.db.t ADD PARTITION FIELD part");
    spark.append(T, 4000, 5000, 1);
    spark.sql("ALTER TABLE lake.db.t ADD COLUMN extra STRING");
    spark.sql("DELETE FROM lake.db.t WHERE id IN (4500, 4501)");
    String answer = spark.answer(T);

    List<Row> rows = spark.sql(CALL + "where => 'id % 500 = 0 OR id = 7')");

    assertThat(of(rows, "file", "matching_deleted_rows_count")).containsExactly(1L, 1L);
    assertThat(of(rows, "proof", "status")).containsExactly("clean");
    assertThat(idsOnDisk()).doesNotContain(7L, 4500L).contains(4501L);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void delete_betweenPlanAndCommit_isKept() {
    Iterator<Integer> ids = List.of(8, 9).iterator();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              if (ids.hasNext()) {
                spark.sql("DELETE FROM lake.db.t WHERE id = " + ids.next());
              }
              rewrite.commit();
            });

    List<PurgeRow> rows =
        new Purge(
                spark.session(),
                Target.main(table),
                "id = 7",
                Expressions.equal("id", 7L),
                PurgeOptions.of(Map.of(), Map.of()))
            .run();

    assertThat(rows.get(rows.size() - 1).status()).isEqualTo("erased");
    assertThat(spark.sql("SELECT id FROM lake.db.t WHERE id BETWEEN 6 AND 10"))
        .extracting(row -> row.getLong(0))
        .containsExactlyInAnyOrder(6L, 10L);
    assertThat(idsOnDisk()).doesNotContain(7L);
  }

  @Test
  void report_isTheProofAsJson() throws IOException {
    Path report = directory.resolve("report.json");

    spark.sql(CALL + "where => 'id = 7', options => map('report-path','" + report + "'))");

    JsonNode json = new ObjectMapper().readTree(report.toFile());
    assertThat(json.get("table").asText()).isEqualTo(T);
    assertThat(json.get("rows").findValuesAsText("status")).contains("erased", "expired", "clean");
    assertThat(json.get("rows").findValuesAsText("matching_deleted_rows_count")).contains("1", "0");
  }

  @Test
  void reportOverAnExistingFile_isRefusedFirst() throws IOException {
    Path report = Files.createFile(directory.resolve("report.json"));

    assertThatThrownBy(
            () ->
                spark.sql(
                    CALL + "where => 'id = 7', options => map('report-path','" + report + "'))"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid report-path: " + report);

    assertThat(idsOnDisk()).contains(7L);
  }

  @Test
  void nothingThatMatches_isNothingToDo() {
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    List<Row> rows = spark.sql(CALL + "where => 'id = 8')");

    assertThat(of(rows, "table", "status")).containsExactly("nothing to do");
    assertThat(of(rows, "proof", "status")).containsExactly("clean");
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  private static List<Object> of(List<Row> rows, String scope, String column) {
    return rows.stream()
        .filter(row -> row.getAs("scope").equals(scope))
        .<Object>map(row -> row.getAs(column))
        .toList();
  }

  /** What Spark's own Parquet reader finds, without any Iceberg metadata. */
  private static Set<Long> idsOnDisk() {
    return onDisk("id").stream().map(row -> row.getLong(0)).collect(Collectors.toSet());
  }

  private static Set<String> namesOnDisk() {
    return onDisk("name").stream().map(row -> row.getString(0)).collect(Collectors.toSet());
  }

  private static List<Row> onDisk(String column) {
    String[] files = spark.files(".parquet").stream().map(Path::toString).toArray(String[]::new);
    return spark.session().read().parquet(files).select(column).distinct().collectAsList();
  }

  private static Set<String> dataFiles() {
    return spark.sql("SELECT file_path FROM lake.db.t.files WHERE content = 0").stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  private static Set<String> dataFilesWithout(int... ids) {
    Set<String> files = dataFiles();
    for (int id : ids) {
      spark
          .sql("SELECT DISTINCT _file FROM lake.db.t WHERE id = " + (id + 1))
          .forEach(row -> files.remove(row.getString(0)));
    }
    return files;
  }
}
