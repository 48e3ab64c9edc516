package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class WholeClusterCrashIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("crash"), System.nanoTime());

  @Test
  void newClusterOnTheSameFilesAndWorkspace_hasEveryAcknowledgedRow_evenWithoutZooKeepersData()
      throws IOException {
    List<Integer> oldPorts;
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      writeUnflushed(cluster, connection);

      oldPorts = ports(cluster);
      loseEverythingWhileWriting(cluster, connection);
    }

    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      assertThat(ports(cluster)).doesNotContainAnyElementsOf(oldPorts);
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();

      rows.write(connection, 1_000, 8);
      rows.verify(connection).assertExact();
    }
  }

  @Test
  void clusterLostWhileItRecoveredARegionServer_hasEveryAcknowledgedRow() throws IOException {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      writeUnflushed(cluster, connection);

      cluster.regionServer(cluster.serverOfMeta(connection)).kill();
      Awaitility.await()
          .timeout(Duration.ofMinutes(1))
          .until(() -> cluster.master().logContains("-splitting"));
      loseEverythingWhileWriting(cluster, connection);
    }

    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();
    }
  }

  @Test
  void clusterWhoseWorkspaceWasWiped_isNotStarted() throws IOException {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      writeUnflushed(cluster, connection);
      cluster.killEverything();
      cluster.deleteZooKeeperData();
    }
    FileUtils.deleteDirectory(directory.resolve("logs").toFile());

    assertThatThrownBy(this::start)
        .hasMessageContaining("Cannot start HBase with workspace cluster: ")
        .hasMessageContaining("somebody has wiped it");
  }

  private HBaseCluster start() {
    return HBaseCluster.in(directory).breakwater(directory.resolve("logs")).start();
  }

  private void writeUnflushed(HBaseCluster cluster, Connection connection) throws IOException {
    rows.createTable(connection, 4);
    cluster.awaitTable(rows.table());
    rows.write(connection, 4_000, 8);
    assertThat(cluster.files().storeFiles(rows.table())).isEmpty();
  }

  private void loseEverythingWhileWriting(HBaseCluster cluster, Connection connection) {
    long before = rows.acknowledged();
    Writing writing = rows.startWriting(connection, Long.MAX_VALUE, 8);
    Awaitility.await().timeout(Duration.ofMinutes(1)).until(() -> rows.acknowledged() > before);
    cluster.killEverything();
    writing.abandon();
    cluster.deleteZooKeeperData();
  }

  private static List<Integer> ports(HBaseCluster cluster) {
    return cluster.regionServers().stream().map(ClusterProcess::port).toList();
  }
}
