package io.breakwater.lineage.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import io.breakwater.lineage.facets.CustomFacet;
import io.breakwater.lineage.facets.FacetSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.ForeachFunction;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streaming queries in a real session, all run first; the tests then read the events that were
 * delivered. Every second micro-batch is a run of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamingLineageTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String QUERY = "breakwater_streamingQuery";
  private static final String BATCH = "breakwater_streamingBatch";
  private static final String FILES = "timestamp TIMESTAMP, value BIGINT";

  private static final CountDownLatch IN_BATCH = new CountDownLatch(1);

  private LineageSession session;
  private SparkSession spark;
  private Path directory;
  private List<JsonNode> events;
  private UUID stopped;
  private UUID toTable;
  private UUID restarted;
  private UUID failed;
  private UUID byCode;
  private UUID endless;
  private UUID calling;
  private UUID stoppedInABatch;

  @BeforeAll
  void run(@TempDir Path temp) throws Exception {
    directory = temp;
    session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.breakwater.lineage.streaming.runningInterval", "0ms",
                "spark.breakwater.lineage.streaming.batchInterval", "0ms",
                "spark.breakwater.lineage.streaming.batchEvery", "2"));
    spark = session.spark();
    spark.sql("CREATE TABLE ice.db.sunk (" + FILES + ") USING iceberg");
    stopped = fileSink();
    moreFiles();
    toTable = icebergSink();
    moreFiles();
    restarted = icebergSink();
    byCode = foreachBatch();
    failed = failing();
    calling = callInABatch();
    endless = runningAtTheEnd();
    stoppedInABatch = stoppedInABatch();
    events = session.stop();
  }

  @AfterAll
  void stop() {
    session.close();
  }

  private void moreFiles() {
    for (int i = 0; i < 2; i++) {
      spark
          .range(0, 5, 1, 1)
          .selectExpr("current_timestamp() AS timestamp", "id AS value")
          .write()
          .mode("append")
          .parquet(path("in"));
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Dataset<Row> rate() {
    return spark.readStream().format("rate-micro-batch").option("rowsPerBatch", "10").load();
  }

  private static void awaitBatches(StreamingQuery query, long batches) {
    await()
        .atMost(LONG)
        .until(() -> query.lastProgress() != null && query.lastProgress().batchId() >= batches - 1);
  }

  private UUID fileSink() throws TimeoutException {
    StreamingQuery query =
        rate()
            .writeStream()
            .queryName("Files of today")
            .format("parquet")
            .option("checkpointLocation", path("checkpoint-files"))
            .trigger(Trigger.ProcessingTime(0))
            .start(path("out"));
    awaitBatches(query, 3);
    query.stop();
    return query.runId();
  }

  private UUID icebergSink() throws TimeoutException, StreamingQueryException {
    StreamingQuery query =
        spark
            .readStream()
            .schema(FILES)
            .option("maxFilesPerTrigger", 1)
            .parquet(path("in"))
            .writeStream()
            .format("iceberg")
            .option("checkpointLocation", path("checkpoint-iceberg"))
            .trigger(Trigger.AvailableNow())
            .toTable("ice.db.sunk");
    query.awaitTermination();
    return query.runId();
  }

  private UUID foreachBatch() throws TimeoutException, StreamingQueryException {
    VoidFunction2<Dataset<Row>, Long> code =
        (rows, id) -> rows.write().mode("append").parquet(path("copied"));
    StreamingQuery query =
        spark
            .readStream()
            .format("iceberg")
            .option("stream-from-timestamp", "1")
            .load("ice.db.sunk")
            .writeStream()
            .queryName("by_code")
            .option("checkpointLocation", path("checkpoint-code"))
            .trigger(Trigger.AvailableNow())
            .foreachBatch(code)
            .start();
    query.awaitTermination();
    return query.runId();
  }

  private UUID failing() throws TimeoutException {
    StreamingQuery query =
        rate()
            .selectExpr("raise_error('no such luck') AS value")
            .writeStream()
            .queryName("failing")
            .format("memory")
            .trigger(Trigger.ProcessingTime(0))
            .start();
    assertThatThrownBy(query::awaitTermination).isInstanceOf(StreamingQueryException.class);
    return query.runId();
  }

  private UUID runningAtTheEnd() throws TimeoutException {
    StreamingQuery query =
        rate().writeStream().format("noop").trigger(Trigger.ProcessingTime("1 hour")).start();
    awaitBatches(query, 1);
    return query.runId();
  }

  private UUID callInABatch() throws TimeoutException, StreamingQueryException {
    VoidFunction2<Dataset<Row>, Long> code =
        (rows, id) ->
            rows.sparkSession()
                .sql(
                    "CALL ice.system.rewrite_data_files(table => 'db.sunk',"
                        + " options => map('rewrite-all', 'true'))");
    StreamingQuery query =
        spark
            .readStream()
            .schema(FILES)
            .parquet(path("in"))
            .writeStream()
            .queryName("calling")
            .trigger(Trigger.AvailableNow())
            .foreachBatch(code)
            .start();
    query.awaitTermination();
    return query.runId();
  }

  /** The last one, so that the end of the application shows whether it counts as a failure. */
  private UUID stoppedInABatch() throws TimeoutException {
    VoidFunction2<Dataset<Row>, Long> code =
        (rows, id) ->
            rows.foreach(
                (ForeachFunction<Row>)
                    row -> {
                      IN_BATCH.countDown();
                      new CountDownLatch(1).await();
                    });
    StreamingQuery query = rate().writeStream().queryName("stopped").foreachBatch(code).start();
    await().atMost(LONG).until(() -> IN_BATCH.getCount() == 0);
    query.stop();
    return query.runId();
  }

  private List<JsonNode> ofRun(UUID runId) {
    return events.stream()
        .filter(event -> event.at("/run/runId").asText().equals(runId.toString()))
        .toList();
  }

  private List<JsonNode> batches(UUID runId) {
    return events.stream()
        .filter(event -> event.at("/run/facets/parent/run/runId").asText().equals(runId.toString()))
        .toList();
  }

  private static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.at("/eventType").asText()).toList();
  }

  private static JsonNode last(List<JsonNode> events) {
    return events.get(events.size() - 1);
  }

  private static List<String> datasets(JsonNode event, String side) {
    return StreamSupport.stream(event.path(side).spliterator(), false)
        .map(dataset -> dataset.path("name").asText().replaceAll(".*/", ""))
        .toList();
  }

  @Test
  void query_isOneRunFromItsStartToItsStop() {
    List<JsonNode> run = ofRun(stopped);
    assertThat(types(run)).startsWith("START").endsWith("COMPLETE");
    assertThat(types(run).subList(1, run.size() - 1)).isNotEmpty().containsOnly("RUNNING");
    assertThat(run)
        .extracting(event -> event.at("/job/name").asText())
        .containsOnly("lineage.files_of_today");
    JsonNode application = events.get(0);
    assertThat(run)
        .extracting(event -> event.at("/run/facets/parent/run/runId"))
        .containsOnly(application.at("/run/runId"));
  }

  @Test
  void query_saysWhatItReadsAndWritesFromItsStart() {
    JsonNode start = ofRun(toTable).get(0);
    assertThat(datasets(start, "inputs")).containsExactly("in");
    assertThat(datasets(start, "outputs")).containsExactly("sunk");
    assertThat(start.at("/outputs/0/facets/symlinks/identifiers/0/name").asText())
        .isEqualTo("db.sunk");
    assertThat(start.at("/inputs/0/facets/schema/fields")).hasSize(2);
    JsonNode rate = ofRun(stopped).get(0);
    assertThat(datasets(rate, "inputs")).isEmpty();
    assertThat(datasets(rate, "outputs")).containsExactly("out");
    assertThat(rate.at("/outputs/0/name").asText()).isEqualTo(path("out"));
  }

  @Test
  void query_countsItsBatchesAndRows() {
    JsonNode facet = last(ofRun(stopped)).at("/run/facets/" + QUERY);
    assertThat(facet.path("batches").longValue()).isGreaterThanOrEqualTo(3);
    assertThat(facet.path("inputRows").longValue())
        .isEqualTo(10 * (facet.path("lastBatchId").longValue() + 1));
    assertThat(facet.path("checkpoint").asText()).endsWith("checkpoint-files");
    assertThat(facet.path("outputMode").asText()).isEqualTo("Append");
    assertThat(facet.at("/sources/0/endOffset").asText()).contains("offset");
  }

  @Test
  void everySecondBatch_isAChildWithItsRows() {
    List<JsonNode> children = batches(stopped);
    List<JsonNode> complete =
        children.stream().filter(e -> e.at("/eventType").asText().equals("COMPLETE")).toList();
    assertThat(complete).hasSizeGreaterThanOrEqualTo(2);
    assertThat(complete)
        .allSatisfy(
            end -> {
              assertThat(end.at("/job/name").asText()).isEqualTo("lineage.files_of_today.batch");
              assertThat(end.at("/run/facets/" + BATCH + "/batchId").longValue() % 2).isZero();
              assertThat(end.at("/run/facets/" + BATCH + "/inputRows").longValue()).isEqualTo(10);
              assertThat(datasets(end, "outputs")).containsExactly("out");
            });
    assertThat(children.stream().filter(e -> e.at("/eventType").asText().equals("START")))
        .hasSize(
            (int)
                children.stream()
                    .filter(e -> e.at("/eventType").asText().matches("COMPLETE|ABORT"))
                    .count());
  }

  @Test
  void restartFromTheCheckpoint_isANewRunOfTheSameQueryAndJob() {
    JsonNode first = last(ofRun(toTable));
    JsonNode second = last(ofRun(restarted));
    assertThat(restarted).isNotEqualTo(toTable);
    assertThat(second.at("/run/facets/" + QUERY + "/queryId"))
        .isEqualTo(first.at("/run/facets/" + QUERY + "/queryId"));
    assertThat(second.at("/job/name")).isEqualTo(first.at("/job/name"));
    assertThat(second.at("/run/facets/" + QUERY + "/lastBatchId").longValue())
        .isGreaterThan(first.at("/run/facets/" + QUERY + "/lastBatchId").longValue());
  }

  @Test
  void queryWithoutAName_isNamedAfterItsSink() {
    assertThat(ofRun(toTable).get(0).at("/job/name").asText())
        .isEqualTo("lineage.streaming_query.db_sunk");
    assertThat(ofRun(endless).get(0).at("/job/name").asText()).isEqualTo("lineage.streaming_query");
  }

  @Test
  void whatTheCodeOfABatchWrites_isAnOutputOfTheQuery() {
    List<JsonNode> run = ofRun(byCode);
    assertThat(datasets(run.get(0), "inputs")).containsExactly("sunk");
    assertThat(datasets(last(run), "outputs")).containsExactly("copied");
    JsonNode batch = last(batches(byCode));
    assertThat(datasets(batch, "inputs")).containsExactly("sunk");
    assertThat(datasets(batch, "outputs")).containsExactly("copied");
    List<JsonNode> inside = batches(UUID.fromString(batch.at("/run/runId").asText()));
    assertThat(inside)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.at("/run/facets/parent/job/name").asText())
                  .isEqualTo("lineage.by_code.batch");
              assertThat(event.at("/job/name").asText()).startsWith("lineage.by_code.");
            });
  }

  @Test
  void failure_isTheEndOfTheQueryWithItsMessage() {
    JsonNode end = last(ofRun(failed));
    assertThat(end.at("/eventType").asText()).isEqualTo("FAIL");
    assertThat(end.at("/run/facets/errorMessage").toString()).contains("no such luck");
    assertThat(types(batches(failed))).containsExactly("START", "FAIL");
    assertThat(datasets(end, "outputs")).isEmpty();
  }

  @Test
  void callInABatch_isItsChildAndHasTheQueriesInsideForChildren() {
    JsonNode batch = last(batches(calling));
    List<JsonNode> call = batches(UUID.fromString(batch.at("/run/runId").asText()));
    assertThat(call)
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(event.at("/job/name").asText())
                    .isEqualTo("lineage.calling.rewrite_data_files.ice_db_sunk"));
    assertThat(call)
        .extracting(event -> event.at("/run/runId"))
        .containsOnly(call.get(0).at("/run/runId"));
    List<JsonNode> inside = batches(UUID.fromString(call.get(0).at("/run/runId").asText()));
    assertThat(inside)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.at("/run/facets/parent/job/name"))
                  .isEqualTo(call.get(0).at("/job/name"));
              assertThat(event.at("/job/name").asText())
                  .startsWith("lineage.calling.rewrite_data_files.ice_db_sunk.");
            });
  }

  @Test
  void queryThatIsStoppedInABatch_isCompleteAndItsBatchAborted() {
    assertThat(types(ofRun(stoppedInABatch))).startsWith("START").endsWith("COMPLETE");
    assertThat(types(batches(stoppedInABatch))).containsExactly("START", "ABORT");
    assertThat(last(events).at("/job/name").asText()).isEqualTo("lineage");
    assertThat(types(List.of(last(events)))).containsExactly("COMPLETE");
  }

  @Test
  void queryThatRunsWhenTheApplicationEnds_isAbortedBeforeIt() {
    List<JsonNode> run = ofRun(endless);
    assertThat(types(run)).startsWith("START").endsWith("ABORT");
    JsonNode application = last(events);
    assertThat(application.at("/run/runId")).isEqualTo(events.get(0).at("/run/runId"));
    assertThat(types(List.of(application))).doesNotContain("RUNNING");
  }

  @Test
  void everyRun_hasOneStartAndOneEnd() {
    List<String> runs =
        events.stream().map(event -> event.at("/run/runId").asText()).distinct().toList();
    for (String run : runs) {
      List<String> types = types(ofRun(UUID.fromString(run)));
      assertThat(types.stream().filter("START"::equals)).as(run).hasSize(1);
      assertThat(types.stream().filter(type -> type.matches("COMPLETE|FAIL|ABORT")))
          .as(run)
          .hasSize(1);
    }
  }

  @Test
  void singleExecutionsOfBatches_areNotRunsOfTheApplication() {
    assertThat(events)
        .noneMatch(event -> event.at("/job/name").asText().contains("write_to_data_source_v2"));
  }

  @Test
  void facets_areWhatTheirSchemasSay() throws Exception {
    for (CustomFacet facet : List.of(StreamFacets.QUERY, StreamFacets.BATCH)) {
      FacetSchema schema = FacetSchema.of(facet);
      List<JsonNode> found =
          events.stream()
              .map(event -> event.at("/run/facets/" + facet.key()))
              .filter(node -> !node.isMissingNode())
              .toList();
      assertThat(found).hasSizeGreaterThan(5);
      found.forEach(node -> assertThat(schema.violations(node)).as(node.toString()).isEmpty());
    }
  }
}
