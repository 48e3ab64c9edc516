package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's own sinks see of a real session. */
class LineageMetricsTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void csvSink_hasEveryMetricAndTheFinalCounts() throws Exception {
    Path csv = Files.createDirectory(directory.resolve("csv"));
    int delivered;
    try (HttpBackend backend =
        HttpBackend.deciding(event -> event.contains("\"RUNNING\"") ? 422 : 200)) {
      SparkSession spark =
          builder(backend.url())
              .config(
                  "spark.metrics.conf.*.sink.csv.class", "org.apache.spark.metrics.sink.CsvSink")
              .config("spark.metrics.conf.*.sink.csv.directory", csv.toString())
              .config("spark.metrics.conf.*.sink.csv.period", "1")
              .getOrCreate();
      write(spark);
      // Spark's sinks report a last time when the listeners are done.
      spark.stop();
      delivered = backend.accepted().size();
    }
    assertThat(names(csv)).isEqualTo(documented());
    assertThat(last(csv, "delivered")).isEqualTo(String.valueOf(delivered));
    assertThat(Long.parseLong(last(csv, "refused"))).isPositive();
    assertThat(Long.parseLong(last(csv, "spooled")))
        .isEqualTo(delivered + Long.parseLong(last(csv, "refused")));
    assertThat(Long.parseLong(last(csv, "emitted"))).isPositive();
    assertThat(Long.parseLong(last(csv, "listenerTime"))).as("count").isPositive();
    assertThat(Long.parseLong(last(csv, "stageTime"))).as("count").isPositive();
    for (String zero : List.of("dropped", "dropped.quota", "waiting", "lag", "damaged")) {
      assertThat(last(csv, zero)).as(zero).isEqualTo("0");
    }
  }

  @Test
  void jmxSink_showsWhatWaitsWhileTheBackendIsDown() throws Exception {
    SparkSession spark =
        builder(HttpBackend.url(HttpBackend.closedPort()))
            .config("spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink")
            .getOrCreate();
    try {
      write(spark);
      await().atMost(LONG).until(() -> jmx(spark, "lag") > 100);
      assertThat(jmx(spark, "waiting")).isPositive();
      assertThat(jmx(spark, "bytes")).isPositive();
      assertThat(jmx(spark, "failedAttempts")).isPositive();
      assertThat(jmx(spark, "delivered")).isZero();
    } finally {
      spark.stop();
    }
  }

  private SparkSession.Builder builder(String url) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("metrics")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
        .config("spark.extraListeners", LineageListener.class.getName())
        .config("spark.openlineage.transport.type", "http")
        .config("spark.openlineage.transport.url", url)
        .config("spark.breakwater.lineage.stopTimeout", "30s")
        .config("spark.breakwater.lineage.events.running", "all")
        .config("spark.breakwater.lineage.spool.dir", directory.resolve("spool").toString());
  }

  private void write(SparkSession spark) {
    spark.range(10).write().parquet(directory.resolve("table").toString());
  }

  private static Set<String> documented() {
    Set<String> names = new TreeSet<>();
    for (LineageMetric metric : LineageMetric.values()) {
      names.add(metric.metricName());
    }
    LineageMetrics.droppedMetrics().forEach(metric -> names.add(metric.name()));
    return names;
  }

  private static Set<String> names(Path csv) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path file : files(csv)) {
      String name = file.getFileName().toString();
      names.add(
          name.substring(name.indexOf(LineageMetrics.NAME) + LineageMetrics.NAME.length() + 1)
              .replace(".csv", ""));
    }
    return names;
  }

  private static List<Path> files(Path csv) throws IOException {
    try (Stream<Path> files = Files.list(csv)) {
      return new ArrayList<>(
          files
              .filter(
                  file -> file.getFileName().toString().contains(".driver." + LineageMetrics.NAME))
              .toList());
    }
  }

  /** The first value of the last row of a metric. */
  private static String last(Path csv, String metric) throws IOException {
    for (Path file : files(csv)) {
      if (file.getFileName()
          .toString()
          .endsWith("." + LineageMetrics.NAME + "." + metric + ".csv")) {
        List<String> rows = Files.readAllLines(file);
        return rows.get(rows.size() - 1).split(",", -1)[1];
      }
    }
    throw new AssertionError("no file of " + metric);
  }

  private static long jmx(SparkSession spark, String metric) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name =
        new ObjectName(
            "metrics:name="
                + spark.sparkContext().applicationId()
                + ".driver."
                + LineageMetrics.NAME
                + "."
                + metric
                + ",type=gauges");
    return server.isRegistered(name) ? (Long) server.getAttribute(name, "Value") : 0;
  }
}
