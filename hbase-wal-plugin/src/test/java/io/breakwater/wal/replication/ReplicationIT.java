package io.breakwater.wal.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.ClusterBuilder;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.replication.ReplicationPeerConfig;
import org.apache.hadoop.hbase.zookeeper.ZKConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with our logs ships its rows to a cluster with HBase's own. */
class ReplicationIT {

  private static final String PEER = "dr";
  private static final AtomicInteger TABLES = new AtomicInteger();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private static Path peerDirectory;

  private static HBaseCluster peer;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  /** In a table of its own: the peer keeps those of the other tests. */
  private final AcknowledgedRows rows =
      new AcknowledgedRows(
          TableName.valueOf("replicated" + TABLES.incrementAndGet()), System.nanoTime());

  @BeforeAll
  static void startPeer() {
    peer = HBaseCluster.in(peerDirectory).regionServers(1).start();
  }

  @AfterAll
  static void stopPeer() {
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void rowsReachThePeer_alsoThoseThatOnlyTheLogsOfAKilledRegionServerHave() throws IOException {
    try (HBaseCluster source = source().start();
        Connection toPeer = peer.connect();
        Connection toSource = source.connect()) {
      replicate(source, toSource);
      rows.write(toSource, 2_000, 8);
      awaitAllRows(toPeer);

      pauseShipping(toSource);
      rows.write(toSource, 2_000, 8);
      source.regionServer(source.serverOfMeta(toSource)).kill();
      source.awaitRegionServers(1);
      source.awaitTable(rows.table());
      rows.write(toSource, 500, 8);
      try (Admin admin = toSource.getAdmin()) {
        admin.enableReplicationPeer(PEER);
      }

      awaitAllRows(toPeer);
      // Its last rows are at the peer before the queue is given up.
      Awaitility.await("the end of the dead server's queue")
          .timeout(Duration.ofMinutes(1))
          .until(
              () ->
                  source.regionServers().stream()
                      .filter(ClusterProcess::isAlive)
                      .allMatch(server -> server.logContains("Finished recovering queue " + PEER)));
    }
  }

  @Test
  void rowsNotYetShipped_reachThePeerAfterTheSourceIsLostWithItsZooKeeper() throws IOException {
    try (Connection toPeer = peer.connect()) {
      try (HBaseCluster source = source().start();
          Connection toSource = source.connect()) {
        replicate(source, toSource);
        rows.write(toSource, 1_000, 8);
        awaitAllRows(toPeer);

        pauseShipping(toSource);
        rows.write(toSource, 2_000, 8);
        rollLogs(toSource);
        rows.write(toSource, 1_000, 8);
        source.killEverything();
        source.deleteZooKeeperData();
      }
      assertThat(rows.verify(toPeer).found()).isEqualTo(1_000);

      try (HBaseCluster source =
              source()
                  .bootstrap(RequeueReplication.class, "--peer", PEER + "=" + peerKey())
                  .start();
          Connection toSource = source.connect()) {
        source.awaitTable(rows.table());
        awaitAllRows(toPeer);

        rows.write(toSource, 500, 8);
        awaitAllRows(toPeer);
        rows.verify(toSource).assertExact();
      }
    }
  }

  private ClusterBuilder source() {
    return HBaseCluster.in(directory.resolve("source"))
        .breakwater(directory.resolve("logs"))
        .set("replication.sleep.before.failover", "1000");
  }

  private void replicate(HBaseCluster source, Connection connection) throws IOException {
    rows.createTable(connection, 4);
    source.awaitTable(rows.table());
    try (Admin admin = connection.getAdmin()) {
      admin.addReplicationPeer(
          PEER, ReplicationPeerConfig.newBuilder().setClusterKey(peerKey()).build());
      admin.enableTableReplication(rows.table());
    }
    source.awaitTable(rows.table());
    peer.awaitTable(rows.table());
  }

  private static void pauseShipping(Connection connection) throws IOException {
    try (Admin admin = connection.getAdmin()) {
      admin.disableReplicationPeer(PEER);
    }
  }

  private static String peerKey() {
    return ZKConfig.getZooKeeperClusterKey(peer.clientConfiguration());
  }

  private static void rollLogs(Connection connection) throws IOException {
    try (Admin admin = connection.getAdmin()) {
      for (var server : admin.getRegionServers()) {
        admin.rollWALWriter(server);
      }
    }
  }

  private void awaitAllRows(Connection peer) {
    Awaitility.await("every row at the peer")
        .timeout(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .untilAsserted(() -> rows.verify(peer).assertExact());
  }
}
