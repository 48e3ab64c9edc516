package io.breakwater.lineage.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.LineageSession;
import io.breakwater.lineage.view.Browser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tab of a real session in a real browser; skipped, with the reason, where there is none. */
class LineageTabIT {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir private Path directory;

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions();
  }

  @Test
  void tab_drawsTheGraphInSparksFrame() throws Exception {
    Optional<String> missing = Browser.missing();
    if (missing.isPresent()) {
      String skipped = "LineageTabIT is skipped: " + missing.get();
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    Map<String, String> conf = Map.of("spark.ui.enabled", "true", "spark.ui.port", "0");
    try (LineageSession session = LineageSession.start(directory, conf);
        Browser browser = new Browser()) {
      String tables = directory.resolve("tables").toString();
      session.spark().range(10).selectExpr("id", "id % 2 AS odd").write().parquet(tables + "/raw");
      session
          .spark()
          .read()
          .parquet(tables + "/raw")
          .groupBy("odd")
          .sum("id")
          .toDF("odd", "total")
          .write()
          .parquet(tables + "/sums");
      String ui = session.spark().sparkContext().uiWebUrl().get();
      await()
          .until(
              () ->
                  SparkPages.statuses(new SparkPages(ui).model(), "_sums")
                      .equals(List.of("COMPLETE")));
      browser.open(ui + "/lineage/");
      assertThat(browser.text(".navbar .active")).isEqualTo("Lineage");
      browser.enterFrame("iframe");
      await()
          .until(
              () -> browser.run("return document.documentElement.dataset.ready").asText(),
              "true"::equals);
      assertThat(browser.count("#view-graph .node.dataset[data-key]")).isEqualTo(2);
      assertThat(browser.text("#panel")).contains("which is running");
      await().until(() -> drawnWidth(browser) > 0.5);
      browser.screenshot(SCREENSHOTS.resolve("spark-ui.png"));
      browser.click("#tab-runs");
      await().until(() -> browser.count("#view-runs tbody tr") >= 1);
      browser.screenshot(SCREENSHOTS.resolve("spark-ui-runs.png"));
      assertThat(browser.console().toString()).isEqualTo("[]");
    }
  }

  /** The part of the canvas' width that the graph takes, if it is in the middle. */
  private static double drawnWidth(Browser browser) throws Exception {
    return browser
        .run(
            "const svg = document.querySelector('#view-graph svg').getBoundingClientRect();"
                + "const graph = document.querySelector('#view-graph svg > g').getBoundingClientRect();"
                + "const off = (graph.left + graph.right - svg.left - svg.right) / svg.width;"
                + "return Math.abs(off) < 0.1 ? graph.width / svg.width : 0")
        .asDouble();
  }
}
