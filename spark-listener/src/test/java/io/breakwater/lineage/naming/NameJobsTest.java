package io.breakwater.lineage.naming;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameJobsTest {

  private static final String FOREIGN = "0195f7a2-0000-7000-8000-000000000001";

  @TempDir private Path directory;

  @Test
  void templates_nameTheJobsOfAllEvents() throws Exception {
    List<JsonNode> events =
        events(
            Map.of(
                "spark.breakwater.lineage.job.namespace", "prod/${namespace}/${emr.cluster}",
                "spark.breakwater.lineage.job.name", "sales.${jobName}.by-${appName}"));
    assertThat(events)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.at("/job/namespace").asText()).isEqualTo("prod/default/none");
              assertThat(event.at("/job/name").asText())
                  .startsWith("sales.lineage")
                  .endsWith(".by-lineage");
            });
  }

  @Test
  void parentAndRoot_areCalledAsInTheirOwnEvents() throws Exception {
    List<JsonNode> events = events(Map.of("spark.breakwater.lineage.job.name", "sales.${jobName}"));
    Map<String, String> names = new HashMap<>();
    events.forEach(
        event -> names.put(event.at("/run/runId").asText(), event.at("/job/name").asText()));
    Set<String> named = new HashSet<>();
    for (JsonNode event : events) {
      for (String at : List.of("/run/facets/parent", "/run/facets/parent/root")) {
        JsonNode owner = event.at(at);
        if (owner.isObject()) {
          assertThat(owner.at("/job/name").asText())
              .isEqualTo(names.get(owner.at("/run/runId").asText()));
          named.add(at);
        }
      }
    }
    assertThat(named).hasSize(2);
  }

  @Test
  void parentOfTheApplication_keepsItsName() throws Exception {
    List<JsonNode> events =
        events(
            Map.of(
                "spark.breakwater.lineage.job.name", "sales.${jobName}",
                "spark.openlineage.parentJobNamespace", "airflow",
                "spark.openlineage.parentJobName", "dag.task",
                "spark.openlineage.parentRunId", FOREIGN));
    JsonNode application = events.get(0);
    assertThat(application.at("/job/name").asText()).isEqualTo("sales.lineage");
    assertThat(application.at("/run/facets/parent/job/name").asText()).isEqualTo("dag.task");
    assertThat(events)
        .filteredOn(event -> event.at("/run/facets/parent/root/run/runId").asText().equals(FOREIGN))
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(event.at("/run/facets/parent/root/job/name").asText())
                    .isEqualTo("dag.task"));
  }

  @Test
  void filters_seeTheNamesOfTheTemplates() throws Exception {
    List<JsonNode> events =
        events(
            Map.of(
                "spark.breakwater.lineage.job.name", "sales.${jobName}",
                "spark.breakwater.lineage.filter.excludeJobs", "/sales\\.lineage\\.execute"));
    assertThat(events).isNotEmpty();
    assertThat(events)
        .noneMatch(event -> event.at("/job/name").asText().startsWith("sales.lineage.execute"));
  }

  private List<JsonNode> events(Map<String, String> conf) throws Exception {
    try (LineageSession session = LineageSession.start(directory, conf)) {
      session.spark().range(5).write().parquet(directory.resolve("out").toString());
      return session.stop();
    }
  }
}
