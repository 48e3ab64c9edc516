package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What Spark with the listener has to do; it is installed and configured already. */
final class LineageScenario {

  private LineageScenario() {}

  /**
   * A job ends while nothing listens at the backend's {@code port}; then the tool sends its events.
   */
  static void eventsWaitForTheBackendAndTheToolSendsThem(
      SparkNode node, Distribution distribution, int port) throws Exception {
    try (HostProcess driver =
        node.submit(
            """
            CREATE TABLE written USING parquet AS SELECT id FROM range(100);
            SELECT count(*) AS remaining FROM written;
            """)) {
      assertThat(driver.succeed()).contains("{\"remaining\":100}");
      assertThat(driver.errors()).contains("Lineage goes through the spool " + node.spool());
    }
    JsonNode status = new ObjectMapper().readTree(tool(node, distribution, "status", "--json"));
    assertThat(status.path("state").asText()).isEqualTo("orphan");
    assertThat(status.path("waiting").asInt()).isPositive();

    try (LineageBackend backend = LineageBackend.start(port)) {
      String properties = node.configuration().toString();
      assertThat(tool(node, distribution, "replay", "--properties-file", properties))
          .contains("waiting 0");
      assertThat(backend.writesOf("written")).isNotEmpty();
    }
    assertThat(tool(node, distribution, "status", "--json")).isEmpty();
  }

  private static String tool(
      SparkNode node, Distribution distribution, String command, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("--spool-dir", node.spool().toString()));
    all.addAll(List.of(arguments));
    try (HostProcess tool = node.lineageTool(distribution, command, all.toArray(String[]::new))) {
      return tool.succeed();
    }
  }
}
