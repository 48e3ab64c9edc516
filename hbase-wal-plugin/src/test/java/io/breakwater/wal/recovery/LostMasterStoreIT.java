package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.ClusterBuilder;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.restart.PrepareRestart;
import io.breakwater.wal.restart.PrepareRestart.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** All processes, ZooKeeper's data and the master's local store are lost. */
class LostMasterStoreIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("crash"), System.nanoTime());

  @Test
  void withMetaInItsWalOnly_theMasterRefusesToStart_untilTheRestartIsPrepared() throws Exception {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      fill(cluster, connection);
      loseEverything(cluster);
    }

    ClusterBuilder again = builder();
    assertThatThrownBy(again::start)
        .hasMessageContaining("Run `breakwater-wal prepare-restart` and start again");

    try (HBaseCluster cluster = builder().startPrepared(this::prepare);
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();
      rows.write(connection, 500, 4);
      rows.verify(connection).assertExact();
    }
  }

  @Test
  void withMetaFlushedToo_andARecoveryThatHadBegun_thePreparedRestartHasEveryRow()
      throws Exception {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      fill(cluster, connection);
      try (Admin admin = connection.getAdmin()) {
        admin.flush(TableName.META_TABLE_NAME);
      }
      rows.write(connection, 1_000, 8);
      loseEverything(cluster);
    }
    markAsSplitting();
    assertThat(unsealedLogs()).isPositive();

    try (HBaseCluster cluster = builder().startPrepared(this::prepare);
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      rows.verify(connection).assertExact();
    }
  }

  private void prepare(Configuration site) {
    try {
      List<Step> planned = new PrepareRestart(site).run(true, step -> {});
      assertThat(planned).extracting(Step::action).contains("tell ZooKeeper");
      assertThat(new PrepareRestart(site).run(false, step -> {})).isEqualTo(planned);
      assertThat(unsealedLogs()).isZero();
      assertThat(new PrepareRestart(site).run(false, step -> {}))
          .extracting(Step::action)
          .containsOnly("nothing");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ClusterBuilder builder() {
    return HBaseCluster.in(directory)
        .breakwater(directory.resolve("logs"))
        // Each test has its own directory behind the same name.
        .set("fs.bwal.impl.disable.cache", "true");
  }

  private HBaseCluster start() {
    return builder().start();
  }

  private void fill(HBaseCluster cluster, Connection connection) throws IOException {
    rows.createTable(connection, 4);
    cluster.awaitTable(rows.table());
    rows.write(connection, 3_000, 8);
    assertThat(cluster.files().storeFiles(rows.table())).isEmpty();
  }

  private void loseEverything(HBaseCluster cluster) throws IOException {
    cluster.killEverything();
    cluster.deleteZooKeeperData();
    deleteMasterStore();
  }

  private Configuration site() {
    Configuration site = HBaseConfiguration.create();
    site.set("fs.bwal.impl.disable.cache", "true");
    site.set("breakwater.wal.embedded.dir", directory.resolve("logs").toString());
    return site;
  }

  private void deleteMasterStore() throws IOException {
    FileSystem.getLocal(site())
        .delete(
            new org.apache.hadoop.fs.Path(directory.resolve("hfiles/MasterData").toUri()), true);
    assertThat(Files.exists(directory.resolve("hfiles/MasterData"))).isFalse();
    org.apache.hadoop.fs.Path workspace =
        new org.apache.hadoop.fs.Path("bwal://cluster/hbase/MasterData");
    FileSystem files = workspace.getFileSystem(site());
    files.delete(workspace, true);
    assertThat(files.exists(workspace)).isFalse();
  }

  private int unsealedLogs() throws IOException {
    BwalFileSystem files =
        (BwalFileSystem)
            new org.apache.hadoop.fs.Path("bwal://cluster/hbase/WALs").getFileSystem(site());
    int unsealed = 0;
    for (FileStatus server :
        files.listStatus(new org.apache.hadoop.fs.Path("bwal://cluster/hbase/WALs"))) {
      for (FileStatus wal : files.listStatus(server.getPath())) {
        unsealed += files.isFileClosed(wal.getPath()) ? 0 : 1;
      }
    }
    return unsealed;
  }

  private void markAsSplitting() throws IOException {
    org.apache.hadoop.fs.Path servers = new org.apache.hadoop.fs.Path("bwal://cluster/hbase/WALs");
    FileSystem files = servers.getFileSystem(site());
    for (FileStatus server : files.listStatus(servers)) {
      assertThat(files.rename(server.getPath(), server.getPath().suffix("-splitting"))).isTrue();
    }
  }
}
