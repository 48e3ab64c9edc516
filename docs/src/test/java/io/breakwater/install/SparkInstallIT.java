package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md's install blocks for Spark, each alone, on a Spark made of its artifacts. */
class SparkInstallIT {

  @TempDir private Path directory;

  private Distribution distribution;
  private SparkNode node;

  @BeforeEach
  void install() throws Exception {
    distribution = Distribution.unpack(directory);
    node = SparkNode.install(directory.resolve("spark"));
  }

  @Test
  void procedures_repackDeletionVectorsAndTheAnswersStay() throws Exception {
    node.drop(distribution.jar("iceberg-maintenance"));
    node.appendDocumentedProcedures(distribution.documentation());

    try (HostProcess driver = node.submit(IcebergCalls.STATEMENTS)) {
      IcebergCalls.check(driver.succeed());
    }
  }

  @Test
  void listener_keepsEventsWhileTheBackendIsDownAndTheToolSendsThem() throws Exception {
    node.drop(distribution.jar("spark-listener"));
    int port = LoopbackPort.free();
    node.appendDocumentedListener(distribution.documentation(), port);

    try (HostProcess driver =
        node.submit(
            """
            CREATE TABLE written USING parquet AS SELECT id FROM range(100);
            SELECT count(*) AS remaining FROM written;
            """)) {
      assertThat(driver.succeed()).contains("{\"remaining\":100}");
      assertThat(driver.errors()).contains("Lineage goes through the spool " + node.spool());
    }
    JsonNode status = new ObjectMapper().readTree(tool("status", "--json"));
    assertThat(status.path("state").asText()).isEqualTo("orphan");
    assertThat(status.path("waiting").asInt()).isPositive();

    try (LineageBackend backend = LineageBackend.start(port)) {
      assertThat(tool("replay", "--properties-file", node.configuration().toString()))
          .contains("waiting 0");
      assertThat(backend.writesOf("written")).isNotEmpty();
    }
    assertThat(tool("status", "--json")).isEmpty();
  }

  private String tool(String command, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(distribution.tool("breakwater-lineage").toString());
    line.addAll(List.of(command, "--spool-dir", node.spool().toString()));
    line.addAll(List.of(arguments));
    try (HostProcess tool =
        HostProcess.start(directory, command, Map.of("SPARK_HOME", node.home().toString()), line)) {
      return tool.succeed();
    }
  }
}
