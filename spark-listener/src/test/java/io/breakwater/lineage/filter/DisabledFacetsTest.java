package io.breakwater.lineage.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenLineage's switches for facets, in a real Spark session. */
class DisabledFacetsTest {

  @TempDir private Path directory;

  @Test
  void facetThatIsSwitchedOff_isInNoEventWhoeverAddsIt() throws Exception {
    List<JsonNode> events;
    try (LineageSession session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.openlineage.facets.errorMessage.disabled", "true",
                "spark.openlineage.facets.outputStatistics.disabled", "true"))) {
      SparkSession spark = session.spark();
      spark.range(3).write().parquet(directory.resolve("table").toString());
      assertThatThrownBy(
              () ->
                  spark
                      .sql("SELECT CAST(raise_error('on purpose') AS INT) AS a")
                      .write()
                      .parquet(directory.resolve("failed").toString()))
          .hasStackTraceContaining("on purpose");
      events = session.stop();
    }
    assertThat(events).extracting(e -> e.path("eventType").asText()).contains("COMPLETE", "FAIL");
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.findValue("errorMessage")).isNull();
              assertThat(event.findValue("outputStatistics")).isNull();
            });
  }
}
