package io.breakwater.wal.move;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterBuilder;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster with HBase's own WALs below hbase.rootdir gets its WALs in a workspace, and back, while
 * clients write. In every round one region server is killed instead of stopped, when the servers
 * before it have the new configuration and itself and those after it do not.
 */
class RollingMoveIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("moved"), System.nanoTime());

  @Test
  void movingInAndOut_underLoadAndWithAKilledServerInEachRound_losesNoAcknowledgedRow()
      throws IOException {
    try (HBaseCluster cluster =
            HBaseCluster.in(directory)
                .regionServers(3)
                // The file system with checksums keeps a written row in memory.
                .set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
                .start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 6);
      cluster.awaitTable(rows.table());
      rows.write(connection, 1_000, 4);
      assertThat(logs(stock())).isNotEmpty();

      serversFirst(cluster, connection, this::readBothAndWriteToStock);
      assertThat(logs(stock())).isNotEmpty();
      assertThat(cluster.files().walNames()).isNotEmpty();

      mastersFirst(cluster, connection, this::writeToWorkspace);
      assertThat(logs(stock())).isEmpty();

      mastersFirst(cluster, connection, this::workspaceAlone);
      rows.verify(connection).assertExact();

      mastersFirst(cluster, connection, this::writeToWorkspace);
      serversFirst(cluster, connection, this::readBothAndWriteToStock);
      assertThat(logs(stock())).isNotEmpty();

      mastersFirst(cluster, connection, this::noPlugin);
      rows.write(connection, 1_000, 4);
      rows.verify(connection).assertExact();
    }
  }

  private void readBothAndWriteToStock(ClusterBuilder cluster) {
    writeToWorkspace(cluster);
    cluster.set("breakwater.wal.move.write-to", "stock");
  }

  private void writeToWorkspace(ClusterBuilder cluster) {
    workspaceAlone(cluster);
    cluster.set(
        "breakwater.wal.move.stock-wal-dir", directory.resolve("hfiles").toUri().toString());
  }

  private void workspaceAlone(ClusterBuilder cluster) {
    cluster
        .breakwater(directory.resolve("logs"))
        .unset("breakwater.wal.move.stock-wal-dir")
        .unset("breakwater.wal.move.write-to");
  }

  private void noPlugin(ClusterBuilder cluster) {
    workspaceAlone(cluster);
    cluster
        .unset("hbase.wal.dir")
        .unset("hbase.wal.provider")
        .unset("breakwater.wal.engine")
        .unset("breakwater.wal.embedded.dir");
  }

  private void serversFirst(
      HBaseCluster cluster, Connection connection, Consumer<ClusterBuilder> change) {
    whileWriting(
        cluster,
        connection,
        () -> {
          cluster.reconfigure(change);
          restartServers(cluster);
          restartMaster(cluster);
        });
  }

  private void mastersFirst(
      HBaseCluster cluster, Connection connection, Consumer<ClusterBuilder> change) {
    whileWriting(
        cluster,
        connection,
        () -> {
          cluster.reconfigure(change);
          restartMaster(cluster);
          restartServers(cluster);
        });
  }

  private void restartServers(HBaseCluster cluster) {
    List<ClusterProcess> old =
        cluster.regionServers().stream().filter(ClusterProcess::isAlive).toList();
    for (int i = 0; i < old.size(); i++) {
      if (i == 1) {
        old.get(i).kill();
      } else {
        old.get(i).stop();
      }
      cluster.awaitRegionServers(old.size() - 1);
      cluster.awaitTable(rows.table());
      cluster.startRegionServer();
      cluster.awaitRegionServers(old.size());
    }
  }

  private static void restartMaster(HBaseCluster cluster) {
    cluster.master().stop();
    cluster.startMaster();
    cluster.awaitRegionServers(3);
  }

  private void whileWriting(HBaseCluster cluster, Connection connection, Runnable round) {
    long before = rows.acknowledged();
    Writing writing = rows.startWriting(connection, Long.MAX_VALUE, 4);
    round.run();
    cluster.awaitTable(rows.table());
    writing.complete();
    assertThat(rows.acknowledged()).isGreaterThan(before);
    rows.verify(connection).assertExact();
  }

  private Path stock() {
    return directory.resolve("hfiles/WALs");
  }

  private static List<Path> logs(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
