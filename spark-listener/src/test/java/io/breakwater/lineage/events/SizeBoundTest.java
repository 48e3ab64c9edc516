package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.Events;
import io.breakwater.lineage.LineageSession;
import io.breakwater.lineage.facets.FacetSchema;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizeBoundTest {

  private static final String EVENT =
      """
      {"eventType": "START", "run": {"runId": "r", "facets": {"parent": {"run": {"runId": "p"}},
      "spark.logicalPlan": {"plan": "FILLER"}, "other": {"text": "FILLER"}}},
      "job": {"namespace": "n", "name": "j", "facets": {"sql": {"query": "FILLER"}}},
      "inputs": [{"namespace": "n", "name": "in", "facets": {"schema": {"fields": "FILLER"}}}],
      "outputs": [{"namespace": "n", "name": "out", "facets": {"schema": {"fields": "FILLER"},
      "columnLineage": {"fields": {"a": {"inputFields": [
      {"namespace": "n", "name": "cached", "field": "FILLER"}]}}}}}]}
      """;

  @Test
  void eventThatFits_isNotReduced() throws Exception {
    ObjectNode event = event(100);
    assertThat(new SizeBound(10_000).exceededBy(EventJson.bytes(event).length, event)).isFalse();
  }

  @Test
  void facetsAreLeftOut_theLeastValuableFirst() throws Exception {
    assertThat(leftOut(7_000)).containsExactly("run.spark.logicalPlan");
    assertThat(leftOut(5_500)).containsExactly("outputs.columnLineage", "run.spark.logicalPlan");
    assertThat(leftOut(4_500))
        .containsExactly("inputs.schema", "outputs.columnLineage", "run.spark.logicalPlan");
    assertThat(leftOut(3_500))
        .containsExactly(
            "inputs.schema", "outputs.columnLineage", "outputs.schema", "run.spark.logicalPlan");
    assertThat(leftOut(2_000)).contains("job.sql", "run.other");
  }

  @Test
  void identityAndNames_alwaysStay() throws Exception {
    ObjectNode event = event(1_000);
    new SizeBound(1).reduce(event, EventJson.bytes(event).length);
    assertThat(event.at("/run/runId").asText()).isEqualTo("r");
    assertThat(event.at("/job/name").asText()).isEqualTo("j");
    assertThat(event.at("/run/facets/parent/run/runId").asText()).isEqualTo("p");
    assertThat(event.at("/outputs").findValuesAsText("name")).containsExactly("out");
    assertThat(event.at("/inputs").findValuesAsText("name"))
        .as("also of the input that only the column lineage had named")
        .containsExactly("in", "cached");
  }

  @Test
  void whatIsLeftOut_isNamedWithItsSize() throws Exception {
    ObjectNode event = event(1_000);
    long bytes = EventJson.bytes(event).length;
    new SizeBound(7_000).reduce(event, bytes);
    JsonNode facet = event.at("/run/facets/breakwater_reduced");
    assertThat(facet.path("maxBytes").asLong()).isEqualTo(7_000);
    assertThat(facet.path("bytes").asLong()).isEqualTo(bytes);
    assertThat(facet.at("/leftOut/0/count").asLong()).isEqualTo(1);
    assertThat(bytes - facet.at("/leftOut/0/bytes").asLong()).isBetween(5_000L, 7_000L);
  }

  @Test
  void eventReducedTwice_namesBoth() throws Exception {
    ObjectNode event = event(1_000);
    new SizeBound(7_000).reduce(event, EventJson.bytes(event).length);
    new SizeBound(6_000).reduce(event, EventJson.bytes(event).length);
    assertThat(names(event)).containsExactly("run.spark.logicalPlan", "outputs.columnLineage");
  }

  /** A join whose events are of 60 KB. */
  @Test
  void wideJoin_becomesEventsOfTheConfiguredSizeThatNameWhatTheyLack(@TempDir Path directory)
      throws Exception {
    List<com.fasterxml.jackson.databind.JsonNode> events;
    try (LineageSession session =
        LineageSession.start(
            directory, Map.of("spark.breakwater.lineage.events.maxBytes", "16k"))) {
      Dataset<Row> left = wide(session, directory, "left", 100);
      left.join(wide(session, directory, "right", 100), "id")
          .write()
          .parquet(directory.resolve("joined").toString());
      events = session.stop();
    }
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.toString().getBytes(StandardCharsets.UTF_8))
                    .hasSizeLessThan(16 << 10));
    FacetSchema schema = FacetSchema.of(SizeBound.FACET);
    List<com.fasterxml.jackson.databind.JsonNode> reduced =
        events.stream().filter(e -> e.at("/run/facets").has("breakwater_reduced")).toList();
    assertThat(reduced)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              com.fasterxml.jackson.databind.JsonNode facet =
                  event.at("/run/facets/breakwater_reduced");
              assertThat(schema.violations(facet)).isEmpty();
              assertThat(facet.at("/leftOut").findValuesAsText("facet")).contains("columnLineage");
              assertThat(event.at("/inputs").findValuesAsText("name"))
                  .contains(directory.resolve("left").toString());
              assertThat(event.at("/outputs").findValuesAsText("name"))
                  .contains(directory.resolve("joined").toString());
            });
    assertThat(reduced).extracting(e -> e.at("/eventType").asText()).contains("START", "COMPLETE");
    assertThat(Files.readString(Path.of("target", "host.log")))
        .contains("A lineage event was larger than events.maxBytes (16384)");
  }

  private static Dataset<Row> wide(LineageSession session, Path directory, String name, int columns)
      throws Exception {
    StructType schema =
        IntStream.range(0, columns)
            .mapToObj(i -> name + "_" + i)
            .reduce(
                new StructType().add("id", "long"),
                (type, column) -> type.add(column, "long"),
                (a, b) -> a);
    Files.createDirectory(directory.resolve(name));
    return session.spark().read().schema(schema).parquet(directory.resolve(name).toString());
  }

  private static List<String> leftOut(int maxBytes) throws Exception {
    ObjectNode event = event(1_000);
    new SizeBound(maxBytes).reduce(event, EventJson.bytes(event).length);
    assertThat(EventJson.bytes(event).length).isLessThanOrEqualTo(maxBytes);
    return names(event);
  }

  private static List<String> names(ObjectNode event) {
    com.fasterxml.jackson.databind.JsonNode entries =
        Events.parse(event.at("/run/facets/breakwater_reduced/leftOut").toString());
    return IntStream.range(0, entries.size())
        .mapToObj(entries::get)
        .map(entry -> entry.path("place").asText() + "." + entry.path("facet").asText())
        .toList();
  }

  private static ObjectNode event(int filler) throws Exception {
    return EventJson.tree(
        EVENT.replace("FILLER", "x".repeat(filler)).getBytes(StandardCharsets.UTF_8));
  }
}
