package io.breakwater.lineage.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.ChildJvm;
import io.breakwater.lineage.Events;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The one jar beside older versions of Iceberg; the newest is what all other tests run on. Each in
 * a process of its own.
 */
class IcebergRuntimesIT {

  private static final String FACET = "/run/facets/breakwater_icebergProcedure";

  @TempDir private Path directory;

  static List<Path> runtimes() throws IOException {
    try (var jars = Files.list(Path.of(System.getProperty("breakwater.iceberg.runtimes")))) {
      List<Path> runtimes = jars.sorted().toList();
      assertThat(runtimes).hasSize(2);
      return runtimes;
    }
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void calls_onThisIceberg_areRunsWithExactSnapshots(Path runtime) throws Exception {
    List<String> lines = run(runtime);
    List<Long> snapshots =
        lines.stream()
            .filter(line -> line.startsWith("snapshot "))
            .map(line -> Long.valueOf(line.split(" ", -1)[1]))
            .toList();
    assertThat(snapshots).hasSize(5);
    List<JsonNode> events = Events.ofFile(directory.resolve("events.jsonl"));

    JsonNode rewrite = end(events, "lineage.rewrite_data_files.ice_db_t");
    assertThat(rewrite.at(FACET + "/before/snapshotId").longValue()).isEqualTo(snapshots.get(2));
    assertThat(rewrite.at(FACET + "/after/snapshotId").longValue()).isEqualTo(snapshots.get(3));
    assertThat(rewrite.at(FACET + "/before/deletionVectors").longValue()).isEqualTo(2);
    assertThat(rewrite.at(FACET + "/after/deletionVectors").longValue()).isZero();
    assertThat(rewrite.at(FACET + "/changes/removedDataFiles").longValue()).isEqualTo(2);
    assertThat(rewrite.at(FACET + "/rows/0/rewritten_data_files_count").longValue()).isEqualTo(2);
    assertThat(events)
        .filteredOn(
            event -> event.at("/run/facets/parent/run/runId").equals(rewrite.at("/run/runId")))
        .isNotEmpty();

    JsonNode expire = end(events, "lineage.expire_snapshots.ice_db_t");
    assertThat(expire.at(FACET + "/before/snapshots").intValue()).isEqualTo(5);
    assertThat(expire.at(FACET + "/after/snapshots").intValue()).isEqualTo(1);

    List<JsonNode> reported =
        events.stream()
            .map(event -> event.at("/outputs/0/outputFacets/icebergCommitReport/snapshotId"))
            .filter(JsonNode::isNumber)
            .toList();
    assertThat(reported)
        .isNotEmpty()
        .allSatisfy(id -> assertThat(id.isIntegralNumber()).isTrue())
        .allSatisfy(id -> assertThat(snapshots).contains(id.longValue()));
  }

  private List<String> run(Path runtime) throws Exception {
    String host =
        ChildJvm.classPath(
            Path.of(System.getProperty("breakwater.jar")),
            entry -> !entry.contains("iceberg-spark-runtime"));
    try (ChildJvm jvm =
        ChildJvm.start(
            directory,
            "app",
            host + File.pathSeparator + runtime,
            List.of("-XX:TieredStopAtLevel=1"),
            IcebergRuntimeApp.class.getName(),
            directory.toString())) {
      int exit = jvm.awaitExit();
      List<String> lines = jvm.output().lines().toList();
      assertThat(exit).as(jvm.output()).isZero();
      assertThat(runtime.toString())
          .contains(lines.get(lines.size() - 1).replace("on Iceberg ", ""));
      return lines;
    }
  }

  private static JsonNode end(List<JsonNode> events, String job) {
    return events.stream()
        .filter(event -> event.at("/job/name").asText().equals(job))
        .filter(event -> event.at("/eventType").asText().equals("COMPLETE"))
        .findFirst()
        .orElseThrow();
  }
}
