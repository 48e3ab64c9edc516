package io.breakwater.lineage.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.iceberg.procedure.Procedures;
import io.breakwater.lineage.LineageSession;
import io.breakwater.lineage.facets.FacetSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.spark.procedures.SparkProcedures;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.iceberg.catalog.Procedure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls in a real session on real tables, all made first; the tests then read the events that were
 * delivered, and compare them with what the tables themselves said at the time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProcedureLineageTest {

  private static final String FACET = "breakwater_icebergProcedure";
  private static final String MERGE_ON_READ =
      " TBLPROPERTIES ('format-version'='3','write.delete.mode'='merge-on-read')";
  private static final String SECRET = "hunter2";

  /** The current snapshot of a table before and after a call. */
  private record Heads(long before, long after) {}

  private final Map<String, Heads> heads = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private LineageSession session;
  private SparkSession spark;
  private List<JsonNode> events;
  private long vectorsBeforeRewrite;

  @BeforeAll
  void call(@TempDir Path directory) throws IOException {
    session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,"
                    + "io.breakwater.iceberg.BreakwaterExtensions"));
    spark = session.spark();
    stockProcedures();
    partialProgress();
    breakwaterProcedures();
    TableCatalog catalog = (TableCatalog) spark.sessionState().catalogManager().catalog("ice");
    for (String name : SparkProcedures.names()) {
      Procedure procedure = SparkProcedures.newBuilder(name).withTableCatalog(catalog).build();
      names.put(name, ProcedureName.of(procedure.getClass()));
    }
    events = session.stop();
  }

  @AfterAll
  void stop() {
    session.close();
  }

  private void stockProcedures() {
    table("rewritten");
    vectorsBeforeRewrite = sql("SELECT * FROM ice.db.rewritten.delete_files").size();
    call(
        "rewritten",
        "rewrite_data_files(table => 'db.rewritten', options => map('min-input-files', '2'))");
    call("rewritten", "rewrite_data_files('db.rewritten')", "no-op");
    sql("INSERT INTO ice.db.rewritten VALUES (-1)");
    call("rewritten", "rewrite_manifests('db.rewritten')");
    call(
        "rewritten",
        "expire_snapshots(table => 'db.rewritten', older_than => TIMESTAMP '2099-01-01 00:00:00',"
            + " retain_last => 1)");
    table("raced");
    callThen(
        "rewrite_data_files(table => 'db.raced', options => map('min-input-files', '2'))",
        "INSERT INTO ice.db.raced VALUES (-1)");
    long first =
        sql("SELECT snapshot_id FROM ice.db.raced.history ORDER BY made_current_at")
            .get(0)
            .getLong(0);
    call("raced", "rollback_to_snapshot('db.raced', " + first + ")");
    callFails("rollback_to_snapshot('db.raced', 5)");
    callFails("rewrite_data_files('db.missing')");
    sql("CREATE TABLE plain (id BIGINT) USING parquet");
    sql("INSERT INTO plain VALUES (1)");
    sql("CREATE TABLE ice.db.added (id BIGINT) USING iceberg");
    sql(
        "CALL ice.system.add_files(table => 'db.added', source_table => 'spark_catalog.default.plain')");
    sql(
        "CALL ice.system.remove_orphan_files(table => 'db.added', dry_run => true,"
            + " prefix_mismatch_mode => 'DELETE', equal_schemes => map('access-key', '"
            + SECRET
            + "'))");
  }

  private void partialProgress() {
    sql(
        "CREATE TABLE ice.db.parts (id BIGINT, p INT) USING iceberg PARTITIONED BY (p)"
            + MERGE_ON_READ);
    for (int i = 0; i < 2; i++) {
      sql("INSERT INTO ice.db.parts SELECT id, CAST(id % 3 AS INT) FROM range(30)");
    }
    call(
        "parts",
        "rewrite_data_files(table => 'db.parts', options => map('min-input-files', '2',"
            + " 'partial-progress.enabled', 'true', 'partial-progress.max-commits', '3',"
            + " 'max-concurrent-file-group-rewrites', '3'))");
  }

  private void breakwaterProcedures() {
    table("vectors");
    call("vectors", "deletion_vector_stats('db.vectors')");
    call("vectors", "verify_deletion_vectors('db.vectors')");
    call("vectors", "create_row_changes_view('db.vectors')");
    call("vectors", "convert_equality_deletes('db.vectors')");
    call("vectors", "compact_deleted_rows(table => 'db.vectors', dry_run => true)", "dry run");
    call(
        "vectors",
        "rewrite_deletion_vectors(table => 'db.vectors', options => map('rewrite-all', 'true'))");
    call("vectors", "maintain_deletion_vectors('db.vectors')");
    call("vectors", "compact_deleted_rows('db.vectors')");
    sql("DELETE FROM ice.db.vectors WHERE id = 8");
    call("vectors", "purge_deleted_rows(table => 'db.vectors', where => 'id = 8')");
    sql("CREATE TABLE ice.db.old (id BIGINT) USING iceberg TBLPROPERTIES ('format-version'='2')");
    sql("INSERT INTO ice.db.old VALUES (1)");
    call("old", "upgrade_to_deletion_vectors('db.old')");
  }

  private void table(String name) {
    sql("CREATE TABLE ice.db." + name + " (id BIGINT) USING iceberg" + MERGE_ON_READ);
    for (int i = 0; i < 2; i++) {
      sql(
          "INSERT INTO ice.db."
              + name
              + " SELECT id FROM range("
              + i * 10
              + ","
              + (i * 10 + 10)
              + ")");
    }
    sql("DELETE FROM ice.db." + name + " WHERE id % 10 = 3");
  }

  private List<Row> sql(String text) {
    return spark.sql(text).collectAsList();
  }

  private long head(String table) {
    return sql("SELECT snapshot_id FROM ice.db." + table + ".refs WHERE name = 'main'")
        .get(0)
        .getLong(0);
  }

  private void call(String table, String text) {
    call(table, text, "");
  }

  private void call(String table, String text, String note) {
    long before = head(table);
    sql("CALL ice.system." + text);
    heads.put(text.substring(0, text.indexOf('(')) + table + note, new Heads(before, head(table)));
  }

  /** The second statement commits as soon as it can, before the listener has read the table. */
  private void callThen(String text, String next) {
    sql("CALL ice.system." + text);
    sql(next);
  }

  private void callFails(String text) {
    try {
      spark.sql("CALL ice.system." + text);
      throw new AssertionError(text + " should fail");
    } catch (RuntimeException expected) {
      assertThat(expected).isNotNull();
    }
  }

  private static String runId(JsonNode event) {
    return event.at("/run/runId").asText();
  }

  private static JsonNode facet(JsonNode event) {
    return event.at("/run/facets/" + FACET);
  }

  private Stream<JsonNode> ends(String procedure, String table) {
    return events.stream()
        .filter(event -> event.at("/eventType").asText().matches("COMPLETE|FAIL"))
        .filter(event -> facet(event).path("procedure").asText().equals("ice.system." + procedure))
        .filter(event -> facet(event).path("table").asText().equals("db." + table));
  }

  private JsonNode end(String procedure, String table) {
    return ends(procedure, table).findFirst().orElseThrow();
  }

  private static List<String> datasets(JsonNode event, String side) {
    return StreamSupport.stream(event.path(side).spliterator(), false)
        .map(dataset -> dataset.path("name").asText().replaceAll(".*/", ""))
        .toList();
  }

  private void assertHeads(JsonNode end, String key) {
    assertThat(facet(end).at("/before/snapshotId").longValue()).isEqualTo(heads.get(key).before());
    assertThat(facet(end).at("/after/snapshotId").longValue()).isEqualTo(heads.get(key).after());
  }

  @Test
  void call_isARunNamedAfterItsProcedureAndTable() {
    JsonNode end = end("rewrite_data_files", "rewritten");
    assertThat(end.at("/job/name").asText())
        .isEqualTo("lineage.rewrite_data_files.ice_db_rewritten");
    assertThat(events.stream().filter(event -> runId(event).equals(runId(end))))
        .extracting(event -> event.at("/eventType").asText())
        .startsWith("START")
        .endsWith("COMPLETE");
    assertThat(events).noneMatch(event -> event.at("/job/name").asText().endsWith(".call"));
  }

  @Test
  void call_hasItsTableAsInputAndOutput_inTheVersionsBeforeAndAfter() {
    JsonNode end = end("rewrite_data_files", "rewritten");
    assertThat(datasets(end, "inputs")).containsExactly("rewritten");
    assertThat(datasets(end, "outputs")).containsExactly("rewritten");
    Heads expected = heads.get("rewrite_data_filesrewritten");
    assertThat(end.at("/inputs/0/facets/version/datasetVersion").asText())
        .isEqualTo(Long.toString(expected.before()));
    assertThat(end.at("/outputs/0/facets/version/datasetVersion").asText())
        .isEqualTo(Long.toString(expected.after()));
  }

  @Test
  void datasetOfACall_hasTheNameThatTheTableHasWhenItIsWritten() {
    JsonNode written =
        events.stream()
            .filter(
                event ->
                    event.at("/job/name").asText().equals("lineage.append_data.ice_db_rewritten"))
            .filter(event -> event.at("/eventType").asText().equals("COMPLETE"))
            .findFirst()
            .orElseThrow()
            .at("/outputs/0");
    JsonNode called = end("rewrite_data_files", "rewritten").at("/outputs/0");
    for (String property :
        List.of(
            "/namespace",
            "/name",
            "/facets/symlinks",
            "/facets/catalog",
            "/facets/schema",
            "/facets/storage")) {
      assertThat(called.at(property)).as(property).isEqualTo(written.at(property));
    }
  }

  @Test
  void rewrite_saysWhichFilesAndDeletionVectorsItReplaced() {
    JsonNode end = end("rewrite_data_files", "rewritten");
    assertHeads(end, "rewrite_data_filesrewritten");
    assertThat(vectorsBeforeRewrite).isPositive();
    assertThat(facet(end).at("/before/deletionVectors").longValue())
        .isEqualTo(vectorsBeforeRewrite);
    assertThat(facet(end).at("/after/deletionVectors").longValue()).isZero();
    assertThat(facet(end).at("/changes/removedDeletionVectors").longValue())
        .isEqualTo(vectorsBeforeRewrite);
    JsonNode row = facet(end).at("/rows/0");
    assertThat(facet(end).at("/changes/removedDataFiles").longValue())
        .isPositive()
        .isEqualTo(row.path("rewritten_data_files_count").longValue());
    assertThat(facet(end).at("/changes/addedDataFiles").longValue())
        .isEqualTo(row.path("added_data_files_count").longValue());
    assertThat(facet(end).at("/before/bytes").longValue())
        .isEqualTo(
            facet(end).at("/after/bytes").longValue()
                + facet(end).at("/changes/removedBytes").longValue()
                - facet(end).at("/changes/addedBytes").longValue());
    assertThat(facet(end).at("/arguments/options/min-input-files").asText()).isEqualTo("2");
  }

  @Test
  void queriesInsideACall_areItsChildren() {
    JsonNode end = end("rewrite_data_files", "rewritten");
    List<JsonNode> children =
        events.stream()
            .filter(event -> event.at("/run/facets/parent/run/runId").asText().equals(runId(end)))
            .toList();
    assertThat(children)
        .isNotEmpty()
        .allSatisfy(
            child -> {
              assertThat(child.at("/run/facets/parent/job/name").asText())
                  .isEqualTo("lineage.rewrite_data_files.ice_db_rewritten");
              assertThat(child.at("/job/name").asText())
                  .isEqualTo(
                      "lineage.rewrite_data_files.ice_db_rewritten.append_data.ice_db_rewritten");
            });
    assertThat(events)
        .noneMatch(event -> event.at("/job/name").asText().contains("default_cache_iceberg"));
  }

  @Test
  void commitsOfWorkerThreads_areTheCalls() {
    JsonNode end = end("rewrite_data_files", "parts");
    assertThat(facet(end).path("commitCount").intValue()).isEqualTo(3);
    assertHeads(end, "rewrite_data_filesparts");
    assertThat(
            events.stream()
                .filter(
                    event -> event.at("/run/facets/parent/run/runId").asText().equals(runId(end)))
                .map(ProcedureLineageTest::runId)
                .distinct())
        .hasSize(3);
  }

  @Test
  void callThatCommitsNothing_hasTheSameSnapshotBeforeAndAfter() {
    JsonNode noOp = ends("rewrite_data_files", "rewritten").skip(1).findFirst().orElseThrow();
    assertHeads(noOp, "rewrite_data_filesrewrittenno-op");
    assertThat(facet(noOp).path("commitCount").intValue()).isZero();
    assertThat(facet(noOp).at("/before")).isEqualTo(facet(noOp).at("/after"));
  }

  @Test
  void expiry_saysHowManySnapshotsAreLeft() {
    JsonNode end = end("expire_snapshots", "rewritten");
    assertHeads(end, "expire_snapshotsrewritten");
    assertThat(facet(end).at("/before/snapshots").intValue()).isGreaterThan(1);
    assertThat(facet(end).at("/after/snapshots").intValue()).isEqualTo(1);
    assertThat(facet(end).at("/arguments/older_than").asText()).startsWith("20");
  }

  @Test
  void rollback_hasTheSnapshotsOfTheMetadataLog() {
    assertHeads(end("rollback_to_snapshot", "raced"), "rollback_to_snapshotraced");
  }

  @Test
  void commitOfTheNextStatement_isNotTheCalls() {
    JsonNode facet = facet(end("rewrite_data_files", "raced"));
    assertThat(facet.path("commitCount").intValue()).isEqualTo(1);
    assertThat(facet.at("/after/snapshotId")).isEqualTo(facet.at("/commits/0/snapshotId"));
    assertThat(facet.at("/after/sequenceNumber").longValue()).isEqualTo(4);
  }

  @Test
  void failedCall_isFailWithItsMessageAndArguments() {
    JsonNode end = ends("rollback_to_snapshot", "raced").skip(1).findFirst().orElseThrow();
    assertThat(end.at("/eventType").asText()).isEqualTo("FAIL");
    assertThat(end.at("/run/facets/errorMessage/message").asText()).contains("unknown snapshot");
    assertThat(facet(end).at("/arguments/snapshot_id").longValue()).isEqualTo(5);
    assertThat(facet(end).has("rowCount")).isFalse();
    assertThat(facet(end("rewrite_data_files", "missing")).path("incomplete").asText())
        .isEqualTo("there is no such table");
  }

  @Test
  void importOfFiles_namesTheSourceAsInput() {
    JsonNode end = end("add_files", "added");
    assertThat(datasets(end, "inputs")).containsExactly("plain");
    assertThat(datasets(end, "outputs")).containsExactly("added");
    assertThat(facet(end).at("/changes/addedDataFiles").longValue()).isEqualTo(1);
  }

  @Test
  void callThatOnlyReads_hasNoOutput() {
    for (JsonNode end :
        List.of(
            end("deletion_vector_stats", "vectors"),
            end("verify_deletion_vectors", "vectors"),
            end("create_row_changes_view", "vectors"),
            end("compact_deleted_rows", "vectors"),
            end("remove_orphan_files", "added"))) {
      assertThat(datasets(end, "inputs")).hasSize(1);
      assertThat(datasets(end, "outputs")).isEmpty();
    }
  }

  @Test
  void everyProcedureOfIcebergMaintenance_isARunWithItsSnapshots() {
    Set<String> seen = new TreeSet<>();
    for (String procedure : Procedures.names()) {
      String table = procedure.startsWith("upgrade") ? "old" : "vectors";
      JsonNode end = ends(procedure, table).reduce((first, last) -> last).orElseThrow();
      assertThat(end.at("/job/name").asText())
          .isEqualTo("lineage." + procedure + ".ice_db_" + table);
      assertHeads(end, procedure + table);
      assertThat(facet(end).path("rowCount").isInt()).isTrue();
      seen.add(procedure);
    }
    assertThat(seen).isEqualTo(new TreeSet<>(Procedures.names()));
    assertThat(
            facet(end("upgrade_to_deletion_vectors", "old")).at("/before/formatVersion").intValue())
        .isEqualTo(2);
    assertThat(
            facet(end("upgrade_to_deletion_vectors", "old")).at("/after/formatVersion").intValue())
        .isEqualTo(3);
  }

  @Test
  void everyProcedureOfIceberg_isKnownByItsSqlName() {
    assertThat(names).hasSize(SparkProcedures.names().size());
    names.forEach((sql, ours) -> assertThat(ours).isEqualTo(sql));
  }

  @Test
  void secretsInArguments_areNotInTheEvents() {
    assertThat(
            facet(end("remove_orphan_files", "added"))
                .at("/arguments/equal_schemes/access-key")
                .asText())
        .isEqualTo(Redaction.REDACTED);
    assertThat(events).noneMatch(event -> event.toString().contains(SECRET));
  }

  @Test
  void facet_isWhatItsSchemaSays() throws IOException {
    FacetSchema schema = FacetSchema.of(ProcedureFacet.FACET);
    List<JsonNode> facets =
        events.stream()
            .map(ProcedureLineageTest::facet)
            .filter(node -> !node.isMissingNode())
            .toList();
    assertThat(facets).hasSizeGreaterThan(20);
    facets.forEach(facet -> assertThat(schema.violations(facet)).as(facet.toString()).isEmpty());
  }
}
