package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class ZombieRegionServerIT {

  /** One put each, so that as many puts wait in the sockets of the paused server as can. */
  private static final int CLIENTS = 200;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("zombie"), System.nanoTime());

  @Test
  void pausedRegionServer_acknowledgesNothingAfterItsRegionsWereRecovered() throws IOException {
    try (HBaseCluster cluster =
            HBaseCluster.in(directory).breakwater(directory.resolve("logs")).start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 6);
      cluster.awaitTable(rows.table());
      rows.write(connection, 2_000, 8);
      ServerName zombie = serverWithoutMeta(cluster, connection);
      ClusterProcess process = cluster.regionServer(zombie);

      process.pause();
      Writing writing = rows.startWriting(connection, CLIENTS, CLIENTS);
      cluster.awaitTableWithout(rows.table(), zombie);
      Awaitility.await().until(() -> rows.acknowledged() > 2_000);
      assertThat(rows.inFlight()).as("puts that wait at the paused server").isGreaterThan(20);
      process.resume();
      writing.finish();

      assertThat(process.awaitExit(Duration.ofMinutes(2))).isNotZero();
      rows.verify(connection).assertExact();
      assertThat(rows.acknowledged()).isEqualTo(2_000 + CLIENTS);
      assertThat(process.logLines("LogFencedException"))
          .as("the paused server met the fence, not only the end of its session")
          .isNotEmpty();
    }
  }

  private ServerName serverWithoutMeta(HBaseCluster cluster, Connection connection)
      throws IOException {
    ServerName meta = cluster.serverOfMeta(connection);
    try (RegionLocator locator = connection.getRegionLocator(rows.table())) {
      return locator.getAllRegionLocations().stream()
          .map(HRegionLocation::getServerName)
          .filter(server -> !server.equals(meta))
          .findFirst()
          .orElseThrow();
    }
  }
}
