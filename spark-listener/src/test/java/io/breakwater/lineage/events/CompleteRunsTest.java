package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real session's runs look like when its last query has failed. */
class CompleteRunsTest {

  @TempDir private static Path directory;
  private static List<JsonNode> events;
  private static Map<String, List<JsonNode>> runs;

  @BeforeAll
  static void runJobs() throws Exception {
    Path csv = Files.writeString(directory.resolve("in.csv"), "id,name\n1,a\n2,b\n");
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      var spark = session.spark();
      Dataset<Row> people =
          spark.read().option("header", "true").option("inferSchema", "true").csv(csv.toString());
      people.write().saveAsTable("people");
      JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(List.of(1, 2)).count();
      assertThatThrownBy(
          () ->
              people
                  .select(functions.expr("assert_true(id < 2, 'id is too large')"))
                  .write()
                  .parquet(directory.resolve("failed_task").toString()));
      assertThatThrownBy(
              () ->
                  people
                      .select(functions.col("id").as("x"), functions.col("name").as("X"))
                      .write()
                      .parquet(directory.resolve("failed_analysis").toString()))
          .hasMessageContaining("COLUMN_ALREADY_EXISTS");
      events = session.stop();
    }
    runs =
        events.stream()
            // Outside of the life of a run: the later link of a helper to the run that it serves.
            .filter(event -> !event.at("/eventType").asText().equals("OTHER"))
            .collect(
                Collectors.groupingBy(
                    event -> event.at("/run/runId").asText(), TreeMap::new, Collectors.toList()));
  }

  @Test
  void everyRun_hasOneStartAndThenOneEnd() {
    assertThat(runs).hasSizeGreaterThan(5);
    assertThat(runs.values())
        .allSatisfy(
            run -> {
              assertThat(types(run)).startsWith("START");
              assertThat(types(run).stream().filter("START"::equals)).hasSize(1);
              assertThat(types(run).stream().filter(CompleteRunsTest::isTerminal)).hasSize(1);
              assertThat(isTerminal(types(run).get(run.size() - 1))).isTrue();
            });
  }

  @Test
  void queryThatFailsInATask_failsWithTheMessageAndTheStackTrace() {
    assertFailed("failed_task", "id is too large");
  }

  @Test
  void queryThatFailsOnTheDriver_failsWithTheMessageAndTheStackTrace() {
    assertFailed("failed_analysis", "COLUMN_ALREADY_EXISTS");
  }

  private static void assertFailed(String output, String message) {
    List<JsonNode> run = runOfOutput(output).findFirst().orElseThrow();
    JsonNode last = run.get(run.size() - 1);
    assertThat(last.at("/eventType").asText()).isEqualTo("FAIL");
    JsonNode error = last.at("/run/facets/errorMessage");
    assertThat(error.at("/message").asText()).contains(message);
    assertThat(error.at("/stackTrace").asText()).contains(message).contains("\tat ");
    assertThat(error.at("/programmingLanguage").asText()).isEqualTo("JAVA");
    assertThat(error.at("/_schemaURL").asText()).contains("ErrorMessageRunFacet.json");
  }

  @Test
  void queryThatSucceeds_completes() {
    assertThat(runOfOutput("people"))
        .isNotEmpty()
        .allSatisfy(
            run -> {
              assertThat(types(run)).endsWith("COMPLETE");
              assertThat(run).noneMatch(event -> event.at("/run/facets").has("errorMessage"));
            });
  }

  @Test
  void applicationWhoseLastQueryFailed_fails() {
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.at("/job/name").asText()).isEqualTo("lineage");
    assertThat(last.at("/eventType").asText()).isEqualTo("FAIL");
    assertThat(last.at("/run/facets/errorMessage/message").asText())
        .contains("COLUMN_ALREADY_EXISTS");
  }

  @Test
  void twoHalvesOfSaveAsTable_areParentAndChild() {
    List<List<JsonNode>> halves = runOfOutput("people").toList();
    assertThat(halves).hasSize(2);
    List<JsonNode> command =
        halves.stream()
            .filter(run -> jobName(run.get(0)).contains("create_data_source_table_as_select"))
            .findFirst()
            .orElseThrow();
    List<JsonNode> write = halves.stream().filter(run -> run != command).findFirst().orElseThrow();
    assertThat(write)
        .allSatisfy(
            event -> {
              JsonNode parent = event.at("/run/facets/parent");
              assertThat(parent.at("/run/runId")).isEqualTo(command.get(0).at("/run/runId"));
              assertThat(parent.at("/job/name").asText()).isEqualTo(jobName(command.get(0)));
              assertThat(parent.at("/root/job/name").asText()).isEqualTo("lineage");
            });
    assertThat(command.get(0).at("/run/facets/parent/job/name").asText()).isEqualTo("lineage");
  }

  private static Stream<List<JsonNode>> runOfOutput(String name) {
    return runs.values().stream()
        .filter(
            run ->
                Stream.of(run.get(run.size() - 1))
                    .flatMap(event -> event.at("/outputs").findValues("name").stream())
                    .anyMatch(dataset -> dataset.asText().endsWith("/" + name)));
  }

  private static List<String> types(List<JsonNode> run) {
    return run.stream().map(event -> event.at("/eventType").asText()).toList();
  }

  private static boolean isTerminal(String type) {
    return List.of("COMPLETE", "FAIL", "ABORT").contains(type);
  }

  private static String jobName(JsonNode event) {
    return event.at("/job/name").asText();
  }
}
