package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the jobs of queries, in real Spark sessions. */
class JobEventsTest {

  private static final String RUNNING = "spark.breakwater.lineage.events.running";

  @TempDir private Path directory;

  @Test
  void shortQuery_hasStartAndEndAndNothingElseIsBuilt() throws Exception {
    List<JsonNode> events;
    long built;
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      SparkSession spark = session.spark();
      sorted(spark, 500, "table");
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> LineageSession.metric("delivered") >= 3);
      built = LineageSession.metric("emitted");
      events = session.stop();
    }
    assertThat(types(events, "table")).containsExactly("START", "COMPLETE");
    assertThat(built).as("START of the application, and of the query").isEqualTo(2);
    JsonNode end = of(events, "table").get(1);
    JsonNode statistics = end.at("/outputs/0/outputFacets/outputStatistics");
    assertThat(statistics.path("rowCount").asLong()).isEqualTo(500);
    assertThat(statistics.path("size").asLong()).isEqualTo(bytes("table"));
    assertThat(end.at("/run/facets/spark_jobDetails/jobDescription").asText()).isEqualTo("sorted");
  }

  @Test
  void shortQueryThatFails_hasStartAndFailWithItsError() throws Exception {
    List<JsonNode> run;
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      SparkSession spark = session.spark();
      assertThatThrownBy(
              () ->
                  spark
                      .sql("SELECT CAST(raise_error('on purpose') AS INT) AS a FROM range(3)")
                      .write()
                      .parquet(directory.resolve("table").toString()))
          .hasStackTraceContaining("on purpose");
      run = of(session.stop(), "table");
    }
    assertThat(run).extracting(e -> e.path("eventType").asText()).containsExactly("START", "FAIL");
    assertThat(run.get(0).at("/run/facets/errorMessage").isMissingNode()).isTrue();
    assertThat(run.get(1).at("/run/facets/errorMessage/message").asText()).contains("on purpose");
    assertThat(run.get(1).at("/outputs/0/outputFacets/outputStatistics").isMissingNode()).isTrue();
  }

  @Test
  void everyJobEvent_isThereIfWanted() throws Exception {
    List<JsonNode> events;
    try (LineageSession session = LineageSession.start(directory, Map.of(RUNNING, "all"))) {
      sorted(session.spark(), 10, "table");
      events = session.stop();
    }
    assertThat(types(events, "table"))
        .startsWith("START", "RUNNING")
        .endsWith("RUNNING", "COMPLETE");
  }

  @Test
  void inputsFoundInTheJobsOfAQuery_areInItsEnd() throws Exception {
    Path text = Files.writeString(directory.resolve("words.txt"), "a\nb\n");
    List<JsonNode> events;
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      SparkSession spark = session.spark();
      spark
          .createDataset(
              spark.sparkContext().textFile(text.toString(), 1),
              org.apache.spark.sql.Encoders.STRING())
          .write()
          .parquet(directory.resolve("table").toString());
      events = session.stop();
    }
    List<JsonNode> run = of(events, "table");
    assertThat(run.get(run.size() - 1).at("/inputs").findValuesAsText("name"))
        .anyMatch(name -> text.toString().startsWith(name));
  }

  @Test
  void queriesAtTheSameTime_haveTheStatisticsOfTheirOwnJobs() throws Exception {
    int tables = 12;
    List<JsonNode> events;
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      List<Future<?>> writes = new ArrayList<>();
      for (int i = 1; i <= tables; i++) {
        int rows = i;
        writes.add(writers.submit(() -> sorted(session.spark(), rows, "table" + rows + "_")));
      }
      for (Future<?> write : writes) {
        write.get(60, TimeUnit.SECONDS);
      }
      events = session.stop();
    } finally {
      writers.shutdownNow();
    }
    for (int i = 1; i <= tables; i++) {
      List<JsonNode> run = of(events, "table" + i + "_");
      assertThat(run.get(run.size() - 1).at("/outputs/0/outputFacets/outputStatistics/rowCount"))
          .as("rows of table %d in %s", i, run)
          .hasToString(String.valueOf(i));
    }
  }

  private void sorted(SparkSession spark, int rows, String table) {
    spark.sparkContext().setJobDescription("sorted");
    spark.range(0, rows, 1, 2).sort("id").write().parquet(directory.resolve(table).toString());
  }

  private long bytes(String table) throws Exception {
    try (var files = Files.list(directory.resolve(table))) {
      long bytes = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static List<JsonNode> of(List<JsonNode> events, String table) {
    return events.stream()
        .filter(event -> event.at("/outputs/0/name").asText().endsWith("/" + table))
        .toList();
  }

  private static List<String> types(List<JsonNode> events, String table) {
    return of(events, table).stream().map(event -> event.path("eventType").asText()).toList();
  }
}
