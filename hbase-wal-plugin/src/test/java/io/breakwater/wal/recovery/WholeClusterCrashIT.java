package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    List<Integer> oldPorts = new ArrayList<>();
    try (HBaseCluster cluster = breakwater().start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 4);
      cluster.awaitTable(rows.table());
      rows.write(connection, 4_000, 8);
      Writing writing = rows.startWriting(connection, Long.MAX_VALUE, 8);
      Awaitility.await().until(() -> rows.acknowledged() > 5_000);
      assertThat(cluster.storeFiles(rows.table())).isEmpty();

      cluster.killEverything();
      writing.abandon();
      cluster.deleteZooKeeperData();
      cluster.regionServers().forEach(server -> oldPorts.add(server.port()));
    }

    try (HBaseCluster cluster = breakwater().start();
        Connection connection = cluster.connect()) {
      assertThat(cluster.regionServers())
          .extracting(ClusterProcess::port)
          .doesNotContainAnyElementsOf(oldPorts);
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();

      rows.write(connection, 1_000, 8);
      rows.verify(connection).assertExact();
    }
  }

  private HBaseCluster.Builder breakwater() {
    return HBaseCluster.in(directory).breakwater(directory.resolve("logs"));
  }
}
