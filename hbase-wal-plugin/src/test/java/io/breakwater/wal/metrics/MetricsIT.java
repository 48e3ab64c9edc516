package io.breakwater.wal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The metrics as the web server of a region server shows them. */
class MetricsIT {

  private static final String BEAN = "Hadoop:service=HBase,name=RegionServer,sub=BreakwaterWAL";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final int port = Ports.fresh();
  private final HttpClient http = HttpClient.newHttpClient();
  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("metrics"), System.nanoTime());

  @Test
  void regionServer_showsWhatItsLogsDo_andItsSuccessorWhatItRecovered() throws IOException {
    try (HBaseCluster cluster =
            HBaseCluster.in(directory)
                .breakwater(directory.resolve("logs"))
                .regionServers(1)
                .plugin(emptyWebPages())
                .set("hbase.regionserver.info.port", Integer.toString(port))
                .start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 4);
      cluster.awaitTable(rows.table());
      rows.write(connection, 2_000, 8);

      awaitAtLeast("AppendedBytes", 200_000);
      JsonNode metrics = metrics();
      assertThat(metrics.get("OpenLogs").asLong()).isEqualTo(2);
      assertThat(metrics.get("OwnerEpoch").asLong()).isEqualTo(1);
      assertThat(metrics.get("PendingBytes").asLong()).isZero();
      assertThat(metrics.get("PendingAppends").asLong()).isZero();
      assertThat(metrics.get("Appends").asLong()).isBetween(250L, 4_000L);
      assertThat(metrics.get("SyncTime_num_ops").asLong()).isPositive();
      assertThat(metrics.get("SyncTime_max").asLong()).isPositive();
      assertThat(metrics.get("GroupAppends_max").asLong()).isPositive();
      assertThat(metrics.get("FailedAppends").asLong()).isZero();
      String prometheus = get("/prometheus");
      assertThat(Arrays.stream(LogMetric.values()).flatMap(MetricNames::inPrometheus))
          .allSatisfy(name -> assertThat(prometheus).contains("\n" + name + "{"));

      cluster.regionServers().get(0).kill();
      cluster.startRegionServer();
      cluster.awaitRegionServers(1);
      cluster.awaitTable(rows.table());
      awaitAtLeast("Recoveries", 1);
      assertThat(metrics().get("ReadBytes").asLong()).isGreaterThan(200_000);
      rows.verify(connection).assertExact();
    }
  }

  /** HBase's web server does not start without its pages, which are in no jar. */
  private Path emptyWebPages() throws IOException {
    Path jar = directory.resolve("pages.jar");
    try (JarOutputStream pages = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String folder : List.of("regionserver", "static")) {
        pages.putNextEntry(new JarEntry("hbase-webapps/" + folder + "/"));
        pages.putNextEntry(new JarEntry("hbase-webapps/" + folder + "/index.html"));
      }
    }
    return jar;
  }

  private void awaitAtLeast(String metric, long value) {
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> metrics().path(metric).asLong(-1) >= value);
  }

  /** An empty node until HBase has found the source, which takes it some seconds. */
  private JsonNode metrics() throws IOException {
    return new ObjectMapper().readTree(get("/jmx?qry=" + BEAN)).at("/beans/0");
  }

  private String get(String path) throws IOException {
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
