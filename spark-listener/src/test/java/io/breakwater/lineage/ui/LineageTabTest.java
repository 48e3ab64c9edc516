package io.breakwater.lineage.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.LineageSession;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tab in the UI of a real session. */
class LineageTabTest {

  private static final String PASSWORD = "tab-pa55word";

  /** Held while a query is to be seen running. */
  private static final CountDownLatch RUNNING = new CountDownLatch(1);

  @TempDir private static Path directory;

  private static LineageSession session;
  private static SparkPages pages;

  @BeforeAll
  static void runQueries() throws Exception {
    session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.ui.enabled", "true",
                "spark.ui.port", "0",
                "spark.acls.enable", "true",
                "spark.ui.view.acls", "ann",
                "spark.ui.filters", UserFilter.class.getName()));
    SparkSession spark = session.spark();
    pages = new SparkPages(spark.sparkContext().uiWebUrl().get());
    spark.range(10).selectExpr("id", "id * 2 AS twice").write().parquet(path("numbers"));
    String database = "jdbc:h2:mem:tab;DB_CLOSE_DELAY=-1;user=sa;password=" + PASSWORD;
    try (Connection connection = DriverManager.getConnection(database)) {
      connection.createStatement().execute("CREATE TABLE ONE AS SELECT 1 AS ID");
    }
    spark
        .read()
        .format("jdbc")
        .option("url", database)
        .option("dbtable", "ONE")
        .load()
        .write()
        .parquet(path("one"));
    spark.read().parquet(path("numbers")).groupBy().sum("twice").write().parquet(path("sum"));
  }

  @AfterAll
  static void stop() {
    RUNNING.countDown();
    session.close();
  }

  private static String path(String name) {
    return directory.resolve("tables").resolve(name).toString();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions();
  }

  @Test
  void sparkUi_leadsToATabWithThePageInAFrame() throws Exception {
    assertThat(pages.get("/environment/").body()).contains("href=\"/lineage/\">Lineage</a>");
    HttpResponse<String> tab = pages.get("/lineage/");
    assertThat(tab.statusCode()).isEqualTo(200);
    assertThat(tab.body())
        .contains("href=\"/jobs/\">Jobs</a>")
        .contains("<iframe src=\"/lineage/view/\"");
    HttpResponse<String> page = pages.get("/lineage/view/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
    assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("SAMEORIGIN");
    assertThat(page.body()).contains("Content-Security-Policy");
  }

  @Test
  void addressOfAProxy_isInFrontOfTheAddressOfThePage() throws Exception {
    assertThat(pages.get("/lineage/", "X-Forwarded-Context", "/gateway/\"spark").body())
        .contains("<iframe src=\"/gateway/&quot;spark/lineage/view/\"");
  }

  @Test
  void page_isWhatTheDeliveredEventsSay() {
    await()
        .untilAsserted(
            () -> {
              List<JsonNode> events = Events.ofFile(directory.resolve("events.jsonl"));
              JsonNode model = pages.model();
              assertThat(SparkPages.comparable(model))
                  .isEqualTo(SparkPages.comparable(SparkPages.viewed(events)));
              assertThat(SparkPages.datasets(model))
                  .contains(path("numbers"), path("one"), path("sum"));
            });
  }

  @Test
  void page_hasNoSecret() {
    await()
        .untilAsserted(
            () -> {
              String page = pages.get("/lineage/view/").body();
              assertThat(page.contains("h2:mem:tab")).isTrue();
              assertThat(page.contains(PASSWORD)).isFalse();
            });
  }

  @Test
  void queryThatRuns_isRunningAndThenComplete() throws Exception {
    SparkSession spark = session.spark();
    UDF1<Long, Long> held =
        number -> {
          RUNNING.await();
          return number;
        };
    spark.udf().register("held", held, DataTypes.LongType);
    Thread query =
        new Thread(
            () -> spark.range(1).selectExpr("held(id) AS held").write().parquet(path("held")));
    query.start();
    try {
      await().until(() -> heldStatuses().equals(List.of("RUNNING")));
    } finally {
      RUNNING.countDown();
      query.join();
    }
    await().until(() -> heldStatuses().equals(List.of("COMPLETE")));
    assertThat(Files.exists(Path.of(path("held")))).isTrue();
  }

  private static List<String> heldStatuses() throws Exception {
    return SparkPages.statuses(pages.model(), ".tables_held");
  }

  @Test
  void userWhoMayNotViewTheApplication_isRefused() throws Exception {
    for (String path : List.of("/lineage/", "/lineage/view/")) {
      assertThat(pages.get(path, UserFilter.HEADER, "eve").statusCode()).isEqualTo(403);
      assertThat(pages.get(path, UserFilter.HEADER, "ann").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void sourceThatFails_isAnErrorInThePageAndNothingElse() throws Exception {
    LineageSource broken =
        new LineageSource() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public List<String> read(Consumer<byte[]> events) {
            events.accept("{\"half\": ".getBytes(StandardCharsets.UTF_8));
            return List.of();
          }
        };
    session
        .spark()
        .sparkContext()
        .ui()
        .get()
        .attachHandler("/broken", new LineageServlet(broken), "/");
    HttpResponse<String> page = pages.get("/broken/");
    assertThat(page.statusCode()).isEqualTo(500);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/plain;charset=utf-8");
    assertThat(page.body()).startsWith("Cannot draw lineage: ").contains("half");
    assertThat(pages.get("/jobs/").statusCode()).isEqualTo(200);
  }
}
