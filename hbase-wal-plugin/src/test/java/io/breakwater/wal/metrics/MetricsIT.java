package io.breakwater.wal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import io.breakwater.wal.cluster.Ports;
import io.breakwater.wal.log.LogMetric;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The metrics as the web servers of a region server and a master show them. */
class MetricsIT {

  private static final int ROWS = 2_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final int regionServer = Ports.fresh();
  private final int master = Ports.fresh();
  private final HttpClient http = HttpClient.newHttpClient();
  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("metrics"), System.nanoTime());

  @Test
  void servers_showWhatTheirLogsDo_andASuccessorWhatItRecovered() throws IOException {
    try (HBaseCluster cluster =
            HBaseCluster.in(directory)
                .breakwater(directory.resolve("logs"))
                .regionServers(1)
                .plugin(emptyWebPages())
                .set("hbase.regionserver.info.port", Integer.toString(regionServer))
                .set("hbase.master.info.port", Integer.toString(master))
                .start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 4);
      cluster.awaitTable(rows.table());
      awaitShown("breakwater_wal_open_logs", 2);

      String before = shown(regionServer);
      rows.write(connection, ROWS, 8);
      String after = shown(regionServer);

      assertThat(Arrays.stream(LogMetric.values()).flatMap(MetricNames::inPrometheus))
          .allSatisfy(name -> assertThat(value(after, name)).isNotNegative());
      assertThat(growth(before, after, "appended_bytes"))
          .isBetween(rows.acknowledgedBytes(), 5 * rows.acknowledgedBytes());
      // A put is a record; HBase adds a few marks of its own.
      assertThat(growth(before, after, "appended_records")).isBetween((long) ROWS, ROWS + 50L);
      long appends = growth(before, after, "appends");
      assertThat(appends).isBetween(ROWS / 8L, ROWS + 50L);
      assertThat(growth(before, after, "sync_time_num_ops")).isEqualTo(appends);
      assertThat(growth(before, after, "hand_over_time_num_ops")).isEqualTo(appends);
      assertThat(value(after, "breakwater_wal_owner_epoch")).isEqualTo(1);
      for (String none :
          List.of("pending_bytes", "pending_appends", "failed_appends", "fenced_logs")) {
        assertThat(value(after, "breakwater_wal_" + none)).as(none).isZero();
      }
      assertThat(value(after, "breakwater_wal_recoveries")).isZero();
      awaitDistributions(connection);

      awaitInJmx(
          regionServer,
          "RegionServer",
          "AppendedBytes",
          value(after, "breakwater_wal_appended_bytes"));
      awaitInJmx(regionServer, "RegionServer", "OpenLogs", 2);
      awaitInJmx(master, "Master", "AppendedRecords", 1);
      awaitInJmx(master, "Master", "OpenLogs", 1);
      assertThat(value(shown(master), "breakwater_wal_open_logs")).as("local store").isEqualTo(1);

      cluster.regionServers().get(0).kill();
      cluster.startRegionServer();
      cluster.awaitRegionServers(1);
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();
      awaitShown("breakwater_wal_recoveries", 2);
      String successor = shown(regionServer);
      assertThat(value(successor, "breakwater_wal_recovery_time_num_ops")).isEqualTo(2);
      assertThat(value(successor, "breakwater_wal_read_bytes"))
          .isGreaterThan(rows.acknowledgedBytes());
    }
  }

  /** HBase's web server does not start without its pages, which are in no jar. */
  private Path emptyWebPages() throws IOException {
    Path jar = directory.resolve("pages.jar");
    try (JarOutputStream pages = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String folder : List.of("regionserver", "master", "static")) {
        pages.putNextEntry(new JarEntry("hbase-webapps/" + folder + "/"));
        pages.putNextEntry(new JarEntry("hbase-webapps/" + folder + "/index.html"));
      }
    }
    return jar;
  }

  /** HBase takes some seconds to find a new source of metrics. */
  private void awaitShown(String metric, long value) {
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () -> assertThat(value(get(regionServer, "/prometheus"), metric)).isEqualTo(value));
  }

  /** They are of what came since the last look, which may have been that of HBase itself. */
  private void awaitDistributions(Connection connection) {
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              rows.write(connection, 100, 8);
              String page = shown(regionServer);
              assertThat(value(page, "breakwater_wal_sync_time_99th_percentile")).isPositive();
              assertThat(value(page, "breakwater_wal_group_appends_max")).isBetween(1L, 8L);
            });
  }

  /** An answer with our source in it: HBase restarts its metrics system whenever a source comes. */
  private String shown(int port) {
    return Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .until(
            () -> get(port, "/prometheus"), page -> value(page, "breakwater_wal_open_logs") >= 0);
  }

  private static long growth(String before, String after, String metric) {
    return value(after, "breakwater_wal_" + metric) - value(before, "breakwater_wal_" + metric);
  }

  /** -1 if it is not there. */
  private static long value(String prometheus, String metric) {
    Matcher line =
        Pattern.compile("^" + metric + "\\{[^}]*} (\\d+)(\\.\\d+)?$", Pattern.MULTILINE)
            .matcher(prometheus);
    return line.find() ? Long.parseLong(line.group(1)) : -1;
  }

  /** Hadoop keeps what JMX shows for some seconds. */
  private void awaitInJmx(int port, String server, String metric, long least) {
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(inJmx(port, server, metric)).isGreaterThanOrEqualTo(least));
  }

  /** -1 if it is not there. */
  private long inJmx(int port, String server, String metric) throws IOException {
    String bean = "Hadoop:service=HBase,name=" + server + ",sub=BreakwaterWAL";
    String beans = get(port, "/jmx?qry=" + bean);
    return new ObjectMapper().readTree(beans).at("/beans/0").path(metric).asLong(-1);
  }

  private String get(int port, String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking for " + path, e);
    }
  }
}
