package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.Gauge;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenLineage hangs while it reads a query. */
class SlowBuildsTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** What no build takes that does not hang, not even a first one on a slow machine. */
  private static final String SLOW = "4s";

  private static final String WRITE = "execute_insert_into_hadoop_fs_relation_command";

  @TempDir private Path directory;

  @AfterEach
  void release() {
    SlowFacets.release();
  }

  @Test
  void buildThatHangsOnce_isMadeAgainWithoutColumnLineage() throws Exception {
    List<JsonNode> events = eventsOfAWrite(1, SLOW);
    List<JsonNode> write = ofJob(events, WRITE);
    assertStartAndEnd(write);
    assertThat(write)
        .allSatisfy(
            event -> {
              assertThat(leftOut(event)).containsExactly("outputs columnLineage");
              assertThat(event.at("/outputs/0/name").asText()).endsWith("out");
              assertThat(event.at("/outputs/0/facets").has("columnLineage")).isFalse();
            });
  }

  @Test
  void buildsThatAllHang_leaveARunWithStartAndEnd() throws Exception {
    List<JsonNode> events = eventsOfAWrite(1_000, SLOW);
    List<JsonNode> write = ofJob(events, "lineage.unread_query");
    assertStartAndEnd(write);
    assertThat(write)
        .allSatisfy(event -> assertThat(leftOut(event)).containsExactly("inputs *", "outputs *"));
    JsonNode application = ofJob(events, "lineage").get(0);
    assertThat(write.get(0).at("/run/facets/parent/run/runId"))
        .isEqualTo(application.at("/run/runId"));
  }

  @Test
  void buildOfAnEnd_thatHangs_leavesTheRunItsEnd() throws Exception {
    Path out = directory.resolve("out");
    List<JsonNode> events;
    try (LineageSession session = session(SLOW)) {
      session.spark().range(5).write().parquet(out.toString());
      await().atMost(LONG).until(() -> !ofJob(delivered(), WRITE).isEmpty());
      SlowFacets.hang(1_000);
      session.spark().read().parquet(out.toString()).count();
      await().atMost(LONG).until(() -> overdue() > 0);
      SlowFacets.release();
      events = session.stop();
    }
    assertStartAndEnd(ofJob(events, WRITE));
  }

  @Test
  void stop_whileBuildsHang_waitsForNone() throws Exception {
    List<JsonNode> events;
    try (LineageSession session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.breakwater.lineage.events.buildTimeout", "10min",
                "spark.breakwater.lineage.stopTimeout", "1s"))) {
      hang(1_000);
      session.spark().range(5).write().parquet(directory.resolve("out").toString());
      // Without a bound this would never return.
      assertThatCode(session::stop).doesNotThrowAnyException();
      events = Events.ofFile(directory.resolve("events.jsonl"));
    }
    assertStartAndEnd(ofJob(events, "lineage.unread_query"));
    assertThat(ofJob(events, "lineage"))
        .extracting(event -> event.at("/eventType").asText())
        .containsExactly("START", "COMPLETE");
  }

  private List<JsonNode> eventsOfAWrite(int hanging, String timeout) throws Exception {
    try (LineageSession session = session(timeout)) {
      hang(hanging);
      session.spark().range(5).write().parquet(directory.resolve("out").toString());
      await().atMost(LONG).until(() -> overdue() > 0);
      return session.stop();
    }
  }

  /** From the application's START on, which all runs need. */
  private void hang(int builds) {
    await().atMost(LONG).until(() -> !delivered().isEmpty());
    SlowFacets.hang(builds);
  }

  private LineageSession session(String timeout) throws IOException {
    return LineageSession.start(
        directory, Map.of("spark.breakwater.lineage.events.buildTimeout", timeout));
  }

  private List<JsonNode> delivered() throws IOException {
    Path file = directory.resolve("events.jsonl");
    return Files.exists(file) ? Events.ofFile(file) : List.of();
  }

  private static long overdue() {
    return (Long)
        ((Gauge<?>)
                SparkEnv.get()
                    .metricsSystem()
                    .getSourcesByName(LineageMetrics.NAME)
                    .head()
                    .metricRegistry()
                    .getGauges()
                    .get("overdue"))
            .getValue();
  }

  private static List<JsonNode> ofJob(List<JsonNode> events, String name) {
    return events.stream()
        .filter(
            event ->
                event.at("/job/name").asText().equals(name)
                    || event.at("/job/name").asText().startsWith("lineage." + name))
        .toList();
  }

  private static void assertStartAndEnd(List<JsonNode> events) {
    assertThat(events).extracting(e -> e.at("/run/runId").asText()).hasSizeGreaterThan(1);
    assertThat(Set.copyOf(events.stream().map(e -> e.at("/run/runId").asText()).toList()))
        .hasSize(1);
    assertThat(events.stream().map(e -> e.at("/eventType").asText()).filter("START"::equals))
        .hasSize(1);
    assertThat(events.get(events.size() - 1).at("/eventType").asText()).isEqualTo("COMPLETE");
  }

  private static List<String> leftOut(JsonNode event) {
    JsonNode entries = event.at("/run/facets/breakwater_reduced/leftOut");
    return entries.findValuesAsText("facet").isEmpty()
        ? List.of()
        : IntStream.range(0, entries.size())
            .mapToObj(entries::get)
            .map(e -> e.path("place").asText() + " " + e.path("facet").asText())
            .toList();
  }
}
