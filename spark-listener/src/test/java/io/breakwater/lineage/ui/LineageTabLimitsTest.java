package io.breakwater.lineage.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tab does not show, and whether there is one. */
class LineageTabLimitsTest {

  @TempDir private Path directory;

  private SparkPages pages(LineageSession session) {
    return new SparkPages(session.spark().sparkContext().uiWebUrl().get());
  }

  @Test
  void boundOfMemory_forgetsTheFirstRunsAndSaysSo() throws Exception {
    Map<String, String> conf =
        Map.of(
            "spark.ui.enabled", "true",
            "spark.ui.port", "0",
            "spark.breakwater.lineage.ui.maxSize", "64k");
    try (LineageSession session = LineageSession.start(directory, conf)) {
      String[] columns =
          IntStream.range(0, 200).mapToObj(i -> i + " AS column" + i).toArray(String[]::new);
      for (int i = 0; i < 10; i++) {
        session.spark().range(1).selectExpr(columns).write().parquet(path("wide" + i));
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                JsonNode model = pages(session).model();
                assertThat(SparkPages.statuses(model, "_wide9")).containsExactly("COMPLETE");
                assertThat(SparkPages.datasets(model))
                    .contains(path("wide9"))
                    .doesNotContain(path("wide0"));
                assertThat(model.get("notices").toString())
                    .contains("runs are not shown: the driver keeps 65536 bytes of lineage");
              });
    }
  }

  @Test
  void tabThatIsSwitchedOff_isNotThere() throws Exception {
    Map<String, String> conf =
        Map.of(
            "spark.ui.enabled", "true",
            "spark.ui.port", "0",
            "spark.breakwater.lineage.ui.enabled", "false");
    try (LineageSession session = LineageSession.start(directory, conf)) {
      session.spark().range(1).write().parquet(path("in"));
      assertThat(pages(session).get("/environment/").body())
          .contains("Environment</a>")
          .doesNotContain("lineage/\"");
      assertThat(session.stop()).isNotEmpty();
    }
  }

  private String path(String name) {
    return directory.resolve("tables").resolve(name).toString();
  }
}
