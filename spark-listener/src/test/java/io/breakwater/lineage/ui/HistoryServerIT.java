package io.breakwater.lineage.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.ChildJvm;
import io.breakwater.lineage.LineageSession;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real History Servers over the event log of a real application, with our jar and without. */
class HistoryServerIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));
  private static final Pattern STARTED = Pattern.compile("HistoryServer.*started at (http://\\S+)");

  @TempDir private static Path directory;

  private static List<JsonNode> delivered;
  private static String application;
  private static Path eventLog;
  private static ChildJvm with;
  private static ChildJvm without;

  @BeforeAll
  static void runAnApplicationAndStartTheServers() throws IOException {
    Path logs = Files.createDirectory(directory.resolve("logs"));
    Path tables = directory.resolve("tables");
    Map<String, String> conf =
        Map.of(
            "spark.eventLog.enabled", "true",
            "spark.eventLog.dir", logs.toUri().toString(),
            "spark.breakwater.lineage.ui.eventLogSize", "16m");
    try (LineageSession session = LineageSession.start(directory, conf)) {
      var spark = session.spark();
      application = spark.sparkContext().applicationId();
      spark.range(9).selectExpr("id", "id % 3 AS third").write().parquet(tables + "/raw");
      for (int i = 0; i < 6; i++) {
        spark
            .read()
            .parquet(tables + "/raw")
            .groupBy("third")
            .count()
            .write()
            .mode("overwrite")
            .parquet(tables + "/counts");
      }
      spark.read().parquet(tables + "/raw").write().parquet(tables + "/last");
      delivered = session.stop();
    }
    eventLog = logs.resolve(application);
    with = server("with", ChildJvm.classPath(JAR, HistoryServerIT::isOfSpark), logs);
    without =
        server(
            "without",
            ChildJvm.classPath(JAR, HistoryServerIT::isOfSpark)
                .substring(JAR.toString().length() + 1),
            logs);
  }

  /** A History Server has Spark; OpenLineage, Iceberg and our tests it has not. */
  private static boolean isOfSpark(String entry) {
    return Stream.of("openlineage", "iceberg", "test-classes", "breakwater")
        .noneMatch(entry::contains);
  }

  private static ChildJvm server(String name, String classPath, Path logs) throws IOException {
    return ChildJvm.start(
        directory,
        name,
        classPath,
        List.of(
            "-Dspark.history.fs.logDirectory=" + logs.toUri(),
            "-Dspark.history.fs.update.interval=1s",
            "-Dspark.history.ui.port=0",
            "-Dspark.history.store.path=" + Files.createDirectory(directory.resolve(name))),
        "org.apache.spark.deploy.history.HistoryServer");
  }

  @AfterAll
  static void stopTheServers() {
    Stream.of(with, without).filter(server -> server != null).forEach(ChildJvm::close);
  }

  /** The pages of the application, once the server has it. */
  private static SparkPages pages(ChildJvm server) {
    List<SparkPages> pages = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .ignoreExceptionsMatching(e -> !(e instanceof IllegalStateException))
        .until(
            () -> {
              if (!server.isAlive()) {
                throw new IllegalStateException("The server ended: " + server.output());
              }
              Matcher started = STARTED.matcher(server.output());
              if (!started.find()) {
                return false;
              }
              SparkPages found = new SparkPages(started.group(1) + "/history/" + application);
              pages.add(found);
              return found.get("/jobs/").statusCode() == 200;
            });
    return pages.get(pages.size() - 1);
  }

  @Test
  void serverWithOurJar_showsEveryRunOfTheApplication() throws Exception {
    SparkPages pages = pages(with);
    HttpResponse<String> tab = pages.get("/lineage/");
    assertThat(tab.statusCode()).isEqualTo(200);
    assertThat(tab.body())
        .contains("<iframe src=\"/history/" + application + "/lineage/view/\"")
        .contains("SQL / DataFrame");
    JsonNode model = pages.model();
    assertThat(SparkPages.comparable(model))
        .isEqualTo(SparkPages.comparable(SparkPages.viewed(delivered)));
    assertThat(SparkPages.statuses(model, "_last")).containsExactly("COMPLETE");
    assertThat(SparkPages.statuses(model, "_counts")).hasSize(6).containsOnly("COMPLETE");
    assertThat(SparkPages.runs(model))
        .allMatch(run -> run.path("status").asText().equals("COMPLETE"));
  }

  @Test
  void serverWithoutOurJar_showsTheRestAndWarnsOnce() throws Exception {
    SparkPages pages = pages(without);
    assertThat(pages.get("/SQL/").body()).contains("parquet at HistoryServerIT.java");
    assertThat(pages.get("/jobs/").body()).doesNotContain("Lineage</a>");
    assertThat(without.output())
        .containsOnlyOnce("Drop unrecognized event: " + LoggedLineage.class.getName())
        .doesNotContain("ERROR");
  }

  @Test
  void eventLog_growsByLittle() throws IOException {
    List<String> lines = Files.readAllLines(eventLog);
    long all = lines.stream().mapToLong(String::length).sum();
    long ours =
        lines.stream()
            .filter(line -> line.contains(LoggedLineage.class.getName()))
            .mapToLong(String::length)
            .sum();
    System.out.println(
        "The event log of "
            + SparkPages.runs(SparkPages.viewed(delivered)).count()
            + " runs has "
            + all
            + " bytes, of which "
            + ours
            + " are lineage; the events have "
            + delivered.stream().mapToLong(event -> event.toString().length()).sum());
    assertThat(ours).isPositive().isLessThan(all / 5);
  }
}
