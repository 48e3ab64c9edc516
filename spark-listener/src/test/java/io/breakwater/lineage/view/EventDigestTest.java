package io.breakwater.lineage.view;

import static io.breakwater.lineage.view.EventJson.column;
import static io.breakwater.lineage.view.EventJson.run;
import static io.breakwater.lineage.view.EventJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventDigestTest {

  private final EventDigest digest = new EventDigest();

  private static JsonNode event(String type, String... fields) {
    ObjectNode output = table("/out", fields);
    ((ObjectNode) output.get("facets")).putObject("storage").put("storageLayer", "iceberg");
    column(output, "id", "/in", "id", "DIRECT", "IDENTITY");
    return run("load", "r1", type, "10:00:00")
        .runFacet("emr", "clusterId", "j-1")
        .input(table("/in", "id:int"))
        .output(output)
        .json();
  }

  @Test
  void firstEvent_isTold_withoutWhatThePageDoesNotShow() {
    ObjectNode told = digest.add(event("START", "id:int")).orElseThrow();
    assertThat(told.at("/outputs/0/facets").fieldNames())
        .toIterable()
        .containsExactly("schema", "columnLineage");
    assertThat(told.at("/run/facets/emr/clusterId").asText()).isEqualTo("j-1");
    assertThat(told.has("producer")).isFalse();
  }

  @Test
  void eventThatSaysNothingNew_isNotTold() {
    digest.add(event("START", "id:int"));
    assertThat(digest.add(event("RUNNING", "id:int"))).isEmpty();
  }

  @Test
  void changedFacet_isToldAlone() {
    digest.add(event("START", "id:int"));
    Optional<ObjectNode> told = digest.add(event("RUNNING", "id:bigint"));
    assertThat(told.orElseThrow().at("/outputs/0/facets").fieldNames())
        .toIterable()
        .containsExactly("schema");
    assertThat(told.get().has("inputs")).isFalse();
    assertThat(told.get().at("/run/facets").isMissingNode()).isTrue();
  }

  @Test
  void end_isToldAlways_andTheRunForgotten() {
    digest.add(event("START", "id:int"));
    ObjectNode end = digest.add(event("COMPLETE", "id:int")).orElseThrow();
    assertThat(end.get("eventType").asText()).isEqualTo("COMPLETE");
    assertThat(end.at("/job/name").asText()).isEqualTo("load");
    assertThat(end.has("outputs")).isFalse();
    assertThat(digest.add(event("OTHER", "id:int")).orElseThrow().has("outputs")).isTrue();
  }

  @Test
  void manyOpenRuns_makeTheFirstRepeatItself() {
    digest.add(event("START", "id:int"));
    for (int i = 0; i < 50_000; i++) {
      digest.add(run("many", "m" + i, "START", "10:00:00").input(table("/t", "a:int")).json());
    }
    assertThat(digest.add(event("RUNNING", "id:int"))).isPresent();
  }

  @Test
  void digests_makeTheModelOfTheEvents() {
    List<JsonNode> events =
        List.of(
            event("START", "id:int"),
            event("RUNNING", "id:bigint"),
            event("RUNNING", "id:int"),
            run("load", "r1", "FAIL", "10:00:09").error("no space", "at Writer").json());
    LineageModelBuilder ofEvents = new LineageModelBuilder(ViewLimits.defaults());
    LineageModelBuilder ofDigests = new LineageModelBuilder(ViewLimits.defaults());
    for (JsonNode event : events) {
      ofEvents.add(event);
      digest.add(event).ifPresent(ofDigests::add);
    }
    assertThat(ofDigests.build().jobs()).isEqualTo(ofEvents.build().jobs());
    assertThat(ofDigests.build().datasets()).isEqualTo(ofEvents.build().datasets());
  }
}
