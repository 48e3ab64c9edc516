package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The START of a query that waits for its end, in real Spark sessions. */
class DeferredStartsTest {

  private static final String DELAY = "spark.breakwater.lineage.events.startDelay";
  private static final Map<String, String> NEVER_DUE = Map.of(DELAY, "1min");
  private static final CountDownLatch RELEASED = new CountDownLatch(1);

  @TempDir private Path directory;

  @Test
  void shortQuery_isBuiltOnceAndHasBothItsEvents() throws Exception {
    List<JsonNode> events;
    long built;
    try (LineageSession session = LineageSession.start(directory, NEVER_DUE)) {
      write(session.spark().range(7), "source");
      write(session.spark().read().parquet(path("source")), "table");
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> LineageSession.metric("delivered") >= 5);
      built = LineageSession.metric("emitted");
      events = session.stop();
    }
    List<JsonNode> run = writes(events, "table");
    assertThat(run).extracting(e -> e.path("eventType").asText()).contains("START", "COMPLETE");
    assertThat(run).hasSize(2);
    JsonNode start = run.get(0);
    JsonNode end = run.get(1);
    assertThat(start.at("/inputs").findValuesAsText("name"))
        .isEqualTo(end.at("/inputs").findValuesAsText("name"))
        .contains(path("source"));
    assertThat(start.at("/run/runId")).isEqualTo(end.at("/run/runId"));
    assertThat(start.at("/job/name")).isEqualTo(end.at("/job/name"));
    assertThat(time(start)).isBefore(time(end));
    assertThat(start.at("/outputs/0/outputFacets/outputStatistics").isMissingNode()).isTrue();
    assertThat(built).as("START of the application, and the ends of the queries").isLessThan(5);
  }

  @Test
  void queryThatIsNotOverWhenItsStartIsDue_hasItsStartThen() throws Exception {
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try (LineageSession session = LineageSession.start(directory, Map.of(DELAY, "50ms"))) {
      Future<?> write = writer.submit(() -> write(blocked(session.spark()), "table"));
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> LineageSession.metric("delivered") >= 2);
      assertThat(write).isNotDone();
      RELEASED.countDown();
      write.get(60, TimeUnit.SECONDS);
      assertThat(writes(session.stop(), "table"))
          .extracting(e -> e.path("eventType").asText())
          .containsExactly("START", "COMPLETE");
    } finally {
      RELEASED.countDown();
      writer.shutdownNow();
    }
  }

  @Test
  void queryThatFailsBeforeItsStartIsDue_hasStartAndFail() throws Exception {
    try (LineageSession session = LineageSession.start(directory, NEVER_DUE)) {
      SparkSession spark = session.spark();
      assertThatThrownBy(
              () -> write(spark.sql("SELECT CAST(raise_error('on purpose') AS INT) AS a"), "table"))
          .hasStackTraceContaining("on purpose");
      List<JsonNode> run = writes(session.stop(), "table");
      assertThat(run)
          .extracting(e -> e.path("eventType").asText())
          .startsWith("START")
          .endsWith("FAIL");
      assertThat(run.get(0).at("/run/facets/errorMessage").isMissingNode()).isTrue();
    }
  }

  @Test
  void queryInsideAnother_hasTheOthersRunForAParent() throws Exception {
    List<JsonNode> events;
    try (LineageSession session = LineageSession.start(directory, NEVER_DUE)) {
      session.spark().range(3).write().saveAsTable("saved");
      events = session.stop();
    }
    List<JsonNode> starts =
        events.stream().filter(e -> e.path("eventType").asText().equals("START")).toList();
    List<String> runs = starts.stream().map(e -> e.at("/run/runId").asText()).toList();
    assertThat(starts).hasSizeGreaterThan(1);
    for (JsonNode start : starts.subList(1, starts.size())) {
      String parent = start.at("/run/facets/parent/run/runId").asText();
      assertThat(runs.subList(0, starts.indexOf(start)))
          .as("runs that have begun before %s", start.at("/job/name"))
          .contains(parent);
    }
  }

  @Test
  void applicationThatEndsFirst_hasItsQuerysStartAndEnd() throws Exception {
    ExecutorService writer = Executors.newSingleThreadExecutor();
    CountDownLatch running = new CountDownLatch(1);
    try (LineageSession session = LineageSession.start(directory, NEVER_DUE)) {
      Future<?> write =
          writer.submit(
              () -> {
                running.countDown();
                write(session.spark().range(1L << 40).selectExpr("sum(id)"), "table");
              });
      running.await();
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> session.spark().sparkContext().statusTracker().getActiveJobIds().length > 0);
      List<String> types =
          writes(session.stop(), "table").stream().map(e -> e.path("eventType").asText()).toList();
      assertThatThrownBy(() -> write.get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThat(types).startsWith("START").hasSize(2);
      assertThat(types.get(1)).isIn("FAIL", "ABORT");
    } finally {
      writer.shutdownNow();
    }
  }

  private static Dataset<Long> blocked(SparkSession spark) {
    return spark
        .range(1)
        .map(
            (MapFunction<Long, Long>)
                id -> {
                  RELEASED.await();
                  return id;
                },
            Encoders.LONG());
  }

  private void write(Dataset<?> data, String table) {
    data.write().parquet(path(table));
  }

  private String path(String table) {
    return directory.resolve(table).toString();
  }

  private static List<JsonNode> writes(List<JsonNode> events, String table) {
    return events.stream()
        .filter(event -> event.at("/outputs/0/name").asText().endsWith("/" + table))
        .toList();
  }

  private static OffsetDateTime time(JsonNode event) {
    return OffsetDateTime.parse(event.path("eventTime").asText());
  }
}
